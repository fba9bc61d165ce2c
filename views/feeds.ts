// feeds -> the `feeds` collection: suppliers' feeds as operators want them. feed-positions -> `feedRuns`: the last run of
// each. Which files were taken is for the workers alone.
import type { Feed, FeedPosition } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const projectFeeds: Projection<Feed, DocumentWrite> = {
  name: 'feeds',

  project(record) {
    const collection = collections.feeds.name;
    const { feedId: id, isRemoved } = record.value;
    const position = positionOf(record);
    if (isRemoved) return [{ kind: 'delete', collection, id, position }];
    return [{ kind: 'upsert', collection, id, position, set: toJson(record.value) }];
  },
};

export const projectFeedRuns: Projection<FeedPosition, DocumentWrite> = {
  name: 'feed-runs',

  project(record) {
    const { feedId: id, what } = record.value;
    if (what.type !== 'FeedRun') return [];
    const { type: _, ...run } = what;
    return [
      { kind: 'upsert', collection: collections.feedRuns.name, id, position: positionOf(record), set: toJson(run) },
    ];
  },
};
