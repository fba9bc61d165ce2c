// After the last order has come to rest: stock, money and mail, each against what the orders' own events say. It reads
// the log, the provider's books and what the mail server counted, and knows nothing of how it was decided.
import { createHash } from 'node:crypto';
import { topicsOf } from '../../app/topics.ts';
import { openDocuments, openLog, openPayments } from '../../app/wire.ts';
import { silentLogger } from '../../base/logger.ts';
import type { ProviderPayment } from '../../effects/payments/payments.ts';
import type { Log } from '../../log/log.ts';
import type { Notification, OrderEvent, StockLevel } from '../../schemas/types.generated.ts';
import type { Topic } from '../../streams/api.ts';
import { collections } from '../../views/collections.ts';
import { configOf, type LifePlan } from './settings.ts';
import { unitsOf, Wishes } from './wishes.ts';

export interface Findings {
  readonly problems: readonly string[];
  /** How many orders ended how. */
  readonly ends: ReadonlyMap<string, number>;
  readonly mails: number;
  readonly letters: number;
}

/** @param arrived times by Message-ID, without its domain */
export async function check(plan: LifePlan, arrived: ReadonlyMap<string, number>): Promise<Findings> {
  const config = configOf(plan);
  const log = await openLog(config, silentLogger);
  const documents = await openDocuments(config, silentLogger);
  const payments = openPayments(config, { tell: undefined, logger: silentLogger });
  const topics = await topicsOf(log);
  const problems: string[] = [];
  const find = (problem: string) => void problems.push(problem);

  const events = Map.groupBy(await valuesOf(log, topics.orderEvents), ({ orderId }) => orderId);
  const books = new Map<string, ProviderPayment[]>();
  for await (const payment of payments.list(0)) {
    books.set(payment.orderId, [...(books.get(payment.orderId) ?? []), payment]);
  }
  const wishes = new Wishes(plan.seed, plan.products);
  const ends = new Map<string, number>();
  for (let number = 0; number < plan.orders; number++) {
    const { orderId } = wishes.order(number, 0);
    const life = events.get(orderId) ?? [];
    const end = endOf(life);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    checkLife(orderId, life, find);
    checkMoney(orderId, life, books.get(orderId) ?? [], find);
    const viewed = await documents.get(collections.orders.name, orderId);
    const steps = (viewed?.fields.history as unknown[] | undefined)?.length ?? 0;
    if (steps !== life.length) find(`the view has ${steps} steps of ${orderId}, not ${life.length}`);
  }
  if (events.size !== plan.orders) find(`${events.size} orders have events, not ${plan.orders}`);
  checkStock(plan, await valuesOf(log, topics.stockLevels), events, find);
  const sent = await valuesOf(log, topics.notifications);
  checkMails(sent, arrived, find);
  const letters = (await valuesOf(log, { ...topics.deadLetters, serde: raw })).length;
  if (letters > 0) find(`${letters} dead letters`);
  await Promise.all([log.close(), documents.close(), payments.close()]);
  return { problems, ends, mails: sent.length, letters };
}

const raw = { encode: () => -1, decode: (bytes: Buffer) => bytes };

async function valuesOf<V>(
  log: Log,
  { name: topic, partitions, serde }: Pick<Topic<V>, 'name' | 'partitions' | 'serde'>,
): Promise<V[]> {
  const inputs = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const ends = await log.admin.offsets(inputs, 'latest');
  const fetcher = log.fetcher();
  const left = new Map(inputs.map(({ partition }, at) => [partition, ends[at] ?? 0]));
  for (const input of inputs) fetcher.assign(input, 0);
  for (const [partition, end] of left) if (end === 0) left.delete(partition);
  const values: V[] = [];
  while (left.size > 0) {
    for (const { partition, batches, nextOffset } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 4 << 20 })) {
      for (const batch of batches) {
        for (const cursor = batch.cursor(); cursor.next(); ) {
          const value = cursor.value();
          if (value !== null) values.push(serde.decode(value));
        }
      }
      if (nextOffset >= (left.get(partition) ?? 0)) left.delete(partition);
    }
  }
  await fetcher.close();
  return values;
}

type Find = (problem: string) => void;

