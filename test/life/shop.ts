// The shop of `stockstream life`, as a process that may be killed at any moment: worker, views and effects on the embedded
// log, and its shoppers and operator, who go on where they were. It says how far it is, and "done" when nothing moves.

import { createLogger } from '../../app/logging.ts';
import { checkTopics, createTopics } from '../../app/topics.ts';
import { openLog } from '../../app/wire/log.ts';
import { clock } from '../../app/wire/places.ts';
import { openViewSets } from '../../app/wire/views.ts';
import { Workers } from '../../app/workers.ts';
import { sleep } from '../../base/clock.ts';
import { Feeder } from '../../bench/feeder.ts';
import { newProduct, noImport } from '../../schemas/catalog-defaults.ts';
import { leadProductOf } from '../../schemas/ids.ts';
import type { Topics } from '../../schemas/topics.ts';
import type { OrderCommand, OrderEvent } from '../../schemas/types.generated.ts';
import type { Topic } from '../../streams/api.ts';
import { configOf, type LifePlan } from './settings.ts';
import { productIdOf, unitPrice, unitsOf, Wishes, warehouses, weightGrams } from './wishes.ts';

/** So few that payments are asked for before most holds run out, on a small machine, too. */
const mostOpen = 400;
/** Nothing may still come of itself after so long: late payments and holds are shorter. */
const quietMs = 9_000;
const chunk = 250;

const plan = JSON.parse(process.argv[2]!) as LifePlan;
const config = configOf(plan);
const logger = createLogger(config);
const log = await openLog(config, logger);
await createTopics(log, config);
const topics = await checkTopics(log, config, logger);
const viewSets = await openViewSets(config, log, logger);
const onFailure = (error: unknown) => {
  logger.fatal({ err: error }, 'the shop failed');
  process.exit(70);
};
const workers = await Workers.start({ config, log, topics, viewSets, logger, onFailure });
const wishes = new Wishes(plan.seed, plan.products);
const feeder = new Feeder(await log.producer(), topics);

/** Where each order stands, as its events say. */
const last = new Map<string, OrderEvent['event']['type']>();
let heardAt = clock.now();
let atRest = 0;
let isOpen = true;

const resting: ReadonlySet<string> = new Set(['OrderRejected', 'OrderCancelled', 'PaymentReturned', 'OrderRefunded']);

function rests(orderId: string, type: OrderEvent['event']['type']): boolean {
  return resting.has(type) || (type === 'OrderDelivered' && !wishes.isSentBack(orderId));
}

/** Says what shoppers and operator want, which they say again after a kill. */
async function listen(topic: Topics['orderEvents']): Promise<void> {
  const fetcher = log.fetcher();
  for (let partition = 0; partition < topic.partitions; partition++)
    fetcher.assign({ topic: topic.name, partition }, 0);
  while (isOpen) {
    const fetched = await fetcher.poll({ maxWaitMs: 200, maxBytes: 1 << 20 });
    for (const { batches } of fetched) {
      for (const batch of batches) {
        for (const cursor = batch.cursor(); cursor.next(); ) await hear(topic.serde.decode(cursor.value()!));
      }
    }
    if (fetched.length > 0) heardAt = clock.now();
    await feeder.flush();
  }
  await fetcher.close();
}

async function hear({ orderId, event }: OrderEvent): Promise<void> {
  const before = last.get(orderId);
  if (before !== undefined && rests(orderId, before)) atRest--;
  if (rests(orderId, event.type)) atRest++;
  last.set(orderId, event.type);
  if (event.type === 'OrderHeldForReview') {
    await command(orderId, { type: 'ReviewOrder', release: wishes.isReleased(orderId), note: '' });
  } else if (event.type === 'OrderDelivered' && wishes.isSentBack(orderId)) {
    await command(orderId, { type: 'RequestReturn', reason: 'too small' });
  } else if (event.type === 'OrderReserved' && wishes.isCancelled(orderId)) {
    await command(orderId, { type: 'CancelOrder', reason: 'by_customer' });
  }
}

function command(orderId: string, wish: OrderCommand['command']): Promise<void> {
  const record = { commandId: `${orderId}-${wish.type}`, orderId, actor: 'operator', at: clock.now(), command: wish };
  return feeder.add(topics.orderCommands, leadProductOf(orderId)!, record);
}

/** The catalogue and its stock; each change counts once. */
async function stockUp(): Promise<void> {
  const at = clock.now();
  const create = { ...newProduct, title: 'A thing', category: 'life' };
  const offer = { price: { amount: unitPrice, currency: 'EUR' }, weightGrams };
  for (let product = 0; product < plan.products; product++) {
    const productId = productIdOf(product);
    const from = { productId, sellerId: 'seller', at, ...noImport };
    const change = { ...create, ...offer, customerLimit: product % 10 === 0 ? 4 : null };
    await feeder.add(topics.catalogChanges, productId, { ...from, changeId: `new-${productId}`, change });
  }
  const seller = { userId: 'seller', email: 'seller@shop.example', at };
  const account = { type: 'UserRegistered', name: 'The Seller', passwordHash: '-', role: 'seller' } as const;
  await feeder.add(topics.users, seller.email, { ...seller, event: account });
  await feeder.flush();
  await idle(async () => (await lagOf('shop', topics.catalogChanges, topics.stockChanges)) === 0);
  for (let product = 0; product < plan.products; product++) {
    const productId = productIdOf(product);
    for (const warehouseId of warehouses) {
      const change = { type: 'StockDelta', delta: unitsOf(plan.orders, plan.products) } as const;
      const changeId = `${productId}-${warehouseId}`;
      const whose = { productId, warehouseId, sellerId: 'seller', sequence: null, at, ...noImport };
      await feeder.add(topics.stockChanges, productId, { ...whose, changeId, change });
    }
  }
  await feeder.flush();
  await idle(async () => (await lagOf('shop', topics.catalogChanges, topics.stockChanges)) === 0);
}

/** What a group hasn't taken of these topics. */
async function lagOf(
  group: string,
  ...inputTopics: readonly Pick<Topic<never>, 'name' | 'partitions'>[]
): Promise<number> {
  const inputs = inputTopics.flatMap(({ name: topic, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  );
  const ends = await log.admin.offsets(inputs, 'latest');
  const committed = await log.admin.committedOffsets(`${config.appId}-${group}`, inputs);
  return ends.reduce((sum, end, at) => sum + end - (committed[at] ?? 0), 0);
}

async function idle(is: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await is())) await sleep(clock, 20);
}

await workers.running(new AbortController().signal);
await stockUp();
const listening = listen(topics.orderEvents).catch(onFailure);
// What was told before the kill is known before anything is sent again.
await idle(() => clock.now() - heardAt > 1_000);

let sent = 0;
for (let number = 0; number < plan.orders; ) {
  if (sent - atRest > mostOpen) {
    await sleep(clock, 20);
    continue;
  }
  for (const end = Math.min(plan.orders, number + chunk); number < end; number++) {
    const order = wishes.order(number, clock.now());
    sent++;
    if (!last.has(order.orderId)) await feeder.add(topics.orders, order.lines[0]!.productId, order);
  }
  await feeder.flush();
  process.stdout.write(`${atRest} of ${plan.orders}\n`);
}
await idle(() => sent === atRest && clock.now() - heardAt > quietMs);
await idle(async () => (await lagOf('effect-notify', topics.notifications)) === 0);
isOpen = false;
await Promise.all([listening, workers.stop()]);
await viewSets.close();
await log.close();
process.stdout.write('done\n');
process.exit(0);
