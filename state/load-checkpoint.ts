// A task's state from its newest checkpoint that can be used, for a store that has none: loaded in blocks, the position
// last, so that what a crash leaves half loaded counts as nothing. Which one can be used, and why an old one can't:
// docs/decisions/0021-checkpoints.md.
import type { StockstreamError } from '../base/errors.ts';
import { type StatePosition, writePosition } from './changelog.ts';
import { entriesIn } from './checkpoint-blocks.ts';
import type { CheckpointManifest } from './checkpoint-manifest.ts';
import { type CheckpointStore, isOutOfReach, isUnusable } from './checkpoint-store.ts';
import { TaskKeys } from './keys.ts';
import { damaged, listCheckpoints, readBlock, readManifest } from './read-checkpoint.ts';
import type { Store } from './store.ts';

/** What of a changelog there is, and how long it remembers deletions. */
export interface ChangelogRange {
  readonly earliest: number;
  readonly end: number;
  readonly now: number;
  readonly maxAgeMs: number;
}

/** A commit with a deletion in it takes more offsets: two records at least. */
const leastCommit = 1;

/** Why state at `position` can't be brought up to date from there; undefined if it can. */
function unfitness(position: StatePosition, { earliest, end, now, maxAgeMs }: ChangelogRange): string | undefined {
  const { offset, at } = position;
  if (offset > end) return `it stands at offset ${offset}, and the changelog ends at ${end}`;
  if (isCutOff(position, earliest)) return `it stands at offset ${offset}, and the changelog begins at ${earliest}`;
  if (isForgetful(position, { end, now, maxAgeMs })) {
    return `it is of ${new Date(at).toISOString()}, and deletions since then may have been forgotten`;
  }
  return undefined;
}

/** Whether the changelog may have dropped deletions that state at `position` has missed. */
export function isForgetful(
  { offset, at }: StatePosition,
  { end, now, maxAgeMs }: Omit<ChangelogRange, 'earliest'>,
): boolean {
  return end - offset > leastCommit && now - at > maxAgeMs;
}

/** Whether what lies between was deleted, not compacted away: what follows it makes no whole state. */
export function isCutOff(position: StatePosition | undefined, earliest: number): boolean {
  const { offset, isMarked = false } = position ?? { offset: 0 };
  return earliest > offset + (isMarked ? 1 : 0);
}

export interface LoadCheckpointOptions {
  readonly checkpoints: CheckpointStore;
  readonly store: Store;
  readonly task: string;
  readonly signal: AbortSignal;
  readonly onLoaded?: ((manifest: CheckpointManifest) => void) | undefined;
  /** Told of each that can't be used, and if they can't be reached at all. */
  readonly onPassedOver?: ((error: StockstreamError, task: string) => void) | undefined;
}

/**
 * Loads the newest that is whole and fits; undefined if there is none, or it was aborted. What the store has of the task is
 * dropped when one fits, and not before.
 * @throws STATE_*
 */
export async function loadNewestCheckpoint(
  range: ChangelogRange,
  options: LoadCheckpointOptions,
): Promise<CheckpointManifest | undefined> {
  const { checkpoints, task, signal, onPassedOver, onLoaded } = options;
  try {
    for (const known of await listCheckpoints(checkpoints, task)) {
      try {
        const manifest = await readManifest(checkpoints, known);
        const reason = unfitness(manifest.position, range);
        if (reason !== undefined) throw damaged(known, reason);
        if (!(await loadCheckpoint(manifest, options))) return undefined;
        onLoaded?.(manifest);
        return manifest;
      } catch (error) {
        if (!isUnusable(error)) throw error;
        onPassedOver?.(error, task);
      }
    }
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    if (!signal.aborted) onPassedOver?.(error, task);
  }
  return undefined;
}

/** So many blocks are read and unpacked ahead of the one that is being written. */
const ahead = 2;

/**
 * Puts a checkpoint in the place of what the store has of the task. False if it was aborted: what is there counts as nothing.
 * @throws CHECKPOINT_DAMAGED, CHECKPOINTS_*, STATE_*
 */
export async function loadCheckpoint(manifest: CheckpointManifest, options: LoadCheckpointOptions): Promise<boolean> {
  const { store } = options;
  const loading = (loads.get(store) ?? Promise.resolve()).then(() => loadOrForget(manifest, options));
  loads.set(
    store,
    loading.then(
      () => {},
      () => {},
    ),
  );
  return await loading;
}

/**
 * One after the other into a store: then its files hold a stretch of keys each, and needn't be merged with each other; and
 * the first tasks run while the last are loaded.
 */
const loads = new WeakMap<Store, Promise<void>>();

async function loadOrForget(manifest: CheckpointManifest, options: LoadCheckpointOptions): Promise<boolean> {
  try {
    return await loadAlone(manifest, options);
  } catch (error) {
    if (isUnusable(error) || isOutOfReach(error)) await forgetTask(options);
    throw error;
  }
}

async function loadAlone(
  manifest: CheckpointManifest,
  { checkpoints, store, task, signal }: LoadCheckpointOptions,
): Promise<boolean> {
  const keys = new TaskKeys(task);
  await forgetTask({ store, task, signal });
  const files = manifest.files[Symbol.iterator]();
  const blocks: Promise<Buffer>[] = [];
  const readNext = () => {
    const { value: file, done } = files.next();
    if (done) return;
    const block = readBlock(checkpoints, manifest, file);
    block.catch(() => {});
    blocks.push(block);
  };
  for (let count = 0; count < ahead; count++) readNext();
  let writing: Promise<void> = Promise.resolve();
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    const raw = await block;
    readNext();
    const batch = store.batch();
    for (const { key, value } of entriesIn(raw)) batch.put(key, value);
    await writing;
    if (signal.aborted) return false;
    writing = store.write(batch);
    writing.catch(() => {});
  }
  await writing;
  if (signal.aborted) return false;
  const batch = store.batch();
  writePosition(batch, keys, manifest.position);
  await store.write(batch);
  return true;
}

/** Drops everything that the store has of a task; nothing is written if it has nothing. */
export async function forgetTask({
  store,
  task,
  signal,
}: Pick<LoadCheckpointOptions, 'store' | 'task' | 'signal'>): Promise<void> {
  if (signal.aborted) return;
  const { all } = new TaskKeys(task);
  if ((await store.scan(all, { limit: 1 })).length === 0 || signal.aborted) return;
  const batch = store.batch();
  batch.deleteRange(all);
  await store.write(batch);
}
