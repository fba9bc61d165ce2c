// Reads stretches of a topic once, as its records stand: for comparing, not for following.
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { Log } from '../../log/log.ts';
import type { BatchRecord } from '../../log/record-batch.ts';
import type { TopicEntry } from '../../schemas/topics.ts';
import type { Record } from '../../streams/api.ts';

/** From `from` up to `to`, without it. */
export interface Stretch {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

export interface Reading {
  readonly log: Log;
  readonly topic: string;
  readonly stretches: readonly Stretch[];
  readonly signal: AbortSignal;
}

const pollBytes = 1 << 20;
const pollWaitMs = 500;
/** So many polls that bring nothing on end a reading. */
const mostIdlePolls = 20;

/**
 * Calls `visit` with each record, those of a partition in their order.
 * @throws RECONCILIATION_INCOMPLETE if the log gives no more before the end, or `signal` aborts
 */
export async function readStretches(
  { log, topic, stretches, signal }: Reading,
  visit: (partition: number, record: BatchRecord) => Promise<void> | undefined,
): Promise<void> {
  const left = new Map(stretches.filter(({ from, to }) => from < to).map((each) => [each.partition, each]));
  if (left.size === 0) return;
  const fetcher = log.fetcher();
  try {
    for (const { partition, from } of left.values()) fetcher.assign({ topic, partition }, from);
    for (let idle = 0; left.size > 0; idle++) {
      if (signal.aborted || idle > mostIdlePolls) throw new StockstreamError('RECONCILIATION_INCOMPLETE', { topic });
      for (const { partition, batches, nextOffset } of await fetcher.poll({
        maxWaitMs: pollWaitMs,
        maxBytes: pollBytes,
      })) {
        const stretch = left.get(partition);
        if (stretch === undefined) continue;
        idle = 0;
        for (const batch of batches) {
          for (const record of batch.records()) {
            if (record.offset < stretch.from || record.offset >= stretch.to) continue;
            const waits = visit(partition, record);
            if (waits !== undefined) await waits;
          }
        }
        if (nextOffset < stretch.to) continue;
        left.delete(partition);
        fetcher.unassign({ topic, partition });
      }
    }
  } finally {
    await fetcher.close();
  }
}

/** Decoded; what can't be is left out, for that is the dead letters' matter. */
export async function readRecords<V>(
  { topic, ...reading }: Omit<Reading, 'topic'> & { readonly topic: TopicEntry<V> },
  visit: (record: Record<V>) => void,
): Promise<void> {
  await readStretches({ ...reading, topic: topic.name }, (partition, { offset, key, value, timestamp }) => {
    if (key === null || value === null) return undefined;
    const emit = () => {
      const decoded = topic.serde.decode(value);
      visit({ topic: topic.name, partition, offset, key: key.toString(), value: decoded, timestamp, headers: [] });
    };
    try {
      emit();
      return undefined;
    } catch (error) {
      if (!isStockstreamError(error)) throw error;
      // What a newer program wrote is read once its schema is known.
      return error.code === 'SCHEMA_UNKNOWN' ? learn(topic, value, emit) : undefined;
    }
  });
}

async function learn(topic: TopicEntry<unknown>, value: Buffer, again: () => void): Promise<void> {
  if (await topic.serde.learn?.(value)) again();
}
