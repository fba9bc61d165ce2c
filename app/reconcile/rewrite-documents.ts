// Makes documents of a view what the fold of its topic says, in place of what they are. The view goes on meanwhile, so
// what was written is looked at again, and made again if something came between.
import type { Log } from '../../log/log.ts';
import type { TopicEntry, Topics } from '../../schemas/topics.ts';
import type { SourcePosition } from '../../streams/api.ts';
import type { View } from '../../streams/view.ts';
import type { Documents, DocumentWrite } from '../../views/documents/documents.ts';
import { DocumentFold } from '../../views/fold.ts';
import { viewsInto } from '../views.ts';
import { projected } from './compare-view.ts';
import { readRecords } from './read-topic.ts';

export interface RewriteParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly documents: Documents;
  readonly signal: AbortSignal;
}

const mostTries = 5;
const tooFast = 'it is written faster than it can be set right: rebuild the view';

/** By id why a document is left as it is; those that are right now aren't in it. */
export async function rewriteDocuments(
  parts: RewriteParts,
  collection: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { documents, topics } = parts;
  const view = viewsInto(documents, topics).find(({ name }) => name === collection);
  if (view === undefined) return new Map(ids.map((id) => [id, `there is no view ${collection}`]));
  let wrong = [...ids];
  for (let tries = 0; tries < mostTries; tries++) {
    // The documents first: then the fold has at least all that they can have.
    const found = new Map((await documents.getMany(collection, wrong)).map((each, index) => [wrong[index]!, each]));
    const folded = await foldOf(parts, view, new Set(wrong));
    if (folded === undefined) {
      return new Map(wrong.map((id) => [id, 'the log no longer has all that it was made of']));
    }
    const { fold, positions } = folded;
    wrong = wrong.filter((id) => fold.compare(id, found.get(id)) !== undefined);
    if (wrong.length === 0) return new Map();
    await documents.forget(
      collection,
      wrong.flatMap((id) => found.get(id) ?? []),
    );
    const writes = wrong.flatMap((id): DocumentWrite[] => {
      const position = positions.get(id);
      const set = fold.whole(id)?.fields;
      return position && set ? [{ kind: 'upsert', collection, id, position, set }] : [];
    });
    await documents.apply(writes);
  }
  return new Map(wrong.map((id) => [id, tooFast]));
}

interface Folded {
  readonly fold: DocumentFold;
  /** Of the last record of each document. */
  readonly positions: ReadonlyMap<string, SourcePosition>;
}

/** Up to where the topic ends now; undefined if its beginning is gone. */
async function foldOf(
  { log, signal }: RewriteParts,
  view: View<DocumentWrite>,
  ids: ReadonlySet<string>,
): Promise<Folded | undefined> {
  const topic = view.topic as TopicEntry<unknown>;
  const places = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
  const starts = await log.admin.offsets(places, 'earliest');
  if (topic.cleanup === 'delete' && starts.some((start) => start > 0)) return undefined;
  const ends = await log.admin.offsets(places, 'latest');
  const stretches = places.map(({ partition }) => {
    return { partition, from: starts[partition] ?? 0, to: ends[partition] ?? 0 };
  });
  const fold = new DocumentFold(true);
  const positions = new Map<string, SourcePosition>();
  await readRecords({ log, topic, stretches, signal }, (record) => {
    for (const write of projected(view, record)) {
      if (write.collection !== view.name || !ids.has(write.id)) continue;
      fold.apply(write);
      if (fold.positionOf(write.id) === write.position.offset) positions.set(write.id, write.position);
    }
  });
  return { fold, positions };
}