function endOf(life: readonly OrderEvent[]): string {
  const types = life.map(({ event }) => event.type);
  if (types.includes('OrderRefunded')) return 'refunded';
  if (types.includes('OrderDelivered')) return types.includes('OrderReinstated') ? 'delivered, paid late' : 'delivered';
  const cancelled = life.findLast(({ event }) => event.type === 'OrderCancelled')?.event;
  if (cancelled?.type === 'OrderCancelled') {
    return `cancelled: ${cancelled.reason}${types.includes('PaymentReturned') ? ', money returned' : ''}`;
  }
  return types.includes('OrderRejected') ? 'rejected' : `open: ${types.at(-1)}`;
}

function checkLife(orderId: string, life: readonly OrderEvent[], find: Find): void {
  life.forEach(({ sequence }, at) => {
    if (sequence !== at + 1) find(`${orderId} has step ${sequence} where ${at + 1} should be`);
  });
  const times = (type: string) => life.filter(({ event }) => event.type === type).length;
  for (const type of ['OrderCreated', 'OrderPlaced', 'OrderDelivered', 'OrderRefunded']) {
    if (times(type) > 1) find(`${orderId} has ${type} ${times(type)} times`);
  }
  if (endOf(life).startsWith('open'))
    find(`${orderId} has not ended: ${life.map(({ event }) => event.type).join(' ')}`);
}

function checkMoney(orderId: string, life: readonly OrderEvent[], books: readonly ProviderPayment[], find: Find): void {
  if (books.length > 1) find(`${orderId} has ${books.length} payments`);
  const [{ status, captured, refunded } = { status: 'none', captured: 0, refunded: 0 }] = books;
  const placed = life.find(({ event }) => event.type === 'OrderPlaced')?.event;
  const isKept = placed?.type === 'OrderPlaced' && !life.some(({ event }) => event.type === 'OrderRefunded');
  const due = isKept ? placed.amount : 0;
  if (captured - refunded !== due)
    find(`${orderId} should have paid ${due}, not ${captured} less ${refunded} (${endOf(life)})`);
  if (status === 'authorized') find(`${orderId} has money set aside at the end (${endOf(life)})`);
}

/** The last level of each product: nothing is held, and what left is what delivered orders have. */
function checkStock(
  plan: LifePlan,
  levels: readonly StockLevel[],
  events: ReadonlyMap<string, readonly OrderEvent[]>,
  find: Find,
): void {
  const gone = new Map<string, number>();
  for (const life of events.values()) {
    const placed = life.find(({ event }) => event.type === 'OrderPlaced')?.event;
    if (placed?.type !== 'OrderPlaced' || life.some(({ event }) => event.type === 'OrderReturned')) continue;
    for (const { productId, quantity } of placed.parcels.flatMap(({ lines }) => lines)) {
      gone.set(productId, (gone.get(productId) ?? 0) + quantity);
    }
  }
  const last = new Map<string, StockLevel>();
  for (const level of levels) {
    const { productId, version } = level;
    if ((last.get(productId)?.version ?? -1) <= version) last.set(productId, level);
    if (level.free < 0 || level.held < 0) find(`${productId} was oversold: ${JSON.stringify(level)}`);
  }
  if (last.size !== plan.products) find(`${last.size} products have a stock, not ${plan.products}`);
  for (const { productId, held, committed, takenIn, onHand } of last.values()) {
    if (held !== 0) find(`${held} of ${productId} are held at the end`);
    if (committed !== (gone.get(productId) ?? 0))
      find(`${committed} of ${productId} left, not ${gone.get(productId) ?? 0}`);
    if (takenIn !== committed + onHand) find(`${productId}: ${takenIn} taken in, ${committed} left, ${onHand} there`);
    if (takenIn !== 2 * unitsOf(plan.orders, plan.products)) find(`${takenIn} of ${productId} were taken in`);
  }
}

function checkMails(sent: readonly Notification[], arrived: ReadonlyMap<string, number>, find: Find): void {
  const expected = new Set<string>();
  for (const { notificationId } of sent) {
    const id = createHash('sha256').update(notificationId).digest('base64url');
    if (expected.has(id)) find(`notification ${notificationId} is there twice`);
    expected.add(id);
    if (!arrived.has(id)) find(`no mail came for ${notificationId}`);
  }
  for (const id of arrived.keys()) if (!expected.has(id)) find(`mail ${id} is of nothing that happened`);
}
