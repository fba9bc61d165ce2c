// The store as a worker of the simulation has it: slow, on a disk that outlives the process. Writes go in their order;
// what a killed process had handed over is on the disk up to some point, and the power may take the newest writes away.
import type { Clock } from '../../base/clock.ts';
import { sleep } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { operationsOf } from '../../state/collected-batch.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import type { KeyRange, ScanOptions, Store, StoreEntry, StoreSnapshot, WriteBatch } from '../../state/store.ts';
import { chance, delay } from './dice.ts';
import type { Stage } from './link.ts';

/** A disk, and what it held after some of its last writes. */
export class Disk {
  current = new MemoryDisk();
  readonly #older: MemoryDisk[] = [];

  keep(): void {
    this.#older.push(this.current.clone());
    if (this.#older.length > 8) this.#older.shift();
  }

  /** Back to one of its last states, as after a power cut or from a copy. */
  revert(random: Random): void {
    const older = this.#older.splice(0);
    const kept = older.at(random.int(older.length + 1));
    if (kept !== undefined) this.current = kept;
  }
}

export interface SlowStoreParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly latency: () => number;
  readonly reach: (call: string, stage: Stage) => void;
  /** Told of what was read. */
  readonly onRead: (key: Buffer, value: Buffer | undefined) => void;
  /** Told of ranges that are wiped. */
  readonly onWipe: (range: KeyRange) => void;
}

export class SlowStore implements Store {
  readonly #parts: SlowStoreParts;
  readonly #inner: Store;
  /** Handed over and not yet on the disk. */
  #waiting: WriteBatch[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(parts: SlowStoreParts) {
    this.#parts = parts;
    this.#inner = memoryStore(parts.disk.current);
  }

  async getMany(keys: readonly Buffer[]): Promise<(Buffer | undefined)[]> {
    await this.#pass();
    const values = await this.#inner.getMany(keys);
    keys.forEach((key, index) => {
      this.#parts.onRead(key, values[index]);
    });
    await this.#pass();
    return values;
  }

  async scan(range: KeyRange, options: ScanOptions): Promise<StoreEntry[]> {
    await this.#pass();
    const entries = await this.#inner.scan(range, options);
    await this.#pass();
    return entries;
  }

  /** Whether a write was handed over and isn't on the disk yet. */
  get isWriting(): boolean {
    return this.#waiting.length > 0;
  }

  batch(): WriteBatch {
    return this.#inner.batch();
  }

  async write(batch: WriteBatch): Promise<void> {
    this.#parts.reach('write', 'sent');
    this.#waiting.push(batch);
    this.#last = this.#last.then(() => this.#writeNext());
    await this.#last;
    await this.#pass();
  }

  snapshot(): StoreSnapshot {
    return this.#inner.snapshot();
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#inner.close();
  }

  /** The process was killed: of what waits, some first writes are done, the others never. */
  die(): void {
    const done = this.#parts.random.int(this.#waiting.length + 1);
    for (const batch of this.#waiting.splice(0).slice(0, done)) void this.#apply(batch);
  }

  async #writeNext(): Promise<void> {
    await this.#pass();
    const batch = this.#waiting.shift();
    if (batch !== undefined) await this.#apply(batch);
    this.#parts.reach('write', 'applied');
  }

  async #apply(batch: WriteBatch): Promise<void> {
    for (const operation of operationsOf(batch)) {
      if (operation.kind === 'deleteRange') this.#parts.onWipe(operation.range);
    }
    await this.#inner.write(batch);
    if (chance(this.#parts.random, 0.3)) this.#parts.disk.keep();
  }

  #pass(): Promise<void> {
    return sleep(this.#parts.clock, delay(this.#parts.random, this.#parts.latency()));
  }
}
