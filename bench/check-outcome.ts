// What a run must have done, whatever its speed: one answer an order, nothing oversold, the stock balanced; where orders
// are paid, each placed once and its money taken once.
import type { ProviderPayment } from '../effects/payments/payments.ts';
import type { Log } from '../log/log.ts';
import type { TopicEntry } from '../schemas/topics.ts';
import { orderOf, productIdOf } from './feeder.ts';
import { topicsIn } from './shop.ts';
import { stocksOf, type WorkloadOptions, workload } from './workload.ts';

/** In words; empty if all is right. `payments` are the provider's books, where orders are paid. */
export async function checkOutcome(
  log: Log,
  options: WorkloadOptions,
  payments?: AsyncIterable<ProviderPayment>,
): Promise<string[]> {
  const told = new Map<string, string[]>();
  const sold = new Map<string, number>();
  const faults = new Map<string, number>();
  for await (const { orderId, event } of everything(log, topicsIn(options).orderEvents)) {
    if (event.type === 'OrderCreated') continue;
    told.set(orderId, [...(told.get(orderId) ?? []), event.type]);
    // Stock may run out; any other reason says that the run isn't what it is meant to be.
    if (event.type === 'OrderRejected') {
      for (const { reason } of event.lines) {
        if (reason !== 'insufficient_stock') faults.set(reason, (faults.get(reason) ?? 0) + 1);
      }
    }
    if (event.type !== 'OrderReserved') continue;
    for (const { productId, quantity } of event.lines) sold.set(productId, (sold.get(productId) ?? 0) + quantity);
  }
  return [
    ...[...faults].map(([reason, lines]) => `${lines} lines were refused with ${reason}`),
    ...wrongAnswers(told, options),
    ...(await wrongStock(log, options, sold)),
    ...(payments === undefined ? [] : await wrongBooks(payments, told, options)),
  ].slice(0, 10);
}

/** `told`: what was told of each order, in turn. */
function wrongAnswers(told: ReadonlyMap<string, readonly string[]>, options: WorkloadOptions): string[] {
  const right = ['OrderRejected', options.isPaid ? 'OrderReserved, OrderPlaced' : 'OrderReserved'];
  const expected = new Set([...workload(options)].map(({ id }) => id)).size;
  const wrong = [...told.values()].map((events) => events.join(', ')).filter((events) => !right.includes(events));
  return [
    ...(told.size === expected ? [] : [`${told.size} orders were answered, not ${expected}`]),
    ...(wrong.length === 0 ? [] : [`${wrong.length} orders ended otherwise than they must, such as: ${wrong[0]}`]),
  ];
}

/** A paid order's stock has left, another's is held. */
async function wrongStock(log: Log, options: WorkloadOptions, sold: ReadonlyMap<string, number>): Promise<string[]> {
  const levels = new Map<string, { held: number; onHand: number; free: number }>();
  for await (const level of everything(log, topicsIn(options).stockLevels)) levels.set(level.productId, level);
  const stockOf = stocksOf(options);
  const problems: string[] = [];
  for (let product = 0; product < options.products; product++) {
    const productId = productIdOf(product);
    const { held, onHand, free } = levels.get(productId) ?? { held: 0, onHand: 0, free: 0 };
    const [stock, units] = [stockOf(product), sold.get(productId) ?? 0];
    const [left, kept] = options.isPaid ? [units, 0] : [0, units];
    if (units > stock) problems.push(`${productId} is oversold: ${units} of ${stock}`);
    if (held !== kept) problems.push(`${productId} holds ${held}, its orders ${kept}`);
    if (onHand !== stock - left || held + free !== onHand) problems.push(`${productId} does not balance`);
  }
  return problems;
}

/** Of each order that was placed its total was taken, once; of any other nothing. */
async function wrongBooks(
  payments: AsyncIterable<ProviderPayment>,
  told: ReadonlyMap<string, readonly string[]>,
  options: WorkloadOptions,
): Promise<string[]> {
  const taken = new Map<string, number>();
  for await (const { orderId, captured, refunded } of payments) {
    taken.set(orderId, (taken.get(orderId) ?? 0) + captured - refunded);
  }
  const problems = new Set<string>();
  for (const order of workload(options)) {
    const { orderId, totals } = orderOf(order);
    const due = told.get(orderId)?.includes('OrderPlaced') ? totals.total : 0;
    const paid = taken.get(orderId) ?? 0;
    if (paid !== due) problems.add(`${paid} was taken for ${orderId}, not ${due}`);
  }
  return [...problems];
}

async function* everything<V>(log: Log, topic: TopicEntry<V>): AsyncGenerator<V> {
  const fetcher = log.fetcher();
  for (let partition = 0; partition < topic.partitions; partition++) {
    const input = { topic: topic.name, partition };
    const [end = 0] = await log.admin.offsets([input], 'latest');
    let [position = 0] = await log.admin.offsets([input], 'earliest');
    if (position < end) fetcher.assign(input, position);
    while (position < end) {
      for (const fetched of await fetcher.poll({ maxWaitMs: 100, maxBytes: 4 << 20 })) {
        for (const batch of fetched.batches) {
          for (const { value } of batch.records()) if (value !== null) yield topic.serde.decode(value);
        }
        position = fetched.nextOffset;
      }
    }
    fetcher.unassign(input);
  }
  await fetcher.close();
}
