// What checkpoints are kept in, over all lives of workers and the machine: files as they were put, and those that were
// damaged since. It knows which checkpoints are still as they were written; whoever reads them has to find out.
import { StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { type CheckpointManifest, folderOf, manifestName } from '../../state/checkpoint-manifest.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { type CheckpointFiles, memoryCheckpoints } from '../../state/checkpoints/memory/memory-checkpoints.ts';
import { type KnownCheckpoint, listCheckpoints } from '../../state/read-checkpoint.ts';
import { pick } from './dice.ts';

/** How a file may be damaged. */
export type Damage = (bytes: Buffer, random: Random) => Buffer;

export const flip: Damage = (bytes, random) => {
  const damaged = Buffer.from(bytes);
  const bit = random.int(8 * damaged.length);
  damaged[bit >> 3]! ^= 1 << (bit & 7);
  return damaged;
};

export const truncate: Damage = (bytes, random) => bytes.subarray(0, random.int(bytes.length));

export class Shelf {
  /** It takes no more files. */
  isFull = false;
  readonly #files: CheckpointFiles = new Map();
  readonly #store = memoryCheckpoints(this.#files);
  /** Files as they were written. */
  readonly #written = new Map<string, Buffer>();

  /** As a process has it. */
  get store(): CheckpointStore {
    const inner = this.#store;
    return {
      place: 'the shelf',
      put: async (key, bytes) => {
        if (this.isFull) throw new StockstreamError('CHECKPOINTS_UNAVAILABLE', { reason: 'no space left' });
        this.#written.set(key, Buffer.from(bytes));
        await inner.put(key, bytes);
      },
      get: (key) => inner.get(key),
      list: (prefix) => inner.list(prefix),
      delete: (keys) => inner.delete(keys),
      close: async () => {},
    };
  }

  /** From now on a file of a finished checkpoint is damaged, mostly of a task's newest. False if there is none. */
  async damage(damage: Damage, random: Random): Promise<boolean> {
    const known = await this.list();
    if (known.length === 0) return false;
    const { task } = pick(random, known);
    const { id } = pick(random, known.filter((each) => each.task === task).slice(0, 2));
    const keys = [...this.#files.keys()].filter((key) => key.startsWith(folderOf(task, id)));
    const key = pick(random, keys);
    this.#files.set(key, damage(this.#files.get(key)!, random));
    return true;
  }

  /** All that were finished, by task, the newest first. */
  list(task?: string): Promise<KnownCheckpoint[]> {
    return listCheckpoints(this.#store, task);
  }

  /** What one said when it was written; undefined if it isn't whole any more. */
  soundOf({ task, id }: KnownCheckpoint): CheckpointManifest | undefined {
    const folder = folderOf(task, id);
    const isSound = (name: string) => {
      const [now, then] = [this.#files, this.#written].map((files) => files.get(`${folder}${name}`));
      return now !== undefined && then !== undefined && now.equals(then);
    };
    if (!isSound(manifestName)) return undefined;
    const { manifest } = JSON.parse(this.#written.get(`${folder}${manifestName}`)!.toString()) as {
      manifest: CheckpointManifest;
    };
    return manifest.files.every(({ name }) => isSound(name)) ? manifest : undefined;
  }
}
