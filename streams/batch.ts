// Step 1 of a commit: one task runs due timers, then records, in memory. Reads that aren't in memory suspend the
// record; its effects are dropped, the records behind it say what they will read (read-ahead.ts), all of that is fetched at
// once, and the batch goes on at the same record. So decisions don't depend on what happens to be cached.
import type { Clock } from '../base/clock.ts';
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { Serde } from '../base/serde.ts';
import type { Encodings } from '../state/encodings.ts';
import type { TimeRow } from '../state/keys.ts';
import type { TaskState } from '../state/task-state.ts';
import { type Mark, suspended } from '../state/transaction.ts';
import type { QuarantineCommand } from './api.ts';
import { type DeadLetter, type DeadLetterSource, deadLetter } from './dead-letter.ts';
import { HeldInput } from './held-input.ts';
import type { InputRecord } from './input-queue.ts';
import { timerOfStore } from './names.ts';
import { codeOf, failureOf, type Origin, sourceOf, subjectOf, timerOf } from './origin.ts';
import type { BatchScope, ProcessorNode } from './processor-node.ts';
import { type HeldRecord, heldRecord, obeyCommands, placeOf, type Quarantine, quarantines } from './quarantine.ts';
import { ReadAhead } from './read-ahead.ts';
import type { SentRecords } from './sent-records.ts';

export interface BatchParts {
  readonly task: string;
  readonly state: TaskState;
  readonly scope: BatchScope;
  readonly sources: ReadonlyMap<string, ProcessorNode>;
  readonly timers: ReadonlyMap<string, ProcessorNode>;
  readonly quarantine: Quarantine | undefined;
  /** Of the sources, by topic. */
  readonly serdes: ReadonlyMap<string, Serde<unknown>>;
  readonly codeVersion: string;
  /** One batch's at a time, as is what `scope` has of it. */
  readonly encodings: Encodings;
}

export interface StoreKey {
  readonly store: string;
  readonly key: string;
}

/** What a batch works through. `maxFired`: stop after so many timers fired; a replay fires exactly as many as were. */
export interface BatchInput {
  readonly now: number;
  readonly due: readonly TimeRow[];
  /** Entries of retired stores, which are deleted. */
  readonly retired?: readonly StoreKey[];
  readonly maxFired: number;
  readonly records: readonly InputRecord[];
  /** The batch ends at the next record once it would write so many bytes. Not for a replay: that takes what was taken. */
  readonly maxBytes?: number | undefined;
}

/** How many records between two looks at the clock. */
const deadlineEvery = 32;
/** So many changes and outputs are encoded at a time, or about so many bytes: what they are made of is still near. */
const mostWaiting = 128;
const mostWaitingBytes = 32 * 1024;

export class TaskBatch {
  readonly now: number;
  readonly deadLetters: DeadLetter[] = [];
  /** Rows of the time index whose entry says otherwise: to be deleted. */
  readonly staleRows: TimeRow[] = [];
  readonly sent: SentRecords;
  /** Why processors passed things over, once for each. */
  readonly dropped: string[] = [];
  /** What it says to learn is learned before the next `advance`. */
  readonly ahead: ReadAhead;
  readonly #parts: BatchParts;
  readonly #input: BatchInput;
  readonly #start: Mark;
  /** What is sent is encoded at once, to find the record to blame. */
  #careful = false;
  /** Something can't be encoded: that shows again when the batch is sealed. */
  #isUnsound = false;
  #rows = 0;
  #fired = 0;
  #records = 0;
  /** Records behind this one are left for the next batch. */
  #limit: number;
  #isCut = false;
  /** The key that the present record, a command, lets go on. */
  #releasing: string | undefined;
  readonly #held = new Map<string, HeldInput>();

