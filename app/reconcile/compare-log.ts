// Reads what the log says of stock and orders, and holds it against a snapshot of all tasks: as of the time of each
// task's last commit, so that a shop that goes on meanwhile gives no false alarm.
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { OrderComparer } from '../../processors/reconcile/compare-orders.ts';
import { type IsIn, isInSnapshot, LedgerComparer, LevelComparer } from '../../processors/reconcile/compare-stock.ts';
import type { TaskFacts } from '../../processors/reconcile/examine-task.ts';
import { Findings, type FoundPart } from '../../processors/reconcile/finding.ts';
import { leadProductOf } from '../../schemas/ids.ts';
import { idempotencyWindowMs } from '../../schemas/stores.ts';
import type { TopicEntry, Topics } from '../../schemas/topics.ts';
import { clock } from '../wire/places.ts';
import { readRecords, type Stretch } from './read-topic.ts';

export interface LogParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly signal: AbortSignal;
  /** How many records of each partition are looked at, the latest; infinite for all. */
  readonly tail: number;
}

/** Where topics ended before the snapshot was taken. */
export type Ends = ReadonlyMap<string, readonly number[]>;

/** In a log that is read whole, orders are looked at in parts of about so many, so that memory has a bound. */
const ordersAtOnce = 250_000;
const readableMs = 10_000;

/** To be called before the snapshot. */
export async function endsOf({ log, topics }: LogParts): Promise<Ends> {
  const of = [topics.stockLevels, topics.stockEvents, topics.orderEvents];
  return new Map(await Promise.all(of.map(async (topic) => [topic.name, await latest(log, topic)] as const)));
}

export interface LogComparison {
  readonly found: FoundPart;
  /** The time of an order's last step, as far as the log was read. */
  readonly lastStepOf: (orderId: string) => number | undefined;
}

export async function compareLog(parts: LogParts, before: Ends, tasks: readonly TaskFacts[]): Promise<LogComparison> {
  const findings = new Findings();
  findings.take(await compareLevels(parts, before, tasks));
  findings.take(await compareLedger(parts, before, tasks));
  const lastSteps = new Map<string, number>();
  const { topics } = parts;
  const stretches = await stretchesOf(parts, topics.orderEvents);
  const records = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const passes = Math.max(1, Math.ceil(records / ordersAtOnce));
  for (let pass = 0; pass < passes; pass++) {
    const isMine = (orderId: string) => passes === 1 || partitionOf(orderId, passes) === pass;
    const comparer = await compareOrders(parts, { before, tasks, isMine, stretches });
    findings.take(comparer.finish(isWhole(parts, stretches)));
    for (const orderId of waiting(tasks)) {
      const at = isMine(orderId) ? comparer.lastStepOf(orderId) : undefined;
      if (at !== undefined) lastSteps.set(orderId, at);
    }
  }
  return { found: findings.part, lastStepOf: (orderId) => lastSteps.get(orderId) };
}

async function compareLevels(parts: LogParts, before: Ends, tasks: readonly TaskFacts[]): Promise<FoundPart> {
  const topic = parts.topics.stockLevels;
  const comparer = new LevelComparer(tasks);
  const stretches = await stretchesOf(parts, topic);
  await readRecords({ ...parts, topic, stretches }, ({ partition, offset, value }) => {
    const ends = before.get(topic.name);
    comparer.level(value, placed(tasks[partition], value.at, offset < (ends?.[partition] ?? 0)));
  });
  return comparer.finish(stretches.every(({ isWhole: whole }) => whole));
}

/** Only of partitions that have every change since the first. */
async function compareLedger(parts: LogParts, before: Ends, tasks: readonly TaskFacts[]): Promise<FoundPart> {
  const topic = parts.topics.stockEvents;
  const stretches = (await stretchesOf(parts, topic)).filter(({ from }) => from === 0);
  const whole = new Set(stretches.map(({ partition }) => partition));
  const comparer = new LedgerComparer(tasks.filter(({ partition }) => whole.has(partition)));
  await readRecords({ ...parts, topic, stretches }, ({ partition, offset, value }) => {
    const ends = before.get(topic.name);
    comparer.event(value, placed(tasks[partition], value.at, offset < (ends?.[partition] ?? 0)));
  });
  return comparer.finish();
}

