// The uncommitted changes of one task between two commits: which entries are dirty, how to take a record's changes
// back, and which reads are missing. It promises nothing about durability: commit.ts does, in the engine.
import { assert } from '../base/assert.ts';
import { mostBytesOf, type RecordBatchBuilder } from '../log/record-batch-builder.ts';
import { RecordSpans } from '../log/record-spans.ts';
import type { Encodings } from './encodings.ts';
import { changelogKey } from './keys.ts';
import type { WriteBatch } from './store.ts';
import type { StorePartition } from './store-partition.ts';

/** A cached entry. `value` is undefined if the key is absent. */
export interface Entry {
  readonly partition: StorePartition<unknown>;
  readonly key: string;
  value: unknown;
  /** Number of the last transaction that changed it; 0 if none did since it was loaded. */
  changedIn: number;
  /** The time under which it stands in the time index, if that is known. */
  indexedAt: number | undefined;
  /** About how many bytes it takes. */
  size: number;
  /** In which of the cache's generations it was used last. */
  generation: number;
}

/** What a suspended record waits for: a key, or a range of keys, of one store. */
export interface MissingRead {
  readonly partition: StorePartition<unknown>;
  readonly key: string;
  /** Present for a range: `key <= k < to`. */
  readonly to?: string;
}

/** A point that `rollback` returns to. */
export interface Mark {
  readonly undo: number;
  readonly dirty: number;
}

/**
 * Thrown by a read that isn't in memory. A processor must let it pass; its record runs again once the read is there.
 * One object for all, for a stack trace a miss would cost more than the read.
 */
export const suspended = Object.freeze({ suspended: true });

interface Undo {
  readonly entry: Entry;
  readonly value: unknown;
  readonly changedIn: number;
  /** Whether the change made the entry, so that what the store has under its key is not known. */
  readonly made: boolean;
}

export class Transaction {
  readonly number: number;
  readonly dirty: Entry[] = [];
  readonly missing: MissingRead[] = [];
  readonly #undo: Undo[] = [];
  /** Of the first dirty entries: where they lie encoded, and what each had then. */
  readonly #spans: RecordSpans;
  readonly #encoded: unknown[] = [];

  /** `spans` are its own until it is settled, or thrown away. */
  constructor(number: number, spans: RecordSpans) {
    this.number = number;
    this.#spans = spans;
  }

  mark(): Mark {
    return { undo: this.#undo.length, dirty: this.dirty.length };
  }

  /** `made` says that the entry was not in memory before. */
  change(entry: Entry, value: unknown, made: boolean): void {
    this.#undo.push({ entry, value: entry.value, changedIn: entry.changedIn, made });
    if (entry.changedIn !== this.number) {
      entry.changedIn = this.number;
      this.dirty.push(entry);
    }
    entry.value = value;
  }

  /** Takes back every change since `mark`. */
  rollback(mark: Mark): void {
    while (this.#undo.length > mark.undo) {
      const { entry, value, changedIn, made } = this.#undo.pop()!;
      entry.value = value;
      entry.changedIn = changedIn;
      if (made) entry.partition.forget(entry);
    }
    this.dirty.length = mark.dirty;
    assert(this.#encoded.length <= mark.dirty, 'what is encoded stays');
  }

  /** What was encoded lies nowhere any more. */
  forgetEncoded(): void {
    this.#encoded.length = 0;
    this.#spans.clear();
  }

  /** How many changed entries were never encoded. */
  get waiting(): number {
    return this.dirty.length - this.#encoded.length;
  }

  /** The entries changed since `mark`. */
  changedSince(mark: Mark): Set<Entry> {
    return new Set(this.#undo.slice(mark.undo).map(({ entry }) => entry));
  }

  /** Encodes what changed since the last call: mostly it stays as it is until the commit. @throws the serde's error */
  encode(encodings: Encodings): void {
    while (this.waiting > 0) this.#encode(this.#encoded.length, encodings);
  }

  /**
   * Puts the last value of each dirty entry into the changelog. Changes nothing else, so it may be tried again.
   * @returns where they lie in the changelog, in the order of `dirty`
   * @throws the serde's error, if a value doesn't fit its contract
   */
  encodeTo(changelog: RecordBatchBuilder, timestamp: number, encodings: Encodings): RecordSpans {
    let bytes = 0;
    for (let index = 0; index < this.dirty.length; index++) {
      const isKnown = index < this.#encoded.length && this.#encoded[index] === this.dirty[index]!.value;
      if (!isKnown) this.#encode(index, encodings);
      bytes += mostBytesOf(this.#spans.bytesOf(index));
    }
    changelog.expect(bytes);
    const placed = new RecordSpans(this.dirty.length);
    for (let index = 0; index < this.dirty.length; index++) {
      changelog.appendEncoded(timestamp, encodings.bytes, this.#spans, index);
      placed.add();
      placed.setKey(index, changelog.keyStart, changelog.keyEnd);
      if (this.#spans.valueStart(index) >= 0) placed.setValue(index, changelog.valueStart, changelog.valueEnd);
    }
    return placed;
  }

  /**
   * Tells the stores of all dirty entries what becomes of them, which lie in the changelog as `encodeTo` said. Their rows in
   * the time index go into `batch`. From then on nothing can be taken back.
   */
  settle(batch: WriteBatch, placed: RecordSpans): void {
    for (let index = 0; index < this.dirty.length; index++) {
      const entry = this.dirty[index]!;
      entry.partition.settle(entry, Math.max(0, placed.valueEnd(index) - placed.valueStart(index)), batch);
    }
    this.#undo.length = 0;
    this.forgetEncoded();
  }

  #encode(index: number, encodings: Encodings): void {
    const { partition, key, value } = this.dirty[index]!;
    const { name, serde } = partition.spec;
    // Only once both are encoded does it count as that.
    if (value !== undefined) encodings.putValue(value, serde);
    const { start, end } = encodings;
    encodings.putText(changelogKey(name, key));
    if (index === this.#spans.count) this.#spans.add();
    this.#spans.setKey(index, encodings.start, encodings.end);
    if (value === undefined) this.#spans.setValue(index, -1, -1);
    else this.#spans.setValue(index, start, end);
    this.#encoded[index] = value;
  }
}
