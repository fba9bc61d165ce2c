// One life of the machine that the embedded log runs on: from its start to its crash. The storage outlives it; of the
// write that is in flight when it crashes, all or nothing is there afterwards.
import { type Clock, sleep } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import type {
  LogStorage,
  ReadOptions,
  StorageEntry,
  StorageOperation,
  StorageRange,
} from '../../log/embedded/storage.ts';
import type { Producer } from '../../log/log.ts';
import type { Sabotage } from './canaries/sabotage.ts';
import { type Counts, count } from './counts.ts';
import { chance, delay } from './dice.ts';
import type { History } from './history.ts';
import type { Stage } from './link.ts';
import type { LogDisk } from './log-disk.ts';
import { ProcessClock } from './process-clock.ts';

export interface MachineParts {
  readonly clock: SteppedClock;
  readonly disk: LogDisk;
  readonly history: History;
  readonly random: Random;
  /** How long the storage takes now, typically. Milliseconds. */
  readonly latency: () => number;
  readonly options: {
    readonly offsetGaps: boolean;
    readonly tailBytes: number;
    readonly cleanupIntervalMs: number;
    readonly activeTailBytes: number;
  };
  readonly onError: (error: unknown) => void;
  /** Told of each stage of each write. */
  readonly reach: (stage: Stage) => void;
  /** Told of each write that failed: the log takes nothing more then. */
  readonly onFailedWrite: () => void;
  readonly sabotage: Sabotage;
  readonly counts: Counts;
}

export class Machine {
  readonly log: EmbeddedLog;
  readonly #clock: ProcessClock;
  readonly #storage: SlowStorage;
  readonly #producers = new Map<string, Promise<Producer>>();

  private constructor(log: EmbeddedLog, clock: ProcessClock, storage: SlowStorage) {
    this.log = log;
    this.#clock = clock;
    this.#storage = storage;
  }

  static async start(parts: MachineParts): Promise<Machine> {
    const clock = new ProcessClock(parts.clock);
    const storage = new SlowStorage(parts, clock);
    const log = await openEmbeddedLog({ ...parts.options, storage, clock, onBackgroundError: parts.onError });
    return new Machine(log, clock, storage);
  }

  /** A client's own producer, as long as the machine lives. */
  producerOf(client: string): Promise<Producer> {
    let producer = this.#producers.get(client);
    if (producer === undefined) {
      producer = this.log.session().producer();
      this.#producers.set(client, producer);
    }
    return producer;
  }

  /** Whether a write is under way. */
  get isWriting(): boolean {
    return this.#storage.isWriting;
  }

  /** The next write fails, and may be there all the same. */
  breakStorage(): void {
    this.#storage.isBroken = true;
  }

  crash(): void {
    this.#clock.die();
    this.#storage.die();
  }
}

class SlowStorage implements LogStorage {
  readonly location = 'simulated';
  readonly #parts: MachineParts;
  readonly #clock: Clock;
  #inFlight: StorageOperation[] | undefined;
  /** Set if the next write shall fail. */
  isBroken = false;

  constructor(parts: MachineParts, clock: Clock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  get isWriting(): boolean {
    return this.#inFlight !== undefined;
  }

  async read(range: StorageRange, options?: ReadOptions): Promise<StorageEntry[]> {
    await this.#pass();
    const { disk, sabotage } = this.#parts;
    const entries = await disk.read(range, options);
    return sabotage.stored === undefined ? entries : entries.map(sabotage.stored);
  }

  async write(operations: StorageOperation[]): Promise<void> {
    const { disk, random, reach, onFailedWrite, sabotage } = this.#parts;
    this.#inFlight = operations;
    reach('sent');
    await this.#pass();
    const fails = (this.isBroken || disk.isFull) && !sabotage.hidesFailures;
    // Of a write that fails nobody knows whether it is there, unless there was no room for it.
    if (!disk.isFull && (!this.isBroken || chance(random, 0.5))) this.#apply(operations);
    this.#inFlight = undefined;
    reach('applied');
    await this.#pass();
    if (!fails) return;
    onFailedWrite();
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }

  async close(): Promise<void> {}

  /** The power is gone: what was synced stays, of the write in flight all or nothing is there. */
  die(): void {
    if (this.#inFlight === undefined) return;
    const { random, counts, disk } = this.#parts;
    if (!disk.isFull && chance(random, 0.5)) this.#apply(this.#inFlight);
    else count(counts, 'log writes torn');
    this.#inFlight = undefined;
  }

  #apply(operations: StorageOperation[]): void {
    const { disk, sabotage } = this.#parts;
    void disk.write(sabotage.storage?.(operations) ?? operations);
    this.#parts.history.add(operations);
  }

  #pass(): Promise<void> {
    return sleep(this.#clock, delay(this.#parts.random, this.#parts.latency()));
  }
}
