// The batches of one partition on their way out, numbered so that the broker stores each once and in order whatever is
// sent again. Pure bookkeeping: sender.ts does the talking.
//
//     waiting --take--> sent --acknowledged--> done
//        ^               |  any failure: nothing more is taken until all that was sent is answered;
//        +--- regroup ---+  then what is left goes first again, with the numbers that the broker expects next
//
// A broker that knows the producer takes number n only after all before it; one that doesn't takes any number first, so
// what goes to it goes alone until it has answered. So if the oldest was certainly not stored, none after it was; and if
// one is acknowledged, all before it are stored, even those that were answered with an error when they were sent again:
// they go out once more with their old numbers, alone, to learn their offsets while the broker still knows them.
import type { StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Compression } from './compression.ts';
import type { Outgoing } from './outgoing.ts';
import { Backoff } from './retry.ts';
import type { ProducerIdentity } from './wire/transaction.ts';

export interface QueueOptions {
  readonly topic: string;
  readonly partition: number;
  readonly compression: Compression;
  /** Transactions keep batches as they are; the first one makes the partition part of them. */
  readonly transactional: boolean;
  /** Small batches that wait are put together up to so many bytes. */
  readonly mergeBytes: number;
}

/** Brokers remember so many batches of a producer to know them again. */
const maxSent = 5;
/** Brokers remember a producer that is silent for longer, a day unless they are told otherwise. */
const mostSilenceMs = 600_000;
const sequences = 2 ** 31;

export class SendQueue {
  readonly options: QueueOptions;
  identity: ProducerIdentity;
  /** Whether the broker has stored something of this producer, or of the open transaction. */
  isAdded = false;
  /** The broker doesn't know the producer any more: before it goes on it needs another identity. */
  needsIdentity = false;
  /** Not before that, on the monotonic clock. */
  notBefore = 0;
  /** Why the last batch wasn't taken. */
  trouble = 'no broker leads it, or none answers';
  /** Which broker has what was sent. */
  #broker = -1;
  readonly #backoff: Backoff;
  #waiting: Outgoing[] = [];
  /** Sent and not yet done with, in the order of sending. */
  #out: Outgoing[] = [];
  /** Those of them that were answered and must be sent again. */
  readonly #failed = new Set<Outgoing>();
  /** What the broker has, and didn't say where. Always the first of all. */
  readonly #stored = new Set<Outgoing>();
  /** The number that the broker expects next, and the one that the next batch gets. */
  #expected = 0;
  #next = 0;
  #isRegrouping = false;
  #heardAt = 0;

  constructor(options: QueueOptions, identity: ProducerIdentity, random: Random) {
    this.options = options;
    this.identity = identity;
    this.#backoff = new Backoff(random);
  }

  get isEmpty(): boolean {
    return this.#waiting.length + this.#out.length === 0;
  }

  /** Whether nothing is at a broker. */
  get isIdle(): boolean {
    return this.#out.length === this.#failed.size;
  }

  /** When something must be done about it at the latest, on the monotonic clock. */
  get deadline(): number {
    const oldest = this.#out[0] ?? this.#waiting[0];
    return oldest?.deadline ?? Number.POSITIVE_INFINITY;
  }

  /** What the next batch has in bytes, without those that may be put together with it. */
  get nextBytes(): number {
    return this.#waiting[0]?.byteLength ?? 0;
  }

  /** Whether the broker has it, though it hasn't said where. */
  isStored(batch: Outgoing): boolean {
    return this.#stored.has(batch);
  }

  add(batch: Outgoing): void {
    this.#waiting.push(batch);
  }