interface OrderPass {
  readonly before: Ends;
  readonly tasks: readonly TaskFacts[];
  readonly isMine: (orderId: string) => boolean;
  readonly stretches: readonly Stretch[];
}

async function compareOrders(parts: LogParts, { before, tasks, isMine, stretches }: OrderPass): Promise<OrderComparer> {
  const { orderEvents, orders } = parts.topics;
  const own = tasks.map((task) => ({ ...task, orders: task.orders.filter(({ orderId }) => isMine(orderId)) }));
  const comparer = new OrderComparer(own);
  const ends = before.get(orderEvents.name);
  await readRecords({ ...parts, topic: orderEvents, stretches }, ({ partition, offset, value }) => {
    const lead = leadProductOf(value.orderId);
    if (lead === undefined || !isMine(value.orderId)) return;
    const task = tasks[partitionOf(lead, tasks.length)];
    comparer.event(value, placed(task, value.at, offset < (ends?.[partition] ?? 0)));
  });
  const submissions = (await stretchesOf(parts, orders)).map((stretch) => {
    const taken = tasks[stretch.partition]?.inputs[orders.name] ?? 0;
    return { ...stretch, to: Math.min(stretch.to, taken) };
  });
  // A task forgets what has ended; the log doesn't, but it may be read in part only.
  const remembered = parts.tail === Number.POSITIVE_INFINITY ? 0 : clock.now() - idempotencyWindowMs;
  await readRecords(
    { ...parts, topic: orders, stretches: submissions },
    ({ key, partition, offset, value, timestamp }) => {
      const { orderId } = value;
      // One in the wrong place is a dead letter.
      if (key !== leadProductOf(orderId) || !isMine(orderId) || timestamp < remembered) return;
      comparer.submitted({ orderId, partition, offset });
    },
  );
  return comparer;
}

function placed(task: TaskFacts | undefined, at: number, isEarlier: boolean): IsIn {
  return task === undefined ? 'unknown' : isInSnapshot(task, at, isEarlier);
}

/** Orders whose next step is somebody else's. */
function waiting(tasks: readonly TaskFacts[]): string[] {
  return tasks.flatMap(({ orders }) => orders.flatMap((each) => (each.waitsFor === undefined ? [] : [each.orderId])));
}

type Part = Stretch & { readonly isWhole: boolean };

function isWhole({ tail }: LogParts, stretches: readonly Part[]): boolean {
  return tail === Number.POSITIVE_INFINITY && stretches.every((each) => each.isWhole);
}

/** Up to the end as it is now, which everybody can read before this resolves. @throws RECONCILIATION_INCOMPLETE */
async function stretchesOf({ log, tail, signal }: LogParts, topic: TopicEntry<unknown>): Promise<Part[]> {
  const places = placesOf(topic);
  const ends = await log.admin.offsets(places, 'latest', 'uncommitted');
  const until = clock.monotonic() + readableMs;
  for (;;) {
    const readable = await latest(log, topic);
    if (readable.every((end, index) => end >= (ends[index] ?? 0))) break;
    if (clock.monotonic() > until || signal.aborted) {
      throw new StockstreamError('RECONCILIATION_INCOMPLETE', { topic: topic.name });
    }
    await sleep(clock, 50, signal);
  }
  const starts = await log.admin.offsets(places, 'earliest');
  return places.map(({ partition }) => {
    const [start = 0, to = 0] = [starts[partition], ends[partition]];
    const from = Math.max(start, to - tail);
    return { partition, from, to, isWhole: from === start && (start === 0 || topic.cleanup === 'compact') };
  });
}

function latest(log: Log, topic: TopicEntry<unknown>): Promise<number[]> {
  return log.admin.offsets(placesOf(topic), 'latest');
}

function placesOf({ name: topic, partitions }: TopicEntry<unknown>) {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
}
