// The newest records of one topic: hands each to those who wait for its key, and remembers the last keys' records for a
// while, as bytes that are decoded when somebody asks. What it has forgotten is in the log and in the views.
import { LRUCache } from 'lru-cache';
import { isStockstreamError } from '../base/errors.ts';
import type { RecordCursor } from '../log/record-batch.ts';
import type { TopicEntry } from '../schemas/topics.ts';

/** Called with each record of a key, in order. It must not throw. */
export type Listener<V> = (value: V) => void;

/** Whoever wants the records of all keys. Neither must throw. */
export interface Watcher<V> {
  take(value: V): void;
  /** Some records were missed. */
  lost(): void;
}

export class TopicTail<V> {
  readonly topic: TopicEntry<V>;
  /** Undefined if nothing is remembered. */
  readonly #recent: LRUCache<string, Buffer[]> | undefined;
  readonly #listeners = new Map<string, Set<Listener<V>>>();
  readonly #watchers = new Set<Watcher<V>>();

  /** @param mostKeys how many keys' records are remembered; 0 for none */
  constructor(topic: TopicEntry<V>, mostKeys: number) {
    this.topic = topic;
    this.#recent = mostKeys > 0 ? new LRUCache({ max: mostKeys }) : undefined;
  }

  /** Those who wait for a key now. */
  get listening(): number {
    return this.#listeners.size;
  }

  /** Calls `listener` for every record of `key` from now on; the returned function ends that. */
  listen(key: string, listener: Listener<V>): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  /** Tells `watcher` every record from now on, which has each decoded; the returned function ends that. */
  watch(watcher: Watcher<V>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The remembered records of `key` in order; the first ones may be missing. */
  recent(key: string): V[] {
    return this.#recent?.peek(key)?.flatMap((bytes) => this.#decoded(bytes)) ?? [];
  }

  /** Takes the cursor's record in. @throws RECORD_UNDECODABLE, SCHEMA_UNKNOWN */
  take(cursor: RecordCursor): void {
    const bytes = cursor.value();
    if (bytes === null) return;
    const key = cursor.keyText();
    // Remembered before anybody is told, so that a listener finds it.
    if (this.#recent !== undefined) remember(this.#recent, key, bytes);
    const listeners = this.#listeners.get(key);
    if (!listeners && this.#watchers.size === 0) return;
    const value = this.topic.serde.decode(bytes);
    for (const listener of [...(listeners ?? [])]) listener(value);
    for (const watcher of [...this.#watchers]) watcher.take(value);
  }

  /** Nothing for what can't be decoded: whoever took it in has heard of that. */
  #decoded(bytes: Buffer): V[] {
    try {
      return [this.topic.serde.decode(bytes)];
    } catch (error) {
      if (isStockstreamError(error)) return [];
      throw error;
    }
  }

  /** After a gap: what is remembered may lack a part in the middle. */
  forget(): void {
    this.#recent?.clear();
    for (const watcher of [...this.#watchers]) watcher.lost();
  }
}

function remember(recent: LRUCache<string, Buffer[]>, key: string, bytes: Buffer): void {
  // A copy, for the batch that it lies in is far larger.
  const record = Buffer.from(bytes);
  const records = recent.get(key);
  if (records === undefined) recent.set(key, [record]);
  else records.push(record);
}
