// Planted bugs between a view and its destination, and in how often the end of a transaction counts.
import type { LogTransaction } from '../../../log/log.ts';
import { RecordBatch } from '../../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import type { Canary } from './sabotage.ts';

export const viewCanaries: readonly Canary[] = [
  {
    name: 'unguarded view',
    bug: 'a view takes every write, also one that it has had, or that a newer one has overtaken',
    needs: ['views time out after writing'],
    seeds: 20,
    caughtBy: ['views equal the log'],
    plant: () => ({ isUnguarded: true }),
  },
  {
    name: 'impatient view',
    bug: 'what a view could not write at once is not written',
    needs: ['views are away'],
    seeds: 20,
    caughtBy: ['views equal the log'],
    plant: () => ({
      sink: (sink) => ({ apply: (writes) => sink.apply(writes).catch(() => {}), flush: () => sink.flush() }),
    }),
  },
  {
    name: 'view never flushed',
    bug: 'offsets of a view are committed before what lies behind them is durable',
    needs: ['crash the machine'],
    seeds: 20,
    caughtBy: ['views equal the log'],
    plant: () => ({ sink: (sink) => ({ apply: (writes) => sink.apply(writes), flush: async () => {} }) }),
  },
  {
    name: 'ends that count twice',
    bug: 'a transaction whose end comes a second time is written a second time',
    needs: ['repeat ends of transactions'],
    seeds: 20,
    caughtBy: ['progress', 'threads go on'],
    plant: () => ({
      producer: (producer) => ({
        transactionalId: producer.transactionalId,
        close: () => producer.close(),
        begin: () => repeatable(producer.begin(), () => producer.begin()),
      }),
    }),
  },
];

interface Append {
  readonly topic: string;
  readonly partition: number;
  readonly records: RecordBatch;
}

function repeatable(transaction: LogTransaction, begin: () => LogTransaction): LogTransaction {
  const appends: Append[] = [];
  let commits = 0;
  return {
    append(topic, partition, batch) {
      appends.push({ topic, partition, records: new RecordBatch(Buffer.from(batch.finish(0))) });
      transaction.append(topic, partition, batch);
    },
    commitOffsets: (member, offsets) => transaction.commitOffsets(member, offsets),
    abort: () => transaction.abort(),
    async commit() {
      if (commits++ === 0) return await transaction.commit();
      const again = begin();
      for (const { topic, partition, records } of appends) again.append(topic, partition, copyOf(records));
      return await again.commit();
    },
  };
}

function copyOf(batch: RecordBatch): RecordBatchBuilder {
  const builder = new RecordBatchBuilder();
  for (const { timestamp, key, value, headers } of batch.records()) {
    builder.append(timestamp, key === null ? null : key.toString(), value, headers);
  }
  return builder;
}
