// Everything that ever became durable in the log, in the order in which it did, taken below the log: compaction and
// readers change nothing here. What checkers judge by.
import { everyKey, offsetOf } from '../../log/embedded/keys.ts';
import type { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { StorageOperation } from '../../log/embedded/storage.ts';
import { RecordBatch, type RecordHeader } from '../../log/record-batch.ts';
import type { Topic } from '../../streams/api.ts';

export interface LoggedRecord {
  /** Which atomic write of the storage brought it, from 1. */
  readonly write: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Whether a transaction brought it: workers write nothing else, clients write none. */
  readonly isTransactional: boolean;
  readonly timestamp: number;
  /** As the engine reads it: a null key is empty. */
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

export interface Decoded<V> extends LoggedRecord {
  readonly content: V;
}

interface StoredBatch {
  readonly write: number;
  readonly topicId: number;
  readonly partition: number;
  readonly bytes: Buffer;
}

const batchKind = 'b'.charCodeAt(0);

export class History {
  #writes = 0;
  readonly #batches: StoredBatch[] = [];
  /** First offsets that are known, by topic id and partition: compaction writes batches again. */
  readonly #ends = new Map<string, number>();
  readonly #records: LoggedRecord[] = [];

  /** How many atomic writes there were. */
  get writes(): number {
    return this.#writes;
  }

  /** The operations of one write that is durable now. */
  add(operations: readonly StorageOperation[]): void {
    this.#writes++;
    for (const operation of operations) {
      const { key } = operation;
      if (operation.type !== 'put' || key[0] !== batchKind) continue;
      const [topicId, partition] = [key.readUInt32BE(1), key.readUInt32BE(5)];
      const place = `${topicId}/${partition}`;
      if (offsetOf(key) < (this.#ends.get(place) ?? 0)) continue;
      this.#ends.set(place, new RecordBatch(operation.value).nextOffset);
      this.#batches.push({ write: this.#writes, topicId, partition, bytes: operation.value });
    }
  }

  /** Makes records of the batches that came since the last call. */
  async read(storage: MemoryStorage): Promise<readonly LoggedRecord[]> {
    const names = new Map<number, string>();
    for (const { key, value } of await storage.read(everyKey('t'))) {
      const { spec } = JSON.parse(value.toString()) as { spec: { name: string } };
      names.set(key.readUInt32BE(1), spec.name);
    }
    for (const { write, topicId, partition, bytes } of this.#batches.splice(0)) {
      const topic = names.get(topicId) ?? String(topicId);
      this.#records.push(...recordsOf(new RecordBatch(bytes), { write, topic, partition }));
    }
    return this.#records;
  }
}

/** The records of a batch that came with a write; where that isn't known, 0. */
export function recordsOf(
  batch: RecordBatch,
  at: { readonly write: number; readonly topic: string; readonly partition: number },
): LoggedRecord[] {
  const { isTransactional } = batch;
  return [...batch.records()].map(({ offset, timestamp, key, value, headers }) => {
    return { ...at, isTransactional, offset, timestamp, key: key?.toString() ?? '', value, headers };
  });
}

/** The records of one topic, partition by partition in order, that its contract can read. */
export function decoded<V>(records: readonly LoggedRecord[], topic: Topic<V>): Decoded<V>[] {
  return records.flatMap((record) => {
    if (record.topic !== topic.name || record.value === null) return [];
    try {
      return [{ ...record, content: topic.serde.decode(record.value) }];
    } catch {
      return [];
    }
  });
}