  constructor(parts: BatchParts, input: BatchInput) {
    this.#parts = parts;
    this.#input = input;
    this.now = input.now;
    this.sent = parts.scope.sent;
    this.sent.clear();
    this.#forgetEncoded();
    this.#limit = input.records.length;
    for (const { store, key } of input.retired ?? []) parts.state.partitionOf(store)?.delete(key);
    this.#start = parts.state.transaction.mark();
    this.#enter();
    this.ahead = new ReadAhead(parts, input.records);
    for (const { store, key } of input.due) this.ahead.timer(store, key);
  }

  get encodings(): Encodings {
    return this.#parts.encodings;
  }

  /** How many timers and expiries took effect. */
  get fired(): number {
    return this.#fired;
  }

  /** The records that are done. */
  get consumed(): readonly InputRecord[] {
    return this.#input.records.slice(0, this.#records);
  }

  /** Whether it ended early, for it would write as much as it may. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether there is anything to commit. Stale rows count: left where they are, they would hide those behind them. */
  get worked(): boolean {
    const { retired = [] } = this.#input;
    return this.#records > 0 || this.#fired > 0 || this.staleRows.length > 0 || retired.length > 0;
  }

  /**
   * Runs until all is done or `deadline` (on the monotonic clock) has passed: true. Or until a read is missing: false;
   * the state's transaction then lists what to load before the next call.
   */
  advance(clock: Clock, deadline: number): boolean {
    this.#enter();
    while (this.#rows < this.#input.due.length && this.#fired < this.#input.maxFired) {
      if (!this.#attempt(this.#fire, this.#input.due[this.#rows]!)) return this.#lookAhead();
      this.#rows++;
      this.#encodeEarly();
    }
    const { records } = this.#input;
    while (this.#records < this.#limit) {
      if (this.#records % deadlineEvery === deadlineEvery - 1 && clock.monotonic() > deadline) break;
      const record = records[this.#records]!;
      if (this.#releasing === undefined && !this.#attempt(this.#process, record)) return this.#lookAhead();
      while (this.#releasing !== undefined)
        if (!this.#attempt(this.#release, this.#releasing)) return this.#lookAhead();
      this.#records++;
      record.release();
      this.#encodeEarly();
      if (this.#isFull()) break;
    }
    return true;
  }

  /**
   * Takes everything back and runs it again, encoding what it sends at once: what can't be encoded becomes a dead letter.
   * All reads are in memory by now. False if it was careful already: then the fault isn't a record's.
   */
  restartCarefully(clock: Clock): boolean {
    if (this.#careful) return false;
    this.#forgetEncoded();
    this.#parts.state.transaction.rollback(this.#start);
    this.sent.clear();
    this.dropped.length = this.deadLetters.length = this.staleRows.length = 0;
    this.#limit = this.#records;
    this.#rows = this.#fired = this.#records = 0;
    this.#releasing = undefined;
    this.#careful = true;
    return this.advance(clock, Number.POSITIVE_INFINITY);
  }

  /** Encodes what isn't yet, of what is sent and of what changed. @throws the serde's error if something can't be */
  encode(): void {
    this.sent.encode(this.encodings);
    this.#parts.state.transaction.encode(this.encodings);
  }

  #forgetEncoded(): void {
    this.encodings.clear();
    this.#parts.state.transaction.forgetEncoded();
  }

  #encodeEarly(): void {
    if (this.#careful || this.#isUnsound) return;
    const waiting = this.sent.waiting + this.#parts.state.transaction.waiting;
    const { byteLength, count } = this.encodings;
    if (waiting < mostWaiting && waiting * byteLength < mostWaitingBytes * count) return;
    try {
      this.encode();
    } catch {
      this.#isUnsound = true;
    }
  }

  #isFull(): boolean {
    const { maxBytes } = this.#input;
    if (maxBytes === undefined || this.#careful) return false;
    this.#isCut = this.#records < this.#limit && this.encodings.byteLength >= maxBytes;
    return this.#isCut;
  }

  #enter(): void {
    this.#parts.scope.now = this.now;
    this.#parts.scope.dropped = this.dropped;
  }

  /** Does all of `work` with its subject or nothing; false if it was suspended. */
  #attempt<Subject>(work: (subject: Subject) => void, subject: Subject): boolean {
    const { transaction } = this.#parts.state;
    const mark = transaction.mark();
    const sent = this.sent.length;
    const dropped = this.dropped.length;
    let isSuspended = false;
    try {
      work(subject);
    } catch (error) {
      if (error !== suspended) throw error;
      isSuspended = true;
    }
    // Also if the processor swallowed the throw: what it did then rests on a read that it never had.
    if (!isSuspended && transaction.missing.length === 0) return true;
    transaction.rollback(mark);
    this.sent.truncate(sent);
    this.dropped.length = dropped;
    return false;
  }

  #lookAhead(): false {
    this.ahead.from(this.#records);
    return false;
  }

  readonly #fire = (row: TimeRow): void => {
    const { state, timers, scope } = this.#parts;
    scope.eventTime = undefined;
    const partition = state.partitionOf(row.store);
    const value = partition?.get(row.key);
    if (partition === undefined || value === undefined || partition.spec.expiresAt?.(value) !== row.at) {
      this.staleRows.push(row);
      return;
    }
    partition.delete(row.key);
    const node = timers.get(timerOfStore(row.store) ?? '');
    if (node) this.#guarded(node, row.key, row);
    if (state.transaction.missing.length === 0) this.#fired++;
  };

  readonly #process = (record: InputRecord): void => {
    const { sources, quarantine, scope } = this.#parts;
    const node = sources.get(record.topic)!;
    if (!node.concerns(record)) return;
    scope.eventTime = record.eventTime;
    record.decode();
    if (record.isForeign) throw suspended;
    if (record.problem !== undefined) this.#setAside(sourceOf(record), record.problem, node.name);
    else if (record.topic === quarantine?.commands) this.#obey(record, record.value as QuarantineCommand);
    else if (node.isQuarantined && quarantine?.has(record.key)) this.#wait(record, node.name);
    else this.#guarded(node, record, record);
  };

  /** A fault of the processor takes its effects back and sets the record aside. False if its key stands still for it. */
  #guarded(node: ProcessorNode, subject: unknown, from: Origin): boolean {
    const { transaction } = this.#parts.state;
    const mark = transaction.mark();
    const sent = this.sent.length;
    const dropped = this.dropped.length;
    try {
      node.run(subject);
      if (this.#careful) this.#encodeSince(mark, sent);
      return true;
    } catch (error) {
      if (error === suspended || transaction.missing.length > 0) throw suspended;
      transaction.rollback(mark);
      this.sent.truncate(sent);
      this.dropped.length = dropped;
      if (node.isQuarantined && quarantines(codeOf(error))) return this.#stop(from, error, node.name);
      this.#setAside(sourceOf(from), error, node.name);
      return true;
    }
  }

  #setAside(source: DeadLetterSource, error: unknown, processor: string, place?: string): void {
    const { task, codeVersion } = this.#parts;
    const quarantine = place === undefined ? undefined : { task, place };
    this.deadLetters.push(deadLetter(source, { error, code: codeOf(error), processor, codeVersion, quarantine }));
  }

  /** The key of what failed stands still from now on, or goes on doing so. True if that can't be. */
  #stop(from: Origin, error: unknown, processor: string): boolean {
    const { quarantine } = this.#parts;
    const source = sourceOf(from);
    // Records without a key have no order among each other.
    if (quarantine === undefined || from.key === '') {
      this.#setAside(source, error, processor);
      return true;
    }
    const place = placeOf(source, timerOf(from));
    const failure = failureOf(error, this.now, processor);
    if (this.#releasing !== undefined) quarantine.stay(from.key, place, failure);
    else if (quarantine.has(from.key)) {
      this.#wait(from, processor);
      return false;
    } else quarantine.begin(from.key, heldRecord(source, timerOf(from)), place, failure);
    this.#setAside(source, error, processor, place);
    return false;
  }

  /** Puts a record behind those of its key; if there is no more room, it is set aside. */
  #wait(from: Origin, processor: string): void {
    const source = sourceOf(from);
    try {
      this.#parts.quarantine!.add(from.key, heldRecord(source, timerOf(from)));
    } catch (error) {
      if (!isStockstreamError(error)) throw error;
      this.#setAside(source, error, processor);
    }
  }

  /** What an operator decided of a record that its key stands still for. */
  #obey(record: InputRecord, { key, place, action, value }: QuarantineCommand): void {
    const quarantine = this.#parts.quarantine!;
    if (key !== record.key) {
      const details = { topic: record.topic, key: record.key, expected: key };
      this.#setAside(sourceOf(record), new StockstreamError('RECORD_MISROUTED', details), obeyCommands.name);
      return;
    }
    // Said twice, or the key went on meanwhile.
    if (!quarantine.isHead(key, place) || (action !== 'replay' && action !== 'drop')) {
      this.dropped.push('stale quarantine command');
      return;
    }
    const queue = quarantine.queueOf(key);
    if (queue.length > 0) {
      if (action === 'drop') quarantine.shift(key);
      else if (value !== null) quarantine.edit(key, Buffer.from(value, 'base64'));
      for (const held of quarantine.queueOf(key)) this.#prefetchHeld(held);
    }
    if (this.#parts.state.transaction.missing.length > 0 || this.ahead.hasForeign) throw suspended;
    this.#releasing = key;
  }

  /** Tries the next record of the key that goes on. */
  readonly #release = (key: string): void => {
    const quarantine = this.#parts.quarantine!;
    const held = quarantine.headOf(key);
    if (held === undefined) quarantine.end(key);
    const goesOn = held !== undefined && this.#runHeld(this.#inputOf(held));
    if (goesOn) quarantine.shift(key);
    else this.#releasing = undefined;
  };

