// The store as a worker of the simulation has it: slow, on a disk that outlives the process. Writes go in their order;
// what a killed process had handed over is on the disk up to some point, and the power may take the newest writes away.
import type { Clock } from '../../base/clock.ts';
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { operationsOf } from '../../state/collected-batch.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { KeyRange, ScanOptions, Store, StoreEntry, StoreSnapshot, WriteBatch } from '../../state/store.ts';
import { chance, delay } from './dice.ts';
import type { Disk } from './disk.ts';
import type { Stage } from './link.ts';

export interface SlowStoreParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly latency: () => number;
  /** Of what is read of snapshots: nothing else waits for it. */
  readonly snapshotRandom: Random;
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
    if (keys.some((key) => this.#parts.disk.isDamagedAt(key))) throw damaged();
    keys.forEach((key, index) => {
      this.#parts.onRead(key, values[index]);
    });
    await this.#pass();
    return values;
  }

  async scan(range: KeyRange, options: ScanOptions): Promise<StoreEntry[]> {
    await this.#pass();
    const entries = await this.#inner.scan(range, options);
    if (this.#parts.disk.isDamaged && entries.some(({ key }) => this.#parts.disk.isDamagedAt(key))) throw damaged();
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
    this.#parts.reach('write', 'answered');
  }

  snapshot(): StoreSnapshot {
    const { clock, snapshotRandom: random, latency, disk } = this.#parts;
    const inner = this.#inner.snapshot();
    const pass = () => sleep(clock, delay(random, latency()));
    return {
      async getMany(keys) {
        await pass();
        if (keys.some((key) => disk.isDamagedAt(key))) throw damaged();
        return await inner.getMany(keys);
      },
      async scan(range, options) {
        await pass();
        const entries = await inner.scan(range, options);
        if (disk.isDamaged && entries.some(({ key }) => disk.isDamagedAt(key))) throw damaged();
        return entries;
      },
      close: () => inner.close(),
    };
  }

  async close(): Promise<void> {
    await this.#last.catch(() => {});
    await this.#inner.close();
  }

  /** The process was killed: of what waits, some first writes are done, the others never. */
  die(): void {
    if (this.#parts.disk.isFull) return;
    const done = this.#parts.random.int(this.#waiting.length + 1);
    for (const batch of this.#waiting.splice(0).slice(0, done)) void this.#apply(batch);
  }

  /** After a failure every later write fails as well. @throws STATE_STORAGE_FAILED */
  async #writeNext(): Promise<void> {
    await this.#pass();
    this.#parts.reach('write', 'arrived');
    if (this.#parts.disk.isFull && this.#waiting.length > 0) {
      this.#waiting = [];
      throw new StockstreamError('STATE_STORAGE_FAILED', { ...place, action: 'written', reason: 'no space left' });
    }
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

const place = { directory: 'simulated' };

function damaged(): StockstreamError {
  return new StockstreamError('STATE_STORE_DAMAGED', { ...place, action: 'read', reason: 'a checksum differs' });
}
