// The records of one partition that an effect thread has taken, from the first whose offset isn't committed. Records of
// one lane go one after the other, those of different lanes as they come; offsets move on over what is finished without
// a gap.
import type { CommittedOffset } from '../log/log.ts';
import type { Forwarded, Topic } from './api.ts';
import type { DeadLetter } from './dead-letter.ts';
import { InputQueue, type InputRecord } from './input-queue.ts';
import { decodeAhead, encodeAhead } from './offsets-ahead.ts';

/** How a record ended: what to tell, or why it was set aside. */
export interface Outcome {
  readonly forwarded: readonly Forwarded[];
  readonly deadLetter?: DeadLetter;
}

/** A record on its way. */
export class Entry {
  readonly record: InputRecord;
  /** The outcome is in the log, or in the transaction that is being written. */
  isWritten = false;
  readonly #onEnd: (entry: Entry) => void;
  #outcome: Outcome | undefined;

  constructor(record: InputRecord, onEnd: (entry: Entry) => void) {
    this.record = record;
    this.#onEnd = onEnd;
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** A second outcome takes the place of the first. */
  end(outcome: Outcome): void {
    const isFirst = this.#outcome === undefined;
    this.#outcome = outcome;
    if (isFirst) this.#onEnd(this);
  }
}

/** How a record's way may be cut short. */
export interface PerformSignals {
  /** Nothing more is begun; a call that is under way may end. */
  readonly hold: AbortSignal;
  /** Calls end as well. */
  readonly drop: AbortSignal;
}

/** Brings a record to its end. It returns without an outcome if a signal aborts before. */
type Perform = (entry: Entry, signals: PerformSignals) => Promise<void>;

export class EffectPartition {
  readonly partition: number;
  readonly queue: InputQueue;
  /** Where the partition ended as the last fetch saw it. */
  endOffset = 0;
  /** The offset that is committed, as far as this knows. */
  #committed: number;
  /** Those beyond it that whoever went before had written already. */
  readonly #ahead: ReadonlySet<number>;
  /** In the order of their offsets. */
  #entries: Entry[] = [];
  /** Those that have ended and aren't known to be committed, in the order in which they ended. */
  #ended: Entry[] = [];
  /** The end of what was begun in each lane. */
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #held = new AbortController();
  readonly #dropped = new AbortController();
  #leavesBy: number | undefined;

  constructor(topic: Topic<unknown>, partition: number, { offset, metadata }: CommittedOffset) {
    this.partition = partition;
    this.queue = new InputQueue(topic, partition, offset);
    this.#committed = offset;
    this.#ahead = decodeAhead(offset, metadata);
  }

  /** How many records are taken and not behind the committed offset. */
  get inFlight(): number {
    return this.#entries.length;
  }

  /** Where to go on reading if everything were forgotten now: all before is written. */
  get position(): number {
    return this.#entries.find(({ isWritten }) => !isWritten)?.record.offset ?? this.queue.position;
  }

  /** What to commit: `position`, and what is written beyond it. */
  get place(): CommittedOffset {
    const offset = this.position;
    const written = this.#entries.filter(({ isWritten }) => isWritten).map(({ record }) => record.offset);
    return { offset, metadata: encodeAhead(offset, [...this.#ahead, ...written]) };
  }

  get hasMoved(): boolean {
    return this.position > this.#committed;
  }

  /** Whether `perform` is still at work on what was taken. */
  get isBusy(): boolean {
    return this.#lanes.size > 0;
  }

  /** Takes the queue's first record if its outcome is in the log already. Gives whether it was. */
  pass(): boolean {
    const record = this.queue.at(0)!;
    if (!this.#ahead.has(record.offset)) return false;
    this.queue.consume();
    const entry = new Entry(record, () => {});
    entry.isWritten = true;
    this.#entries.push(entry);
    return true;
  }

  /** Takes the queue's first record, to be performed after what was taken for its lane. */
  take(perform: Perform, lane: string): void {
    const record = this.queue.at(0)!;
    this.queue.consume();
    const entry = new Entry(record, (ended) => this.#ended.push(ended));
    this.#entries.push(entry);
    const signals = { hold: this.#held.signal, drop: this.#dropped.signal };
    const turn = (this.#lanes.get(lane) ?? Promise.resolve()).then(() => perform(entry, signals));
    this.#lanes.set(lane, turn);
    void turn.then(() => {
      if (this.#lanes.get(lane) === turn) this.#lanes.delete(lane);
    });
  }

  /** What has ended and isn't written yet. */
  finished(limit: number): Entry[] {
    return this.#ended.slice(0, limit);
  }

  /** `position` is committed, and every outcome before it with it. */
  committed(position: number): void {
    this.#committed = position;
    this.#ended = this.#ended.filter(({ isWritten }) => !isWritten);
    const first = this.#entries.findIndex(({ isWritten }) => !isWritten);
    this.#entries = first < 0 ? [] : this.#entries.slice(first);
  }

  /** Until when what is under way may end, on the monotonic clock; undefined unless the partition is to be given up. */
  get leavesBy(): number | undefined {
    return this.#leavesBy;
  }

  /** Begins nothing more: that is the next owner's. */
  leave(by: number): void {
    this.#leavesBy ??= by;
    this.#held.abort();
  }

  /** Whether no call is under way and all that has ended is written. */
  get hasLeft(): boolean {
    return !this.isBusy && this.#ended.every(({ isWritten }) => isWritten);
  }

  /** Ends all calls. What they would have told isn't told by this thread any more. */
  drop(): void {
    this.#held.abort();
    this.#dropped.abort();
  }
}
