// What a batch reads: once a record had to wait for a read, those behind it say what they are going to read, so that all of it
// is fetched at once. As long as nothing is missing, nobody asks, and a record is decoded only when its turn has come.
import type { TaskState } from '../state/task-state.ts';
import type { HeldInput } from './held-input.ts';
import type { InputRecord } from './input-queue.ts';
import { timerOfStore } from './names.ts';
import type { BatchScope, ProcessorNode } from './processor-node.ts';
import type { Quarantine } from './quarantine.ts';

interface ReadAheadParts {
  readonly state: TaskState;
  readonly scope: BatchScope;
  readonly sources: ReadonlyMap<string, ProcessorNode>;
  readonly timers: ReadonlyMap<string, ProcessorNode>;
  readonly quarantine: Quarantine | undefined;
}

/** How many records are asked at a time. */
const reach = 64;

export class ReadAhead {
  readonly #parts: ReadAheadParts;
  readonly #records: readonly InputRecord[];
  /** The records before this one have said what they will read. */
  #asked = 0;
  /** What was written with unknown schemas; they are learned before the batch goes on. */
  #foreign: (InputRecord | HeldInput)[] = [];

  constructor(parts: ReadAheadParts, records: readonly InputRecord[]) {
    this.#parts = parts;
    this.#records = records;
  }

  get hasForeign(): boolean {
    return this.#foreign.length > 0;
  }

  addForeign(input: InputRecord | HeldInput): void {
    this.#foreign.push(input);
  }

  /** So that what newer programs write is decided, not set aside. @throws REGISTRY_UNAVAILABLE */
  async learn(): Promise<void> {
    const foreign = this.#foreign;
    this.#foreign = [];
    for (const record of foreign) {
      await record.learn();
      if ('queue' in record) this.#expect(record);
    }
  }

  timer(store: string, key: string): void {
    const partition = this.#parts.state.partitionOf(store);
    if (partition && !partition.holds(key)) partition.transaction.missing.push({ partition, key });
    this.#parts.timers.get(timerOfStore(store) ?? '')?.prefetch(key, key);
  }

  /** The record at `index` was suspended. */
  from(index: number): void {
    if (index < this.#asked) {
      this.#tryOut(this.#records.slice(index, this.#asked));
      return;
    }
    this.#asked = Math.min(index + reach, this.#records.length);
    for (const record of this.#records.slice(index, this.#asked)) this.#ask(record);
  }

  #ask(record: InputRecord): void {
    if (!this.#parts.sources.get(record.topic)!.concerns(record)) return;
    record.decode();
    if (record.isForeign) this.#foreign.push(record);
    else this.#expect(record);
  }

  #expect(record: InputRecord): void {
    this.#parts.quarantine?.prefetch(record.key);
    if (record.problem !== undefined) return;
    try {
      this.#parts.sources.get(record.topic)!.prefetch(record, record.key);
    } catch {
      // A hint is only a hint; the fault will show when the record is processed.
    }
  }

  /** Something is read that nobody had expected: the records run, only for their reads. */
  #tryOut(records: readonly InputRecord[]): void {
    const { state, scope, quarantine, sources } = this.#parts;
    const mark = state.transaction.mark();
    const sent = scope.sent.length;
    const dropped = scope.dropped.length;
    for (const record of records) {
      const node = sources.get(record.topic)!;
      if (!node.concerns(record)) continue;
      quarantine?.prefetch(record.key);
      try {
        record.decode();
        if (record.problem === undefined) node.run(record);
      } catch {
        // A fault here may come from reads that are missing; the record will run again in its turn.
      }
      state.transaction.rollback(mark);
      scope.sent.truncate(sent);
      scope.dropped.length = dropped;
    }
  }
}
