// Taking a checkpoint of one task, while it runs: from a snapshot of the store, in which every commit is whole or absent, in
// blocks, so that memory is bounded whatever the size. The manifest comes last; before it there is no checkpoint.
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { readPosition, type StatePosition } from './changelog.ts';
import { BlockBuilder, pack, sha256 } from './checkpoint-blocks.ts';
import {
  type CheckpointedStore,
  type CheckpointFile,
  type CheckpointManifest,
  checkpointId,
  encodeManifest,
  folderOf,
  formatVersion,
  manifestName,
} from './checkpoint-manifest.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { TaskKeys } from './keys.ts';
import type { Store, StoreEntry, StoreSnapshot } from './store.ts';
import { type Progress, progressKey, progressStore } from './task-state.ts';

export interface CheckpointedTask {
  readonly application: string;
  readonly topology: string;
  readonly partition: number;
  readonly task: string;
  readonly codeVersion: string;
}

export interface WriteCheckpointOptions {
  readonly checkpoints: CheckpointStore;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** The changelog's end, asked after the snapshot was taken: state that stands there is as of now. */
  readonly changelogEnd: () => Promise<number>;
  /** A position that there is a checkpoint of already. */
  readonly known?: number | undefined;
  readonly signal: AbortSignal;
  /** Bytes of entries a file. */
  readonly blockBytes?: number;
}

const usualBlockBytes = 8 << 20;
/** Entries that are read at once: the thread that runs tasks stands still for about so many. */
const page = 256;

/**
 * Undefined if there is nothing to tell: no state, or none that is newer than `known`, or it was aborted.
 * @throws CHECKPOINTS_*, STATE_*, LOG_*
 */
export async function writeCheckpoint(
  task: CheckpointedTask,
  options: WriteCheckpointOptions,
): Promise<CheckpointManifest | undefined> {
  const { store, clock, random, changelogEnd, known } = options;
  const keys = new TaskKeys(task.task);
  const snapshot = store.snapshot();
  try {
    const takenAt = clock.now();
    const stored = await readPosition(snapshot, keys, task.task);
    if (stored === undefined || stored.offset === known) return undefined;
    const position = await freshened(stored, takenAt, changelogEnd);
    const progress = await readProgress(snapshot, keys);
    const id = checkpointId(takenAt, random.uuid());
    const written = await writeEntries(snapshot, keys, folderOf(task.task, id), options);
    if (written === undefined) return undefined;
    const { application, topology, partition, codeVersion } = task;
    const manifest: CheckpointManifest = {
      ...{ formatVersion, id, application, topology, partition, task: task.task, takenAt, codeVersion },
      ...{ position, progress, ...written },
    };
    await options.checkpoints.put(`${folderOf(task.task, id)}${manifestName}`, encodeManifest(manifest));
    return manifest;
  } finally {
    await snapshot.close();
  }
}

/** State that lies still misses nothing as long as its changelog does: then it stands for the moment of the snapshot. */
async function freshened(
  position: StatePosition,
  takenAt: number,
  changelogEnd: () => Promise<number>,
): Promise<StatePosition> {
  if ((await changelogEnd()) !== position.offset) return position;
  return { offset: position.offset, at: Math.max(position.at, takenAt) };
}

async function readProgress(snapshot: StoreSnapshot, keys: TaskKeys): Promise<Progress | null> {
  const [bytes] = await snapshot.getMany([keys.entry(progressStore.name, progressKey)]);
  return bytes === undefined ? null : progressStore.serde.decode(bytes);
}

interface Written {
  readonly stores: readonly CheckpointedStore[];
  readonly files: readonly CheckpointFile[];
}

/** Everything of the task but its position. Packs and puts one block while the next one is read. */
async function writeEntries(
  snapshot: StoreSnapshot,
  keys: TaskKeys,
  folder: string,
  { checkpoints, signal, blockBytes = usualBlockBytes }: WriteCheckpointOptions,
): Promise<Written | undefined> {
  const files: CheckpointFile[] = [];
  const counts = new StoreCounts(keys);
  let block = new BlockBuilder(blockBytes);
  let putting: Promise<void> = Promise.resolve();
  const putBlock = async () => {
    await putting;
    const name = `data-${String(files.length).padStart(5, '0')}.zst`;
    const { raw, entries } = block;
    block = new BlockBuilder(blockBytes);
    putting = putFile(checkpoints, `${folder}${name}`, raw).then((put) => {
      files.push({ name, ...put, entries, rawBytes: raw.length });
    });
    // Its failure is met at the next await; until then it is nobody's.
    putting.catch(() => {});
  };
  for await (const entry of entriesOf(snapshot, keys, signal)) {
    if (!block.hasRoom(entry) && block.entries > 0) await putBlock();
    block.add(entry);
    counts.add(entry);
  }
  if (signal.aborted) return undefined;
  if (block.entries > 0) await putBlock();
  await putting;
  return { stores: counts.all, files };
}

async function putFile(
  checkpoints: CheckpointStore,
  key: string,
  raw: Buffer,
): Promise<{ bytes: number; sha256: string }> {
  const packed = await pack(raw);
  await checkpoints.put(key, packed);
  return { bytes: packed.length, sha256: sha256(packed) };
}

async function* entriesOf(snapshot: StoreSnapshot, keys: TaskKeys, signal: AbortSignal): AsyncGenerator<StoreEntry> {
  let { gte } = keys.all;
  for (let isMore = true; isMore && !signal.aborted; ) {
    const entries = await snapshot.scan({ gte, lt: keys.all.lt }, { limit: page });
    for (const entry of entries) if (!entry.key.equals(keys.position)) yield entry;
    isMore = entries.length === page;
    // The next key there can be.
    if (isMore) gte = Buffer.concat([entries.at(-1)!.key, Buffer.alloc(1)]);
  }
}

/** Entries come in the order of their stores. */
class StoreCounts {
  readonly #keys: TaskKeys;
  readonly #counts: { name: string; entries: number; bytes: number; prefix: Buffer }[] = [];

  constructor(keys: TaskKeys) {
    this.#keys = keys;
  }

  add({ key, value }: StoreEntry): void {
    if (!this.#keys.isEntry(key)) return;
    let last = this.#counts.at(-1);
    if (last === undefined || !beginsWith(key, last.prefix)) {
      const { store: name } = this.#keys.entryOf(key);
      last = { name, entries: 0, bytes: 0, prefix: this.#keys.entries(name).gte };
      this.#counts.push(last);
    }
    last.entries++;
    last.bytes += key.length + value.length;
  }

  get all(): CheckpointedStore[] {
    return this.#counts.map(({ name, entries, bytes }) => ({ name, entries, bytes }));
  }
}

function beginsWith(key: Buffer, prefix: Buffer): boolean {
  return key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}
