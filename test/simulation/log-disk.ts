// The disk beneath the embedded log, over all lives of the machine: what is stored, and what is wrong with it. It may be
// full, give a batch back with another bit than was written, or have lost the changelog; `mend` is the operator's hand,
// who frees room, changes the disk and puts the backup back. Checkers look at `storage`, past all that.
import type { Random } from '../../base/random.ts';
import { batchRange, everyKey, groupKey, offsetOf, type PartitionId, partitionKey } from '../../log/embedded/keys.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { Partition } from '../../log/embedded/partition.ts';
import type { ReadOptions, StorageEntry, StorageOperation, StorageRange } from '../../log/embedded/storage.ts';
import { readInt64 } from '../../log/record-batch.ts';
import { pick } from './dice.ts';

const zero = Buffer.alloc(1);
const batches = { gte: Buffer.from('b'), lt: Buffer.from('c') };

interface Backup {
  readonly id: PartitionId;
  readonly entries: readonly StorageEntry[];
  readonly before: Partition;
  /** Where the partition began then, and how much was removed. */
  readonly start: number;
  readonly bytes: number;
}

export class LogDisk {
  readonly storage = new MemoryStorage();
  /** No write gets through. */
  isFull = false;
  /** Keys of batches that read otherwise than they were written, as latin1, to the bit that is wrong. */
  readonly #flipped = new Map<string, number>();
  /** What a changelog held before somebody emptied it. */
  #backups: Backup[] = [];

  async read(range: StorageRange, options?: ReadOptions): Promise<StorageEntry[]> {
    const entries = await this.storage.read(range, options);
    return this.#flipped.size === 0 ? entries : entries.map((entry) => this.#damaged(entry));
  }

  async write(operations: StorageOperation[]): Promise<void> {
    // What is written anew is sound.
    for (const { key } of this.#flipped.size === 0 ? [] : operations) this.#flipped.delete(key.toString('latin1'));
    await this.storage.write(operations);
  }

  /** From now on one of the newest batches has a wrong bit somewhere behind its offset. False if there is none. */
  async flip(random: Random): Promise<boolean> {
    const newest = await this.storage.read(batches);
    if (newest.length === 0) return false;
    const { key, value } = pick(random, newest);
    // The offset isn't under the checksum: its key says it again.
    this.#flipped.set(key.toString('latin1'), 8 * 17 + random.int(8 * (value.length - 17)));
    return true;
  }

  /**
   * Removes the records of one partition, all of them or those before an offset, as an operator's mistake does. Only while
   * the machine is down.
   */
  async empty(topic: string, index: number, upTo?: number): Promise<void> {
    const id = await this.#idOf(topic, index);
    if (id === undefined || this.#backups.length > 0) return;
    const all = await this.storage.read(batchRange(id, 0));
    const before = await this.#partition(id);
    const emptied = await this.#partition(id);
    emptied.start = Math.max(before.start, upTo ?? before.next);
    const [entries, kept] = [false, true].map((isKept) =>
      all.filter(({ key }) => offsetOf(key) >= emptied.start === isKept),
    ) as [StorageEntry[], StorageEntry[]];
    emptied.bytes = kept.reduce((sum, { value }) => sum + value.length, 0);
    emptied.cleanedTo = Math.max(before.cleanedTo, emptied.start);
    emptied.cleanedBytes = 0;
    this.#backups.push({ id, entries, before, start: emptied.start, bytes: before.bytes - emptied.bytes });
    await this.storage.write([
      ...entries.map(({ key }) => ({ type: 'del', key }) as const),
      { type: 'put', key: partitionKey(id), value: emptied.encode() },
    ]);
  }

  get isEmptied(): boolean {
    return this.#backups.length > 0;
  }

  /** Whether what somebody removed of a changelog is what comes next after `offset`. */
  isCutOff(partition: number, offset: number): boolean {
    return this.#backups.some(({ id, start }) => id.index === partition && offset < start);
  }

  /** Puts back what was removed, below what was written since. Only while the machine is down. */
  async putBack(): Promise<void> {
    for (const { id, entries, before, bytes } of this.#backups.splice(0)) {
      const partition = await this.#partition(id);
      partition.start = before.start;
      partition.bytes += bytes;
      partition.cleanedTo = before.cleanedTo;
      partition.cleanedBytes = before.cleanedBytes;
      await this.storage.write([
        ...entries.map(({ key, value }) => ({ type: 'put', key, value }) as const),
        { type: 'put', key: partitionKey(id), value: partition.encode() },
      ]);
    }
  }

  /** What a group has committed, by partition; past the log, whose answers take their time. */
  async committed(group: string, topic: string, partitions: number): Promise<(number | undefined)[]> {
    const offsets: (number | undefined)[] = [];
    for (let index = 0; index < partitions; index++) {
      const id = await this.#idOf(topic, index);
      const key = id && groupKey(group, id);
      const [entry] = key === undefined ? [] : await this.storage.read({ gte: key, lt: Buffer.concat([key, zero]) });
      offsets.push(entry && readInt64(entry.value, 0));
    }
    return offsets;
  }

  unflip(): void {
    this.#flipped.clear();
  }

  #damaged({ key, value }: StorageEntry): StorageEntry {
    const bit = this.#flipped.get(key.toString('latin1'));
    if (bit === undefined) return { key, value };
    const bytes = Buffer.from(value);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    return { key, value: bytes };
  }

  async #partition(id: PartitionId): Promise<Partition> {
    const [entry] = await this.storage.read({
      gte: partitionKey(id),
      lt: partitionKey({ ...id, index: id.index + 1 }),
    });
    const partition = new Partition(id.topicId, id.index);
    if (entry !== undefined) partition.restore(entry.value);
    return partition;
  }

  async #idOf(name: string, index: number): Promise<PartitionId | undefined> {
    for (const { key, value } of await this.storage.read(everyKey('t'))) {
      const { spec } = JSON.parse(value.toString()) as { spec: { name: string } };
      if (spec.name === name) return { topicId: key.readUInt32BE(1), index };
    }
    return undefined;
  }
}
