// Suppliers' feeds as a worker takes them in: the source with what it needs.
import type { Logger } from '../base/logger.ts';
import { ProductTypes } from '../gateway/product-types.ts';
import { FeedSource } from '../inbound/feeds/feed-source.ts';
import type { FeedOrigin } from '../inbound/feeds/origin.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import type { Feed } from '../schemas/types.generated.ts';
import { type SourceTask, sourceTask } from '../streams/source.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { Config } from './config-schema.ts';
import { openFeedOrigin } from './wire/feeds.ts';
import { clock } from './wire/places.ts';

export interface FeedsParts {
  readonly config: Config;
  /** Of the worker's thread. */
  readonly number: number;
  readonly log: Log;
  readonly topics: Topics;
  /** Those that answer. */
  readonly documents: Documents;
  readonly logger: Logger;
}

export interface OpenFeeds {
  readonly task: SourceTask;
  close(): Promise<void>;
}

/** Undefined if this process takes none in. */
export async function openFeeds({
  config,
  number,
  log,
  topics,
  documents,
  logger,
}: FeedsParts): Promise<OpenFeeds | undefined> {
  if (!config.feeds) return undefined;
  const partitions = new Map(Object.values(topics).map((topic) => [topic.name, topic.partitions]));
  const types = new ProductTypes({ log, partitions, clock, logger });
  await types.start();
  const source = new FeedSource({ originOf: originsOf(config, number), types, documents, topics, clock });
  return {
    task: sourceTask({ configs: topics.feeds, positions: topics.feedPositions, source }),
    close: () => types.close(),
  };
}

/** One for each feed, for as long as it isn't changed: it remembers what it saw at the last look. */
function originsOf(config: Config, number: number): (feed: Feed) => Promise<FeedOrigin> {
  const origins = new Map<string, { readonly updatedAt: number; readonly origin: Promise<FeedOrigin> }>();
  return ({ ...feed }) => {
    const { feedId, updatedAt } = feed;
    const known = origins.get(feedId);
    if (known?.updatedAt === updatedAt) return known.origin;
    const origin = openFeedOrigin(config, feed, number);
    origins.set(feedId, { updatedAt, origin });
    return origin;
  };
}