  /** Whether there is something to send that may be sent. */
  isReady(now: number): boolean {
    if (this.#waiting.length === 0 || this.#isRegrouping || this.needsIdentity || now < this.notBefore) return false;
    if (this.#stored.size > 0) return this.#stored.has(this.#waiting[0]!);
    return this.#out.length < (this.#isKnown(now) ? maxSent : 1);
  }

  /** The broker has just stored a batch, so it knows this producer. */
  heard(now: number): void {
    this.isAdded = true;
    this.#heardAt = now;
  }

  /** Whether a request to this broker keeps the order: nothing may be out to another one. */
  mayGoTo(broker: number): boolean {
    return this.#out.length === 0 || this.#broker === broker;
  }

  /** The next batch with its final bytes. The queue must be ready. */
  take(broker: number): { batch: Outgoing; bytes: Buffer } {
    const batch = this.#waiting[0]!;
    this.#waiting.splice(0, batch.isSealed ? 1 : this.#merge(batch));
    const isStored = this.#stored.has(batch);
    const bytes = batch.seal(this.identity, isStored ? batch.sequence : this.#next, this.options);
    if (!isStored) this.#next = (this.#next + batch.count) % sequences;
    this.#out.push(batch);
    this.#broker = broker;
    return { batch, bytes };
  }

  /** Whether everything that was sent before this batch is stored. */
  isOldest(batch: Outgoing): boolean {
    return this.#out[0] === batch;
  }

  /** The broker has it, now or since before. */
  acknowledged(batch: Outgoing, baseOffset: number): void {
    if (this.#settle(batch)) batch.succeed(baseOffset);
    this.#regroup();
  }

  /** The broker has it, but doesn't know any more where. */
  misplaced(batch: Outgoing, error: StockstreamError): void {
    if (this.#settle(batch)) batch.fail(error);
    this.#regroup();
  }

  /** It is to be sent again, after a pause. */
  failed(batch: Outgoing, now: number): void {
    if (!this.#out.includes(batch)) return;
    batch.isInDoubt = true;
    this.#failed.add(batch);
    if (!this.#isRegrouping) this.notBefore = now + this.#backoff.pause();
    this.#isRegrouping = true;
    this.#regroup();
  }

  /**
   * It can't be stored; what comes after it can. If it may have been stored when it was first sent, its number counts as
   * taken: should it not be, the broker says of the next one that it is out of order, and does not take it for this one.
   */
  refused(batch: Outgoing, error: StockstreamError, now: number): void {
    const isUnclear = batch.isInDoubt && !this.#stored.has(batch);
    if (isUnclear && !this.isOldest(batch)) {
      this.failed(batch, now);
      return;
    }
    if (!this.#remove(batch)) return;
    this.#stored.delete(batch);
    if (isUnclear) this.#expected = numberAfter(batch);
    batch.fail(error);
    this.#isRegrouping = true;
    this.#regroup();
  }

  /** Goes on as another producer. Nothing may be at a broker. */
  renew(identity: ProducerIdentity): void {
    this.identity = identity;
    this.needsIdentity = this.isAdded = false;
    this.#expected = this.#next = 0;
    this.#stored.clear();
  }

  /**
   * Gives up what waits since before its deadline, and with the first such all that was ever sent, for what became of it
   * isn't known. What is left may follow only as another producer.
   */
  expire(now: number, error: StockstreamError): void {
    if (this.deadline > now) return;
    this.#giveUp((batch) => batch.sequence >= 0 || batch.deadline <= now, error);
  }

  /** Gives up everything. */
  failAll(error: unknown): void {
    this.#giveUp(() => true, error);
  }

  #giveUp(isLost: (batch: Outgoing) => boolean, error: unknown): void {
    const all = [...this.#out, ...this.#waiting];
    const lost = all.filter(isLost);
    this.#waiting = all.filter((batch) => !lost.includes(batch));
    this.#out = [];
    this.#failed.clear();
    this.#stored.clear();
    this.#isRegrouping = false;
    this.needsIdentity ||= lost.some(({ sequence }) => sequence >= 0);
    for (const batch of lost) batch.fail(error);
  }

  /** Once all that was sent is answered, puts what is left first again. */
  #regroup(): void {
    if (!this.#isRegrouping || !this.isIdle) return;
    this.#isRegrouping = false;
    this.#waiting = [...this.#out, ...this.#waiting];
    this.#out = [];
    this.#failed.clear();
    this.#next = this.#expected;
  }

  /** The broker has the batch, and so all before it. False if it was given up. */
  #settle(batch: Outgoing): boolean {
    const before = this.#out.slice(0, Math.max(0, this.#out.indexOf(batch)));
    if (!this.#remove(batch)) return false;
    this.#backoff.reset();
    if (this.#stored.delete(batch)) return true;
    this.#expected = numberAfter(batch);
    for (const earlier of before) this.#stored.add(earlier);
    return true;
  }

  #remove(batch: Outgoing): boolean {
    const at = this.#out.indexOf(batch);
    if (at >= 0) this.#out.splice(at, 1);
    this.#failed.delete(batch);
    return at >= 0;
  }

  #isKnown(now: number): boolean {
    return this.isAdded && (this.options.transactional || now - this.#heardAt < mostSilenceMs);
  }

  /** Takes what follows into the first batch as far as it fits; gives how many batches it is made of. */
  #merge(first: Outgoing): number {
    let count = 1;
    for (; count < this.#waiting.length; count++) {
      const next = this.#waiting[count]!;
      if (next.isSealed || first.byteLength + next.byteLength > this.options.mergeBytes) break;
      first.absorb(next);
    }
    return count;
  }
}

function numberAfter({ sequence, count }: Outgoing): number {
  return (sequence + count) % sequences;
}
