// Suppliers' feeds as a source: looks for content when it is time, takes what is new run by run, and notes what failed.
import type { Clock } from '../../base/clock.ts';
import { isStockstreamError, reasonOf, StockstreamError } from '../../base/errors.ts';
import type { TypeLookup } from '../../gateway/product-body.ts';
import type { Topics } from '../../schemas/topics.ts';
import type { Feed, FeedPosition } from '../../schemas/types.generated.ts';
import type { Source, SourceState } from '../../streams/api.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { importKey } from '../../views/import-lines.ts';
import {
  filesIn,
  filesPosition,
  importOf,
  isUnderWay,
  knownOf,
  type Run,
  runFor,
  runIn,
  runName,
  runPosition,
} from './feed-run.ts';
import { missingProducts } from './missing-products.ts';
import type { FeedContent, FeedOrigin } from './origin.ts';
import { ContentTaker, type FeedPiece } from './take-content.ts';

export interface FeedSourceOptions {
  /** The same object for a feed as long as it isn't changed. @throws FEED_* */
  readonly originOf: (feed: Feed) => Promise<FeedOrigin>;
  readonly types: TypeLookup;
  /** Where the lines of earlier runs are read. */
  readonly documents: Documents;
  readonly topics: Topics;
  readonly clock: Clock;
}

type State = SourceState<Feed, FeedPosition>;

/** That nothing was new is noted this seldom. */
const noteEveryMs = 60_000;
const firstRetryMs = 5_000;
const lastRetryMs = 300_000;
/** After so many tries a view that has not all lines counts as one that never will. */
const mostViewTries = 10;
const mostRemembered = 5_000;

export class FeedSource implements Source<Feed, FeedPosition> {
  readonly name = 'feeds';
  readonly concurrency = 4;
  readonly #options: FeedSourceOptions;

  constructor(options: FeedSourceOptions) {
    this.#options = options;
  }

  dueAt({ config: feed, positions }: State, pulledAt: number | undefined): number | undefined {
    const isKnown = feed.format !== 'other' && feed.content !== 'other';
    if (!feed.isEnabled || feed.isRemoved || !isKnown) return undefined;
    const run = runIn(positions);
    const lookedAt = Math.max(pulledAt ?? 0, run.lookedAt);
    if ((feed.requestedAt ?? 0) > lookedAt || feed.updatedAt > lookedAt) return 0;
    const everyMs = feed.everySeconds * 1000;
    if (run.failures > 0) return lookedAt + Math.min(everyMs, lastRetryMs, firstRetryMs * 2 ** (run.failures - 1));
    return isUnderWay(run) ? 0 : lookedAt + everyMs;
  }

  /** All that is there, content by content. */
  async *pull(state: State, signal: AbortSignal): AsyncGenerator<FeedPiece> {
    const { originOf } = this.#options;
    const { config: feed, positions } = state;
    const origin = await originOf(feed);
    yield* this.#forget(state, origin);
    for (let count = 0; ; count++) {
      const content = await origin.next(knownOf(feed, positions), signal);
      if (content === undefined) {
        if (count === 0) yield* this.#noteLook(state);
        return;
      }
      try {
        yield* this.#takeContent(state, origin, content);
      } finally {
        await content.close();
      }
      await origin.taken(content.name, content.version);
      // An address has one content.
      if (feed.origin.type === 'HttpOrigin') return;
    }
  }

  failed({ key, positions }: State, error: unknown): FeedPiece {
    const run = runIn(positions);
    const told = isStockstreamError(error) ? `${error.code}: ${error.message}` : reasonOf(error);
    const next = {
      ...run,
      lookedAt: this.#options.clock.now(),
      failures: run.failures + 1,
      error: told.slice(0, 1_000),
    };
    return { records: [], positions: [[runPosition, positionOf(key, next)]] };
  }

