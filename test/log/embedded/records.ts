// Small batches in, plain values out: for the embedded log's own tests.
import type { EmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import type { Log, TopicPartition } from '../../../log/log.ts';
import type { RecordBatch } from '../../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';

/** One record a value; a value is its own key, up to a colon. A value that ends with a colon is a tombstone. */
export function batchOf(timestamp: number, ...values: string[]): RecordBatchBuilder {
  const builder = new RecordBatchBuilder();
  for (const value of values) {
    const [key = ''] = value.split(':');
    builder.append(timestamp, key, value.endsWith(':') ? null : Buffer.from(value));
  }
  return builder;
}

/** All batches of a partition from `from` on, by a fetcher of its own that reads a little at a time. */
export async function readBatches(
  log: Log,
  partition: TopicPartition,
  from = 0,
  maxBytes = 1000,
): Promise<RecordBatch[]> {
  const fetcher = log.fetcher();
  fetcher.assign(partition, from);
  const batches: RecordBatch[] = [];
  for (;;) {
    const fetched = await fetcher.poll({ maxWaitMs: 0, maxBytes });
    if (fetched.length === 0) break;
    batches.push(...fetched.flatMap((each) => each.batches));
  }
  await fetcher.close();
  return batches;
}

/** As `offset=value` texts, from `from` or the start on; a tombstone is `offset=key:`. */
export async function readTexts(log: Log, partition: TopicPartition, from?: number): Promise<string[]> {
  const first = from ?? (await offsetOf(log, partition, 'earliest'));
  const records = (await readBatches(log, partition, first)).flatMap((batch) => [...batch.records()]);
  return records
    .filter(({ offset }) => offset >= first)
    .map(({ offset, key, value }) => `${offset}=${value === null ? `${key}:` : value}`);
}

export async function offsetOf(
  log: Log,
  partition: TopicPartition,
  at: 'earliest' | 'latest' | number,
): Promise<number> {
  const query = typeof at === 'number' ? { timestamp: at } : at;
  const [offset] = await log.admin.offsets([partition], query);
  return offset ?? -1;
}

/** A log with one topic `t`. */
export async function withTopic(
  log: EmbeddedLog,
  spec: { partitions?: number; cleanup?: 'delete' | 'compact'; retentionMs?: number; retentionBytes?: number } = {},
): Promise<EmbeddedLog> {
  await log.admin.createTopics([{ name: 't', partitions: 1, cleanup: 'delete', ...spec }]);
  return log;
}

export const t0: TopicPartition = { topic: 't', partition: 0 };