  /** False if the key stands still for it. */
  #runHeld(input: HeldInput): boolean {
    const { source, timer } = input;
    const node = this.#nodeOf(input);
    this.#parts.scope.eventTime = input.eventTime;
    if (node !== undefined && input.problem === undefined) return this.#guarded(node, subjectOf(input), input);
    const problem = input.problem ?? new Error(`nothing handles the timer ${timer} any more`);
    this.#setAside(source, problem, node?.name ?? '');
    return true;
  }

  #prefetchHeld(held: HeldRecord): void {
    const input = this.#inputOf(held);
    if (input.isForeign) this.ahead.addForeign(input);
    if (input.problem !== undefined) return;
    try {
      this.#nodeOf(input)?.prefetch(subjectOf(input), input.key);
    } catch {
      // A hint is only a hint; the fault will show when it is processed.
    }
  }

  #nodeOf({ timer, topic }: HeldInput): ProcessorNode | undefined {
    return timer === undefined ? this.#parts.sources.get(topic) : this.#parts.timers.get(timer);
  }

  /** Decoded once, however often it is looked at. */
  #inputOf(held: HeldRecord): HeldInput {
    const name = `${placeOf(held, held.timer)} ${held.value}`;
    const input = this.#held.get(name) ?? new HeldInput(held, this.#parts.serdes.get(held.topic));
    this.#held.set(name, input);
    return input;
  }

  /** @throws the serde's error for what a record wants to write */
  #encodeSince(mark: Mark, from: number): void {
    for (const { topic, value } of this.sent.since(from)) encodable(topic.serde, value);
    for (const entry of this.#parts.state.transaction.changedSince(mark)) {
      if (entry.value !== undefined) encodable(entry.partition.spec.serde, entry.value);
    }
  }
}

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

function encodable(serde: { encode(value: unknown, target: Buffer, at: number): number }, value: unknown): void {
  while (serde.encode(value, scratch, 0) < 0) scratch = Buffer.allocUnsafeSlow(scratch.length * 2);
}
