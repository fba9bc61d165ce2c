// Step 1 of a commit: one task runs due timers, then records, in memory. Reads that aren't in memory suspend the
// record; its effects are dropped, the records behind it are tried for what they will read, all of that is fetched at
// once, and the batch goes on at the same record. So decisions don't depend on what happens to be cached.
import type { Clock } from '../base/clock.ts';
import { isStockstreamError } from '../base/errors.ts';
import type { TimeRow } from '../state/keys.ts';
import type { TaskState } from '../state/task-state.ts';
import { type Mark, suspended } from '../state/transaction.ts';
import type { Forwarded } from './api.ts';
import { type DeadLetter, type DeadLetterSource, deadLetter } from './dead-letter.ts';
import type { InputRecord } from './input-queue.ts';
import { timerOfStore } from './names.ts';
import type { BatchScope, ProcessorNode } from './processor-node.ts';

export interface BatchParts {
  readonly state: TaskState;
  readonly scope: BatchScope;
  readonly sources: ReadonlyMap<string, ProcessorNode>;
  readonly timers: ReadonlyMap<string, ProcessorNode>;
  readonly codeVersion: string;
}

/** What a batch works through. `maxFired`: stop after so many timers fired; a replay fires exactly as many as were. */
export interface BatchInput {
  readonly now: number;
  readonly due: readonly TimeRow[];
  readonly maxFired: number;
  readonly records: readonly InputRecord[];
}

/** How many records between two looks at the clock. */
const deadlineEvery = 32;

export class TaskBatch {
  readonly now: number;
  readonly deadLetters: DeadLetter[] = [];
  /** Rows of the time index whose entry says otherwise: to be deleted. */
  readonly staleRows: TimeRow[] = [];
  readonly forwarded: Forwarded[] = [];
  /** Why processors passed things over, once for each. */
  readonly dropped: string[] = [];
  /** Records that are foreign; they are learned before the first `advance`. */
  readonly foreign: InputRecord[] = [];
  readonly #parts: BatchParts;
  readonly #input: BatchInput;
  readonly #start: Mark;
  /** What is sent is encoded at once, to find the record to blame. */
  #careful = false;
  #rows = 0;
  #fired = 0;
  #records = 0;
  /** Records behind this one are left for the next batch. */
  #limit: number;

  constructor(parts: BatchParts, input: BatchInput) {
    this.#parts = parts;
    this.#input = input;
    this.now = input.now;
    this.#limit = input.records.length;
    this.#start = parts.state.transaction.mark();
    this.#enter();
    for (const { store, key } of input.due) this.#prefetchTimer(store, key);
    for (const record of input.records) this.#prefetchRecord(record);
  }

  /** How many timers and expiries took effect. */
  get fired(): number {
    return this.#fired;
  }

  /** The records that are done. */
  get consumed(): readonly InputRecord[] {
    return this.#input.records.slice(0, this.#records);
  }

  /** Whether there is anything to commit. Stale rows count: left where they are, they would hide those behind them. */
  get worked(): boolean {
    return this.#records > 0 || this.#fired > 0 || this.staleRows.length > 0;
  }

  /** So that what newer programs write is decided, not set aside. @throws REGISTRY_UNAVAILABLE */
  async learn(): Promise<void> {
    for (const record of this.foreign) {
      await record.learn();
      this.#prefetch(record);
    }
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
    }
    const { records } = this.#input;
    while (this.#records < this.#limit) {
      if (this.#records % deadlineEvery === deadlineEvery - 1 && clock.monotonic() > deadline) break;
      if (!this.#attempt(this.#process, records[this.#records]!)) return this.#lookAhead();
      this.#records++;
    }
    return true;
  }

  /**
   * Takes everything back and runs it again, encoding what it sends at once: what can't be encoded becomes a dead letter.
   * All reads are in memory by now. False if it was careful already: then the fault isn't a record's.
   */
  restartCarefully(clock: Clock): boolean {
    if (this.#careful) return false;
    this.#parts.state.transaction.rollback(this.#start);
    this.forwarded.length = this.dropped.length = this.deadLetters.length = this.staleRows.length = 0;
    this.#limit = this.#records;
    this.#rows = this.#fired = this.#records = 0;
    this.#careful = true;
    return this.advance(clock, Number.POSITIVE_INFINITY);
  }

  #enter(): void {
    this.#parts.scope.now = this.now;
    this.#parts.scope.forwarded = this.forwarded;
    this.#parts.scope.dropped = this.dropped;
  }

  /** Does all of `work` with its subject or nothing; false if it was suspended. */
  #attempt<Subject>(work: (subject: Subject) => void, subject: Subject): boolean {
    const { transaction } = this.#parts.state;
    const mark = transaction.mark();
    const forwarded = this.forwarded.length;
    const dropped = this.dropped.length;
    try {
      work(subject);
    } catch (error) {
      if (error !== suspended) throw error;
    }
    // Also if the processor swallowed the throw: what it did then rests on a read that it never had.
    if (transaction.missing.length === 0) return true;
    transaction.rollback(mark);
    this.forwarded.length = forwarded;
    this.dropped.length = dropped;
    return false;
  }

