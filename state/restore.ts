// Restoring a task: the store keeps what it has, and only the changelog's tail is read. State is never thrown away
// because of a crash; it is read anew only if it is damaged, or so old that the changelog has forgotten deletions. A
// store that has none starts with the newest checkpoint that fits, if there are any.
import type { Clock } from '../base/clock.ts';
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { Fetched, Log, TopicPartition } from '../log/log.ts';
import { applyChangelog, readPosition, type StatePosition, writePosition } from './changelog.ts';
import { TaskKeys } from './keys.ts';
import {
  type ChangelogRange,
  forgetTask,
  isCutOff,
  isForgetful,
  type LoadCheckpointOptions,
  loadNewestCheckpoint,
} from './load-checkpoint.ts';
import type { Store } from './store.ts';
import type { StoreSpec } from './store-spec.ts';
import { type Progress, progressKey, progressStore } from './task-state.ts';

export interface RestoreOptions {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly task: string;
  readonly changelog: TopicPartition;
  readonly specs: readonly StoreSpec<unknown>[];
  /** State that missed something and stood still for longer is read anew: the changelog keeps tombstones no longer. */
  readonly maxAgeMs: number;
  /** Once it is aborted nothing more is written: the task may be restored again, or run, on the same store. */
  readonly signal: AbortSignal;
  readonly onRestored?: (records: number, bytes: number) => void;
  /** Where a store that has nothing of the task begins. */
  readonly checkpoints?: RestoreCheckpoints | undefined;
}

export type RestoreCheckpoints = Pick<LoadCheckpointOptions, 'checkpoints' | 'onLoaded' | 'onPassedOver'>;

/** Undefined progress: the task never committed anything. */
export interface Restored {
  readonly progress: Progress | undefined;
  readonly records: number;
  /** The changelog offset that the store stands at. */
  readonly offset: number;
}

/** How what a changelog has goes into a store. */
export interface RestoreTarget {
  readonly keys: TaskKeys;
  /** By name. */
  readonly specs: ReadonlyMap<string, StoreSpec<unknown>>;
}

/** What of a changelog the store doesn't have. */
export interface Tail extends RestoreTarget {
  readonly from: number;
  /** Where the changelog ended, open transactions included. */
  readonly end: number;
}

/**
 * Brings the store up to the changelog's end, open transactions of earlier owners waited for.
 * @throws STATE_AHEAD_OF_LOG, STATE_CHANGELOG_LOST, LOG_* errors
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const tail = await openTail(options);
  const { keys, from, end } = tail;
  const records = await readTo(tail, options);
  return { progress: await readProgress(options.store, keys), records, offset: Math.max(from, end) };
}

/**
 * Looks where the store stands, and drops what it has of the task if that is damaged or too old to go on from.
 * @throws STATE_AHEAD_OF_LOG, LOG_* errors
 */
export async function openTail(options: RestoreOptions): Promise<Tail> {
  try {
    return await seek(options);
  } catch (error) {
    if (!isStockstreamError(error, 'STATE_CORRUPT')) throw error;
    await forgetTask(options);
    return await seek(options);
  }
}

async function seek(options: RestoreOptions): Promise<Tail> {
  const { log, store, clock, task, changelog } = options;
  const keys = new TaskKeys(task);
  const [earliest = 0] = await log.admin.offsets([changelog], 'earliest');
  const [end = 0] = await log.admin.offsets([changelog], 'latest', 'uncommitted');
  let position = await readPosition(store, keys, task);
  if (position !== undefined && position.offset > end) {
    throw new StockstreamError('STATE_AHEAD_OF_LOG', { task, position: position.offset, end });
  }
  const range = { earliest, end, now: clock.now(), maxAgeMs: options.maxAgeMs };
  if (position === undefined || isForgetful(position, range)) {
    // Also what a load left that was not finished.
    await forgetTask(options);
    position = await positionOfNewest(range, options);
  } else if (isCutOff(position, earliest)) {
    // Until one is loaded it stays: what was deleted of the changelog may be put back.
    position = (await positionOfNewest(range, options)) ?? position;
  }
  const from = position?.offset ?? 0;
  if (isCutOff(position, earliest)) throw new StockstreamError('STATE_CHANGELOG_LOST', { task, from, earliest });
  const specs = new Map([...options.specs, progressStore as StoreSpec<unknown>].map((spec) => [spec.name, spec]));
  return { keys, specs, from: Math.max(from, earliest), end };
}

/** Of the newest checkpoint that fits, which is loaded; undefined if there is none. */
async function positionOfNewest(range: ChangelogRange, options: RestoreOptions): Promise<StatePosition | undefined> {
  const { checkpoints } = options;
  return checkpoints && (await loadNewestCheckpoint(range, { ...options, ...checkpoints }))?.position;
}

async function readTo(tail: Tail, options: RestoreOptions): Promise<number> {
  const { from, end } = tail;
  if (from >= end || options.signal.aborted) return 0;
  const fetcher = options.log.fetcher();
  let records = 0;
  try {
    fetcher.assign(options.changelog, from);
    for (let position = from; position < end && !options.signal.aborted; ) {
      for (const fetched of await fetcher.poll({ maxWaitMs: 500, maxBytes: 8 << 20 })) {
        if (options.signal.aborted) break;
        records += await applyFetched(fetched, position, { target: tail, options });
        position = fetched.nextOffset;
      }
    }
  } finally {
    await fetcher.close();
  }
  return records;
}

/** Brings what was fetched of a changelog into the store, from `position` on. Returns how many records that were. */
export async function applyFetched(
  fetched: Fetched,
  position: number,
  { target: { keys, specs }, options }: { target: RestoreTarget; options: RestoreOptions },
): Promise<number> {
  const batch = options.store.batch();
  let records = 0;
  let bytes = 0;
  for (const changelog of fetched.batches) {
    records += applyChangelog(changelog, position, specs, { keys, batch });
    bytes += changelog.bytes.length;
  }
  writePosition(batch, keys, { offset: fetched.nextOffset, at: options.clock.now() });
  await options.store.write(batch);
  options.onRestored?.(records, bytes);
  return records;
}

async function readProgress(store: Store, keys: TaskKeys): Promise<Progress | undefined> {
  const [bytes] = await store.getMany([keys.entry(progressStore.name, progressKey)]);
  return bytes === undefined ? undefined : progressStore.serde.decode(bytes);
}
