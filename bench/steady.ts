// Orders at a steady rate: latency is from just before an order is sent to its answer being polled, read committed, and
// of paid orders also to their being placed. The orders of the warm-up are sent and answered like the others, and not counted.
import { build } from 'hdr-histogram-js';
import type { Log } from '../log/log.ts';
import { Answers } from './answers.ts';
import { Feeder, feedOrders } from './feeder.ts';
import type { Quantiles, Result } from './peer-result.ts';
import { topicsIn } from './shop.ts';
import { type WorkloadOptions, workload } from './workload.ts';

export interface SteadyOptions {
  /** Orders a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly warmup: number;
}

type Latencies = Quantiles &
  Required<Pick<Result, 'rate' | 'behindMs' | 'refused' | 'problems'>> &
  Pick<Result, 'placed'>;

const patienceMs = 60_000;

export function ordersOf({ rate, seconds, warmup }: SteadyOptions): number {
  return rate * (seconds + warmup);
}

/** `options.orders` is what the rate gives. */
export async function runSteady(
  log: Log,
  options: WorkloadOptions,
  { rate, warmup }: SteadyOptions,
): Promise<Latencies> {
  const producer = await log.producer();
  const answers = await Answers.follow(log, { restMs: 0, partitions: options.partitions });
  // In the order of sending; a repeated order keeps its first time.
  const sentAt = new Map<string, number>();
  let behindMs = 0;
  const onSend = (orderId: string, behind: number) => {
    if (!sentAt.has(orderId)) sentAt.set(orderId, performance.now());
    behindMs = Math.max(behindMs, behind);
  };
  await feedOrders(new Feeder(producer, topicsIn(options)), workload(options), { rate, onSend });
  const isComplete = await answers.reach(options.orders, patienceMs, options.isPaid ? 'ended' : 'count');
  await answers.stop();
  await producer.close();
  const counted = [...sentAt].slice(rate * warmup);
  const latencies = (heardAt: (orderId: string) => number | undefined) =>
    quantiles(counted.flatMap(([orderId, at]) => (heardAt(orderId) ?? Number.NaN) - at || []));
  return {
    rate,
    ...latencies((orderId) => answers.at(orderId)),
    ...(options.isPaid && { placed: latencies((orderId) => answers.placedAt(orderId)) }),
    behindMs: Math.round(behindMs),
    refused: answers.refused / options.orders,
    problems: isComplete ? [] : [`of ${options.orders} orders ${answers.count} were answered, ${answers.ended} ended`],
  };
}

/** Of latencies in milliseconds. */
export function quantiles(milliseconds: readonly number[]): Quantiles {
  const latency = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const each of milliseconds) latency.recordValue(Math.round(each * 1000));
  const quantile = (percent: number) => latency.getValueAtPercentile(percent) / 1000;
  return { p50ms: quantile(50), p99ms: quantile(99), p999ms: quantile(99.9) };
}
