// The expiry port in the memory of one process: the view and the gateway share the object. It forgets all when the
// process ends, and what has expired now and then.
import type { Clock } from '../../../base/clock.ts';
import { StockstreamError } from '../../../base/errors.ts';
import { type ExpiryRecord, type ExpiryRecords, type ExpiryWrite, endKnownMs } from '../expiry-records.ts';

interface Known {
  readonly position: number;
  /** Undefined once it has ended. */
  readonly record: ExpiryRecord | undefined;
  /** Then it is forgotten; milliseconds since the Unix epoch. */
  readonly until: number;
}

/** So many more than after the last clean-up lead to another one. */
const cleanUpEvery = 10_000;

export function memoryExpiryRecords(clock: Clock): ExpiryRecords {
  return new MemoryExpiryRecords(clock);
}

class MemoryExpiryRecords implements ExpiryRecords {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  #cleanAt = cleanUpEvery;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async apply(writes: readonly ExpiryWrite[]): Promise<void> {
    this.#check();
    for (const write of writes) this.#take(write);
    if (this.#known.size > this.#cleanAt) this.#cleanUp();
  }

  async flush(): Promise<void> {}

  async get(orderId: string): Promise<ExpiryRecord | undefined> {
    this.#check();
    const record = this.#known.get(orderId)?.record;
    return record && record.expiresAt > this.#clock.now() ? record : undefined;
  }

  async ping(): Promise<void> {
    this.#check();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #take(write: ExpiryWrite): void {
    const { orderId } = write;
    const position = write.position.offset;
    const before = this.#known.get(orderId);
    if (before !== undefined && before.position >= position) return;
    const record = write.kind === 'hold' ? write.record : undefined;
    const until = write.kind === 'hold' ? write.record.expiresAt : Math.max(before?.until ?? 0, write.at + endKnownMs);
    if (until > this.#clock.now()) this.#known.set(orderId, { position, record, until });
    else this.#known.delete(orderId);
  }

  #cleanUp(): void {
    const now = this.#clock.now();
    for (const [orderId, { until }] of this.#known) if (until <= now) this.#known.delete(orderId);
    this.#cleanAt = this.#known.size + cleanUpEvery;
  }

  #check(): void {
    if (this.#isClosed) throw new StockstreamError('EXPIRY_UNAVAILABLE', { reason: 'they were closed' });
  }
}
