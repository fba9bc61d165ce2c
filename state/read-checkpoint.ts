// Reading checkpoints: which there are, what one says, whether it is whole, and its entries, a block at a time, each checked
// before anything of it is believed.
import { buffer } from 'node:stream/consumers';
import { isStockstreamError, reasonOf, StockstreamError } from '../base/errors.ts';
import { entriesIn, sha256, unpack } from './checkpoint-blocks.ts';
import {
  type CheckpointFile,
  type CheckpointManifest,
  decodeManifest,
  folderOf,
  manifestName,
} from './checkpoint-manifest.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { TaskKeys } from './keys.ts';
import type { StoreSpec } from './store-spec.ts';

export interface KnownCheckpoint {
  readonly task: string;
  readonly id: string;
}

/** All that were finished, of one task or of all: by task, the newest first. @throws CHECKPOINTS_* */
export async function listCheckpoints(checkpoints: CheckpointStore, task?: string): Promise<KnownCheckpoint[]> {
  const keys = await checkpoints.list(task === undefined ? 'tasks/' : folderOf(task));
  const known = keys.filter((key) => key.endsWith(`/${manifestName}`)).map((key) => key.split('/'));
  const found = known.map(([, ofTask = '', id = '']) => ({ task: ofTask, id }));
  return found.sort((a, b) => inOrder(a.task, b.task) || inOrder(b.id, a.id));
}

const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** @throws CHECKPOINT_NOT_FOUND, CHECKPOINT_DAMAGED, CHECKPOINTS_* */
export async function readManifest(
  checkpoints: CheckpointStore,
  { task, id }: KnownCheckpoint,
): Promise<CheckpointManifest> {
  const checkpoint = `${task}/${id}`;
  const file = await checkpoints.get(`${folderOf(task, id)}${manifestName}`);
  if (file === undefined) throw new StockstreamError('CHECKPOINT_NOT_FOUND', { checkpoint });
  const manifest = decodeManifest<CheckpointManifest>(await readAll(file.stream), checkpoint);
  // One that was copied into another's place.
  if (manifest.task !== task || manifest.id !== id) throw damaged(manifest, `it lies where ${checkpoint} should be`);
  return manifest;
}

/** The unpacked entries of a file, once their digest was checked. @throws CHECKPOINT_DAMAGED, CHECKPOINTS_* */
export async function readBlock(
  checkpoints: CheckpointStore,
  manifest: CheckpointManifest,
  { name, bytes, sha256: digest, rawBytes }: CheckpointFile,
): Promise<Buffer> {
  const file = await checkpoints.get(`${folderOf(manifest.task, manifest.id)}${name}`);
  if (file === undefined) throw damaged(manifest, `${name} is missing`);
  if (file.bytes !== bytes) {
    file.stream.destroy();
    throw damaged(manifest, `${name} has ${file.bytes} bytes, not ${bytes}`);
  }
  const packed = await readAll(file.stream);
  if (sha256(packed) !== digest) throw damaged(manifest, `${name} does not match its digest`);
  try {
    return await unpack(packed, rawBytes);
  } catch (error) {
    throw damaged(manifest, `${name}: ${reasonOf(error)}`, error);
  }
}

/**
 * Reads all of a checkpoint: every digest, every entry in its order, and that every value of `specs` decodes.
 * @throws CHECKPOINT_DAMAGED, CHECKPOINTS_*
 */
export async function verifyCheckpoint(
  checkpoints: CheckpointStore,
  manifest: CheckpointManifest,
  specs: readonly StoreSpec<unknown>[] = [],
): Promise<void> {
  const keys = new TaskKeys(manifest.task);
  const serdes = new Map(specs.map(({ name, serde }) => [name, serde]));
  const counted = new Map<string, number>();
  let last = keys.all.gte;
  for (const file of manifest.files) {
    const raw = await readBlock(checkpoints, manifest, file);
    let entries = 0;
    try {
      for (const { key, value } of entriesIn(raw)) {
        if (last.compare(key) >= 0 || keys.all.lt.compare(key) <= 0) throw new Error('a key is out of order');
        last = key;
        entries++;
        if (!keys.isEntry(key)) continue;
        const { store } = keys.entryOf(key);
        counted.set(store, (counted.get(store) ?? 0) + 1);
        serdes.get(store)?.decode(value);
      }
    } catch (error) {
      throw damaged(manifest, `${file.name}: ${reasonOf(error)}`, error);
    }
    if (entries !== file.entries) throw damaged(manifest, `${file.name} has ${entries} entries, not ${file.entries}`);
  }
  const isCounted = manifest.stores.every(({ name, entries }) => counted.get(name) === entries);
  if (!isCounted || counted.size !== manifest.stores.length) throw damaged(manifest, 'a store has another count');
}

export function damaged({ task, id }: KnownCheckpoint, reason: string, cause?: unknown): StockstreamError {
  return new StockstreamError('CHECKPOINT_DAMAGED', { checkpoint: `${task}/${id}`, reason }, cause);
}

/** @throws CHECKPOINTS_UNAVAILABLE if it breaks off */
async function readAll(stream: Parameters<typeof buffer>[0]): Promise<Buffer> {
  try {
    return await buffer(stream);
  } catch (error) {
    if (isStockstreamError(error)) throw error;
    throw new StockstreamError('CHECKPOINTS_UNAVAILABLE', { reason: reasonOf(error) }, error);
  }
}
