// After the last order has come to rest: stock, money and mail, each against what the orders' own events say. It reads
// the log, the provider's books and what the mail server counted, and knows nothing of how it was decided.
import { createHash } from 'node:crypto';
import { topicsOf } from '../../app/topics.ts';
import { openPayments } from '../../app/wire/effects.ts';
import { openLog } from '../../app/wire/log.ts';
import { openDocuments } from '../../app/wire/views.ts';
import { silentLogger } from '../../base/logger.ts';
import type { ProviderPayment } from '../../effects/payments/payments.ts';
import type { Notification } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import { checkLife, checkMoney, checkStock, endOf, type Find, raw, valuesOf } from './agreement.ts';
import { configOf, type LifePlan } from './settings.ts';
import { productIdOf, unitsOf, Wishes, warehouses } from './wishes.ts';

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
  const payments = await openPayments(config, { tell: undefined, logger: silentLogger });
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
  const units = warehouses.length * unitsOf(plan.orders, plan.products);
  const supply = new Map(Array.from({ length: plan.products }, (_, product) => [productIdOf(product), units]));
  checkStock(supply, await valuesOf(log, topics.stockLevels), events, find);
  const sent = await valuesOf(log, topics.notifications);
  checkMails(sent, arrived, find);
  const letters = (await valuesOf(log, { ...topics.deadLetters, serde: raw })).length;
  if (letters > 0) find(`${letters} dead letters`);
  await Promise.all([log.close(), documents.close(), payments.close()]);
  return { problems, ends, mails: sent.length, letters };
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
