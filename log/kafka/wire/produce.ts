// Produce, version 12: with a transactional id, partitions join the transaction by being written to (KIP-890).
import { RequestWriter } from './request-writer.ts';
import type { ResponseReader } from './response-reader.ts';

export const produceApi = { key: 0, version: 12 } as const;

export interface ProducePartition {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

export interface ProduceRequest {
  readonly transactionalId: string | null;
  /** How long the leader waits for its replicas. */
  readonly timeoutMs: number;
  /** One batch a partition at most. */
  readonly partitions: readonly ProducePartition[];
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  readonly baseOffset: number;
  /** What the broker says about the error, if anything. */
  readonly message: string | null;
}

const allReplicas = -1;

export function encodeProduce({ transactionalId, timeoutMs, partitions }: ProduceRequest): RequestWriter {
  const writer = new RequestWriter().text(transactionalId).int16(allReplicas).int32(timeoutMs);
  const topics = Map.groupBy(partitions, ({ topic }) => topic);
  writer.count(topics.size);
  for (const [topic, parts] of topics) {
    writer.text(topic).count(parts.length);
    for (const { partition, batch } of parts) writer.int32(partition).attach(batch).tags();
    writer.tags();
  }
  return writer.tags();
}

export function decodeProduce(reader: ResponseReader): ProducedPartition[] {
  return reader
    .list(() => {
      const topic = reader.text() ?? '';
      const partitions = reader.list(() => produced(topic, reader));
      reader.tags();
      return partitions;
    })
    .flat();
}

function produced(topic: string, reader: ResponseReader): ProducedPartition {
  const partition = reader.int32();
  const error = reader.int16();
  const baseOffset = reader.int64();
  reader.int64(); // log append time
  reader.int64(); // log start offset
  const records = reader.list(() => {
    reader.int32();
    const text = reader.text();
    reader.tags();
    return text;
  });
  const message = reader.text() ?? records[0] ?? null;
  reader.tags();
  return { topic, partition, error, baseOffset, message };
}