  async *#takeContent(state: State, origin: FeedOrigin, content: FeedContent): AsyncGenerator<FeedPiece> {
    const { config: feed, positions } = state;
    const { clock, topics, types } = this.#options;
    const before = runIn(positions);
    const run = runFor(content, before, clock.now());
    if (isUnderWay(before) && run.run !== before.run) yield this.#abandoned(feed, before);
    const seen = feed.deletesMissing && feed.content === 'products' ? new Set<string>() : undefined;
    const taker = new ContentTaker({ feed, content, types, topics, clock, seen }, run);
    yield* taker.take();
    const warning = seen ? yield* this.#deleteMissing(feed, taker, seen) : '';
    const now = clock.now();
    const end = { status: 'idle', finishedAt: now, failures: 0, error: '', warning } as const;
    // What wasn't compared stays to be compared with the next content.
    const last = taker.finish({ ...end, ...(warning === '' && { comparedFrom: run.run }) });
    const files = await this.#remembered(state, origin, content);
    yield { ...last, positions: [...last.positions, ...files] };
  }

  /** Gives why nothing was deleted; empty if it was, or nothing had to be. */
  async *#deleteMissing(feed: Feed, taker: ContentTaker, seen: ReadonlySet<string>): AsyncGenerator<FeedPiece, string> {
    const { feedId, sellerId, mostDeletedPercent } = feed;
    const { run, comparedFrom, failures } = taker.run;
    if (taker.isBlurred) return 'Nothing went off sale: a line does not say which product it is of.';
    const runs = Array.from({ length: run - comparedFrom }, (_, index) => runName(feedId, comparedFrom + index));
    if (runs.length === 0) return '';
    yield taker.finish({ status: 'deleting' });
    try {
      const { documents } = this.#options;
      const { productIds, before } = await missingProducts({ documents, sellerId, feedId, runs, seen });
      if (productIds.length * 100 > before * mostDeletedPercent) {
        return `Nothing went off sale: ${productIds.length} of ${before} products are missing, which is more than ${mostDeletedPercent} %.`;
      }
      yield* taker.delete(productIds);
      return '';
    } catch (error) {
      if (!isStockstreamError(error, 'FEED_VIEW_BEHIND') || failures < mostViewTries) throw error;
      return 'Nothing went off sale: not all lines of the run before are known any more.';
    }
  }

  /** A run whose content is gone: the import that it is ends where it is. */
  #abandoned(feed: Feed, run: Run): FeedPiece {
    const { topics, clock } = this.#options;
    const value = { ...importOf(feed, run, clock.now()), status: 'interrupted' as const };
    return { records: [{ topic: topics.imports, key: importKey(value), value }], positions: [] };
  }

  async *#noteLook({ key, positions }: State): AsyncGenerator<FeedPiece> {
    const run = runIn(positions);
    const now = this.#options.clock.now();
    if (run.failures === 0 && now - run.lookedAt < noteEveryMs) return;
    yield {
      records: [],
      positions: [[runPosition, positionOf(key, { ...run, lookedAt: now, failures: 0, error: '' })]],
    };
  }

  /** Files that are gone needn't be remembered, and those that are done and still there are seen to once more. */
  async *#forget({ key, positions }: State, origin: FeedOrigin): AsyncGenerator<FeedPiece> {
    const known = filesIn(positions);
    if (known.size === 0) return;
    for (const [name, version] of await origin.still(known)) await origin.taken(name, version);
    const still = await origin.still(known);
    if (still.size < known.size) yield { records: [], positions: [[filesPosition, filesOf(key, still)]] };
  }

  async #remembered({ key, config, positions }: State, origin: FeedOrigin, { name, version }: FeedContent) {
    if (config.origin.type === 'HttpOrigin') return [];
    const still = await origin.still(new Map([...filesIn(positions), [name, version]]));
    if (still.size > mostRemembered) {
      throw new StockstreamError('FEED_DIRECTORY_FULL', { name: config.origin.path, limit: mostRemembered });
    }
    return [[filesPosition, filesOf(key, still)] as const];
  }
}

function positionOf(feedId: string, run: Run): FeedPosition {
  return { feedId, what: { type: 'FeedRun', ...run } };
}

function filesOf(feedId: string, versions: ReadonlyMap<string, string>): FeedPosition {
  return { feedId, what: { type: 'FeedFiles', versions: Object.fromEntries(versions) } };
}