  /** Tries what comes after a suspended item only for its reads. */
  #lookAhead(): false {
    const { state } = this.#parts;
    const mark = state.transaction.mark();
    const forwarded = this.forwarded.length;
    const dropped = this.dropped.length;
    for (const record of this.#input.records.slice(this.#records)) {
      try {
        if (record.problem === undefined) this.#parts.sources.get(record.topic)!.run(record);
      } catch {
        // A fault here may come from reads that are missing; the record will run again in its turn.
      }
      state.transaction.rollback(mark);
      this.forwarded.length = forwarded;
      this.dropped.length = dropped;
    }
    return false;
  }

  readonly #fire = (row: TimeRow): void => {
    const { state, timers } = this.#parts;
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
    const node = this.#parts.sources.get(record.topic)!;
    record.decode();
    if (record.problem !== undefined) this.#setAside(letterOf(record), record.problem, node.name);
    else this.#guarded(node, record, record);
  };

  /** A fault of the processor takes its effects back and sets the record aside. */
  #guarded(node: ProcessorNode, subject: unknown, from: InputRecord | TimeRow): void {
    const { transaction } = this.#parts.state;
    const mark = transaction.mark();
    const forwarded = this.forwarded.length;
    const dropped = this.dropped.length;
    try {
      node.run(subject);
      if (this.#careful) this.#encodeSince(mark, forwarded);
    } catch (error) {
      if (error === suspended || transaction.missing.length > 0) throw suspended;
      transaction.rollback(mark);
      this.forwarded.length = forwarded;
      this.dropped.length = dropped;
      this.#setAside('store' in from ? letterOfTimer(from) : letterOf(from), error, node.name);
    }
  }

  #setAside(source: DeadLetterSource, error: unknown, processor: string): void {
    const code = isStockstreamError(error) ? error.code : 'PROCESSOR_FAILED';
    this.deadLetters.push(deadLetter(source, { error, code, processor, codeVersion: this.#parts.codeVersion }));
  }

  /** @throws the serde's error for what a record wants to write */
  #encodeSince(mark: Mark, from: number): void {
    for (const { topic, value } of this.forwarded.slice(from)) encodable(topic.serde, value);
    for (const entry of this.#parts.state.transaction.changedSince(mark)) {
      if (entry.value !== undefined) encodable(entry.partition.spec.serde, entry.value);
    }
  }

  #prefetchTimer(store: string, key: string): void {
    const partition = this.#parts.state.partitionOf(store);
    if (partition && !partition.holds(key)) partition.transaction.missing.push({ partition, key });
    this.#parts.timers.get(timerOfStore(store) ?? '')?.prefetch(key, key);
  }

  #prefetchRecord(record: InputRecord): void {
    record.decode();
    if (record.isForeign) this.foreign.push(record);
    else this.#prefetch(record);
  }

  #prefetch(record: InputRecord): void {
    if (record.problem !== undefined) return;
    try {
      this.#parts.sources.get(record.topic)!.prefetch(record, record.key);
    } catch {
      // A hint is only a hint; the fault will show when the record is processed.
    }
  }
}

function letterOf(record: InputRecord): DeadLetterSource {
  const { topic, partition, offset, timestamp, rawKey: key, rawValue: value, headers } = record;
  return { topic, partition, offset, timestamp, key, value, headers };
}

function letterOfTimer({ at: timestamp, key }: TimeRow): DeadLetterSource {
  return { topic: '', partition: -1, offset: -1, timestamp, key, value: null, headers: [] };
}

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

function encodable(serde: { encode(value: unknown, target: Buffer, at: number): number }, value: unknown): void {
  while (serde.encode(value, scratch, 0) < 0) scratch = Buffer.allocUnsafeSlow(scratch.length * 2);
}
