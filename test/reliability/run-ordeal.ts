// One row: three workers on real servers under a steady load of orders, an ordeal, rest; then everything is counted. Latency
// is from just before an order is sent to its answer being read, read committed.
import { Answers } from '../../bench/answers.ts';
import { checkOutcome } from '../../bench/check-outcome.ts';
import { Feeder, feedOrders } from '../../bench/feeder.ts';
import { type WorkloadOptions, workload } from '../../bench/workload.ts';
import { atRest, noOpenTransaction, replaysAlike, viewsEqualLog } from '../e2e/cluster/checks.ts';
import { Installation } from '../e2e/cluster/installation.ts';
import { prepare } from '../e2e/cluster/prepare.ts';
import type { Server } from '../e2e/server.ts';
import type { Brokers } from './brokers.ts';
import type { Ground, Ordeal } from './matrix.ts';

export interface OrdealOptions {
  /** Orders a second. */
  readonly rate: number;
  readonly seconds: number;
  /** So long orders come before the ordeal begins and latencies count: caches fill, code is compiled. */
  readonly warmUpSeconds: number;
  readonly seed: number;
}

export interface OrdealResult {
  readonly name: string;
  readonly orders: number;
  /** What was done, and how often. */
  readonly done: { readonly [what: string]: number };
  readonly p50ms: number;
  readonly p99ms: number;
  /** The worst of the p99s of single seconds. */
  readonly worstSecondMs: number;
  /** The longest time in which nothing was answered. */
  readonly silenceMs: number;
  /** From the end of the load until tasks and views had taken everything. */
  readonly restMs: number;
  /** Empty if nothing was lost, doubled or oversold, views are the log's fold and commits replay to the byte. */
  readonly problems: readonly string[];
}

const names = ['w1', 'w2', 'w3'];
const flags = ['--payments', 'off', '--carrier', 'off', '--mail', 'off'];
const patienceMs = 120_000;

/** `later` collects what must be done at the end, whatever happened. */
export async function runOrdeal(
  { name, act }: Ordeal,
  { rate, seconds, warmUpSeconds, seed }: OrdealOptions,
  { brokers, later }: { readonly brokers: Brokers; readonly later: { after(work: () => Promise<void>): void } },
): Promise<OrdealResult> {
  const load: WorkloadOptions = {
    ...{ products: 500, load: 'zipf', seed, maxLines: 5, duplicateShare: 0.05 },
    orders: rate * (warmUpSeconds + seconds),
  };
  const installation = await Installation.create(later);
  await prepare(installation, load.products);
  const workers = new Map<string, Server>();
  // As whoever watches over it does: a dead one's last word may reach the group after it, and fence the new one.
  const startWorker = async (each: string): Promise<void> => {
    try {
      workers.set(each, await installation.startWorker(each, each, ...flags));
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('LOG_INSTANCE_FENCED'))) throw error;
      await startWorker(each);
    }
  };
  // The first alone: not every server of documents takes two that make the same collections at once.
  for (const each of names) await startWorker(each);
  await atRest(installation, 240);

  const over = new AbortController();
  const done: { [what: string]: number } = {};
  const ground: Ground = {
    brokers,
    workers,
    startWorker,
    count: (what) => {
      done[what] = (done[what] ?? 0) + 1;
    },
    rest: (milliseconds) => rest(milliseconds, over.signal),
    get isOver() {
      return over.signal.aborted;
    },
  };
  const answers = await Answers.follow(installation.log, { restMs: 0 });
  const sentAt = new Map<string, number>();
  const onSend = (orderId: string) => void (sentAt.has(orderId) || sentAt.set(orderId, performance.now()));
  const producer = await installation.log.producer();
  const begins = performance.now() + warmUpSeconds * 1000;
  const acting = ground.rest(warmUpSeconds * 1000).then(() => act(ground));
  await feedOrders(new Feeder(producer), workload(load), { rate, onSend });
  over.abort();
  await acting;
  const ended = performance.now();
  const isComplete = await answers.reach(load.orders, patienceMs);
  await atRest(installation, 240);
  const restMs = performance.now() - ended;
  await answers.stop();
  const problems = isComplete ? [] : [`of ${load.orders} orders ${answers.count} were answered`];
  problems.push(...(await checkOutcome(installation.log, load)));
  for (const check of [noOpenTransaction, viewsEqualLog, replaysAlike])
    await check(installation).catch((error: Error) => problems.push(error.message));
  for (const [each, worker] of workers)
    if (worker.hasEnded) problems.push(`${each} ended: ${worker.output.slice(-500)}`);
  const took = [...sentAt]
    .filter(([, sent]) => sent >= begins)
    .map(([orderId, sent]) => ({ sent, ms: (answers.at(orderId) ?? Number.NaN) - sent }));
  return { name, orders: took.length, done, restMs, problems, ...figures(took) };
}

function figures(took: readonly { sent: number; ms: number }[]) {
  const start = took[0]?.sent ?? 0;
  const bySecond = Map.groupBy(took, ({ sent }) => Math.floor((sent - start) / 1_000));
  const heard = took.map(({ sent, ms }) => sent + ms).filter((at) => !Number.isNaN(at));
  const times = heard.sort((a, b) => a - b);
  const all = took.map(({ ms }) => ms);
  const seconds = [...bySecond.values()].map((some) => some.map(({ ms }) => ms));
  return {
    p50ms: quantile(all, 0.5),
    p99ms: quantile(all, 0.99),
    worstSecondMs: Math.max(...seconds.map((some) => quantile(some, 0.99))),
    silenceMs: Math.max(0, ...times.slice(1).map((at, index) => at - times[index]!)),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
