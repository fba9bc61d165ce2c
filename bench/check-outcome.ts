// What a run must have done, whatever its speed: one answer an order, nothing oversold, the ledger balanced.
import type { Log } from '../log/log.ts';
import { type TopicEntry, topics } from '../schemas/topics.ts';
import { productIdOf } from './feeder.ts';
import { stocksOf, type WorkloadOptions, workload } from './workload.ts';

/** In words; empty if all is right. */
export async function checkOutcome(log: Log, options: WorkloadOptions): Promise<string[]> {
  const answers = new Map<string, string[]>();
  const held = new Map<string, number>();
  const faults = new Map<string, number>();
  for await (const { orderId, event } of everything(log, topics.orderEvents)) {
    if (event.type === 'OrderCreated') continue;
    answers.set(orderId, [...(answers.get(orderId) ?? []), event.type]);
    // Stock may run out; any other reason says that the run isn't what it is meant to be.
    if (event.type === 'OrderRejected') {
      for (const { reason } of event.lines) {
        if (reason !== 'insufficient_stock') faults.set(reason, (faults.get(reason) ?? 0) + 1);
      }
    }
    if (event.type !== 'OrderReserved') continue;
    for (const { productId, quantity } of event.lines) held.set(productId, (held.get(productId) ?? 0) + quantity);
  }
  const problems = [...faults].map(([reason, lines]) => `${lines} lines were refused with ${reason}`);
  const expected = new Set([...workload(options)].map(({ id }) => id)).size;
  if (answers.size !== expected) problems.push(`${answers.size} orders were answered, not ${expected}`);
  const twice = [...answers.values()].filter(({ length }) => length !== 1).length;
  if (twice > 0) problems.push(`${twice} orders have not exactly one answer`);
  const levels = new Map<string, { held: number; onHand: number; free: number }>();
  for await (const level of everything(log, topics.stockLevels)) levels.set(level.productId, level);
  const stockOf = stocksOf(options);
  for (let product = 0; product < options.products; product++) {
    const productId = productIdOf(product);
    const level = levels.get(productId) ?? { held: 0, onHand: 0, free: 0 };
    const sold = held.get(productId) ?? 0;
    if (sold > stockOf(product)) problems.push(`${productId} is oversold: ${sold} of ${stockOf(product)}`);
    if (level.held !== sold) problems.push(`${productId} holds ${level.held}, its orders ${sold}`);
    if (level.held + level.free !== stockOf(product)) problems.push(`${productId} does not balance`);
  }
  return problems.slice(0, 10);
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
