// Applying a changelog to the store: how a task gets its state back. Compaction keeps the last value a key, so reading
// on from any earlier position gives the same state, as long as no tombstone was dropped in between.
import { reasonOf, StockstreamError } from '../base/errors.ts';
import type { RecordBatch, RecordCursor } from '../log/record-batch.ts';
import { splitChangelogKey, storeOfChangelogKey, type TaskKeys } from './keys.ts';
import type { StoreSnapshot, WriteBatch } from './store.ts';
import type { StoreSpec } from './store-spec.ts';

/** The changelog position of a task's state in the store. */
export interface StatePosition {
  /** Of the next changelog record. */
  readonly offset: number;
  /** When it was written, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Whether the log's mark of a commit is at `offset`, and no record. */
  readonly isMarked?: boolean;
}

export function writePosition(batch: WriteBatch, keys: TaskKeys, position: StatePosition): void {
  batch.put(keys.position, Buffer.from(JSON.stringify(position)));
}

/** Undefined if the store knows nothing of the task. @throws STATE_CORRUPT */
export async function readPosition(
  store: Pick<StoreSnapshot, 'getMany'>,
  keys: TaskKeys,
  task: string,
): Promise<StatePosition | undefined> {
  const [bytes] = await store.getMany([keys.position]);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString()) as StatePosition;
  } catch (error) {
    throw new StockstreamError('STATE_CORRUPT', { task, reason: `its position: ${reasonOf(error)}` }, error);
  }
}

/** Adds the records of a changelog batch to a store batch, from `fromOffset` on. Returns how many they were. */
export function applyChangelog(
  changelog: RecordBatch,
  fromOffset: number,
  specs: ReadonlyMap<string, StoreSpec<unknown>>,
  target: { keys: TaskKeys; batch: WriteBatch },
): number {
  let count = 0;
  for (const cursor = changelog.cursor(); cursor.next(); ) {
    if (cursor.offset < fromOffset) continue;
    applyRecord(cursor, specs, target);
    count++;
  }
  return count;
}

function applyRecord(
  cursor: RecordCursor,
  specs: ReadonlyMap<string, StoreSpec<unknown>>,
  { keys, batch }: { keys: TaskKeys; batch: WriteBatch },
): void {
  const recordKey = cursor.key() ?? noKey;
  const value = cursor.value();
  const entry = keys.entryOfRecord(recordKey);
  if (value === null) {
    batch.delete(entry);
    return;
  }
  batch.put(entry, value);
  // The row of an older value may stay behind: rows may be stale.
  const spec = specs.get(storeOfChangelogKey(recordKey));
  const at = spec?.expiresAt?.(spec.serde.decode(value));
  if (at === undefined) return;
  const { store, key } = splitChangelogKey(recordKey);
  batch.put(keys.time(at, store, key), empty);
}

const noKey = Buffer.alloc(1);

const empty = Buffer.alloc(0);
