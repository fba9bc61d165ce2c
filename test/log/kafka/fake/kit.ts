// A log on the fake cluster, with little patience, and records of one value each.
import type { TestContext } from 'node:test';
import { systemClock } from '../../../../base/clock.ts';
import { type Random, seededRandom, systemRandom } from '../../../../base/random.ts';
import { type KafkaLog, openKafkaLog } from '../../../../log/kafka/kafka-log.ts';
import type { KafkaLogOptions } from '../../../../log/kafka/options.ts';
import { RecordBatchBuilder } from '../../../../log/record-batch-builder.ts';
import type { Fault } from './fake-kafka.ts';

export const quick = {
  clock: systemClock,
  random: systemRandom,
  connectTimeoutMs: 500,
  requestTimeoutMs: 300,
  deliveryTimeoutMs: 10_000,
  transactionTimeoutMs: 10_000,
  unknownTopicMs: 100,
  fetchWaitMs: 20,
} as const;

/** Closed when the test is done. */
export async function openOn(
  t: TestContext,
  { addresses }: { readonly addresses: readonly string[] },
  more: Partial<KafkaLogOptions> = {},
): Promise<KafkaLog> {
  const log = await openKafkaLog({ ...quick, brokers: addresses, ...more });
  t.after(() => log.close());
  return log;
}

export function batchOf(...values: readonly string[]): RecordBatchBuilder {
  const builder = new RecordBatchBuilder();
  for (const value of values) builder.append(1, value, Buffer.from(value));
  return builder;
}

/** Too large to share a batch with another. */
export function largeBatchOf(value: string): RecordBatchBuilder {
  return new RecordBatchBuilder().append(1, value, Buffer.from(value), [{ key: 'rest', value: Buffer.alloc(40_000) }]);
}

/** Whose seed is printed, so that a failure can be had again. */
export function randomOf(t: TestContext): Random {
  const seed = systemRandom.int(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  return seededRandom(seed);
}

/** Any of these, so many times. */
export function faultsOf(random: Random, faults: readonly Fault[], count: number): Fault[] {
  return Array.from({ length: count }, () => faults[random.int(faults.length)]!);
}
