// Payments that succeed just when the hold runs out, or later: two workers on real servers, one of them killed outright
// and replaced in the middle, every late success told three times, scarce stock, shoppers who cancel. Each order ends
// placed, with its money taken and its units gone, or ended, with neither: never both, never neither.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { systemClock as clock, sleep } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { Feeder, productIdOf } from '../../../bench/feeder.ts';
import type { ProviderPayment } from '../../../effects/payments/payments.ts';
import { openSimulatedPayments } from '../../../effects/payments/simulator/simulated-payments.ts';
import { leadProductOf } from '../../../schemas/ids.ts';
import { topics } from '../../../schemas/topics.ts';
import type { OrderEvent, PaymentResult } from '../../../schemas/types.generated.ts';
import { checkLife, checkMoney, checkStock, endOf, raw, valuesOf } from '../../life/agreement.ts';
import { eventually, type Server } from '../server.ts';
import { noOpenTransaction, partitionsOf, replaysAlike, shopAtRest } from './checks.ts';
import { Installation } from './installation.ts';
import { type LateOrder, lateOrders, products, unitsOf } from './late-orders.ts';
import { prepare } from './prepare.ts';

const count = 240;
const seed = 5;
/** Orders a second. */
const rate = 30;
const secret = Buffer.from('what the provider signs with').toString('base64');
const signer = new Webhook(secret);
const quick = ['--simulated-payment-ms', '20', '--simulated-pack-ms', '20', '--simulated-pick-up-ms', '20'];
const workerFlags = [...quick, '--simulated-delivery-ms', '20', '--mail', 'off', '--reconcile-every', '0'];
/** The documents are for other tests: a database would take most of the time of this one. */
const documents = ['--documents', 'sqlite'];

test('a payment that succeeds around the end of its hold: placed and paid, or neither', async (t) => {
  const installation = await Installation.create(t);
  const { log } = installation;
  await prepare(installation, products, unitsOf);
  const start = (name: string, disk: string) => installation.startWorker(name, disk, ...documents, ...workerFlags);
  const [victim, , gateway] = await Promise.all([
    start('w1', 'w1'),
    start('w2', 'w2'),
    installation.startGateway('g1', ...documents, '--payment-webhook-secret', secret),
  ]);
  await shopAtRest(installation, 60);

  const orders = [...lateOrders(count, seed)];
  const teller = new Teller(installation, gateway);
  const fed = feed(new Feeder(await log.producer()), orders);
  await sleep(clock, (count / rate) * 400);
  await victim.kill();
  await Promise.all([fed, start('w1', 'another disk')]);

  await eventually(
    () => disagreements(installation, orders),
    (problems) => problems.length === 0,
    60,
  );
  await teller.stop();
  await shopAtRest(installation, 30);
  assert.deepEqual(await disagreements(installation, orders), []);
  await noOpenTransaction(installation);

  const lives = await livesOf(installation);
  const ends = Map.groupBy(lives.values(), endOf);
  const told = Object.fromEntries([...ends].map(([end, all]) => [end, all.length]));
  for (const end of ['delivered', 'delivered, paid late', 'cancelled: expired, money returned']) {
    assert.ok(told[end], `no order is ${end}: ${JSON.stringify(told)}`);
  }
  assert.ok(
    Object.keys(told).some((end) => end.startsWith('cancelled: by_customer')),
    JSON.stringify(told),
  );
  assert.ok(teller.count > count / 4);
  const commits = await replaysAlike(installation);
  console.log(`${teller.count} late successes told twice more; ${commits} commits;`, told);
});

/** Submits the orders at their rate, and cancels those that their shoppers cancel. */
async function feed(feeder: Feeder, orders: readonly LateOrder[]): Promise<void> {
  const began = clock.now();
  const deeds = orders.flatMap(({ submitted, cancelAfter }, index) => {
    const { orderId } = submitted;
    const at = began + (index / rate) * 1_000;
    const key = leadProductOf(orderId)!;
    const submit = () => feeder.add(topics.orders, key, { ...submitted, placedAt: clock.now() });
    if (cancelAfter === undefined) return [{ at, act: submit }];
    const command = { type: 'CancelOrder', reason: 'by_customer' } as const;
    const wish = { commandId: `${orderId}-cancel`, orderId, actor: submitted.customerId, command };
    const cancel = () => feeder.add(topics.orderCommands, key, { ...wish, at: clock.now() });
    return [
      { at, act: submit },
      { at: at + cancelAfter, act: cancel },
    ];
  });
  for (const { at, act } of deeds.sort((one, other) => one.at - other.at)) {
    if (at > clock.now()) await feeder.flush();
    await sleep(clock, Math.max(1, at - clock.now()));
    await act();
  }
  await feeder.flush();
}

/** Tells the gateway twice, as the provider would, each late success that a worker heard of. */
class Teller {
  count = 0;
  readonly #stop = new AbortController();
  readonly #telling: Promise<void>;

  constructor({ log }: Installation, gateway: Server) {
    this.#telling = this.#listen(log, gateway);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#telling;
  }

  async #listen(log: Installation['log'], gateway: Server): Promise<void> {
    const { paymentResults } = topics;
    const fetcher = log.fetcher();
    for (const input of partitionsOf(paymentResults)) fetcher.assign(input, 0);
    while (!this.#stop.signal.aborted) {
      for (const { batches } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 1 << 20 })) {
        for (const batch of batches) {
          for (const { value } of batch.records()) await this.#tell(gateway, paymentResults.serde.decode(value!));
        }
      }
    }
    await fetcher.close();
  }

  async #tell(gateway: Server, { resultId, orderId, at, outcome }: PaymentResult): Promise<void> {
    if (outcome.type !== 'PaymentAuthorized' || !resultId.startsWith('simulator/sim_')) return;
    this.count++;
    const reference = outcome.paymentReference;
    const body = { type: 'payment.authorized', orderId, reference, occurredAt: at };
    const now = new Date(clock.now());
    const id = `again-${this.count}`;
    const signature = signer.sign(id, now, JSON.stringify(body));
    const stamp = String(Math.floor(now.getTime() / 1_000));
    const headers = { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signature };
    for (let time = 0; time < 2; time++) {
      const answer = await gateway.call('POST', '/v1/payments/webhook', { headers, body });
      assert.deepEqual([answer.status, answer.body], [200, { accepted: 1 }]);
    }
  }
}

async function livesOf({ log }: Installation): Promise<Map<string, OrderEvent[]>> {
  return Map.groupBy(await valuesOf(log, topics.orderEvents), ({ orderId }) => orderId);
}

/** In words: what doesn't agree, or has not ended. */
async function disagreements(installation: Installation, orders: readonly LateOrder[]): Promise<string[]> {
  const { log } = installation;
  const problems: string[] = [];
  const find = (problem: string) => void problems.push(problem);
  const lives = await livesOf(installation);
  const books = await booksOf(installation);
  for (const { submitted } of orders) {
    const { orderId, totals } = submitted;
    const life = lives.get(orderId) ?? [];
    const payments = books.get(orderId) ?? [];
    checkLife(orderId, life, find);
    checkMoney(orderId, life, payments, find);
    if (payments.some(({ status }) => status === 'pending')) find(`the payment of ${orderId} is not decided`);
    const isPlaced = life.some(({ event }) => event.type === 'OrderPlaced');
    const captured = payments.reduce((sum, payment) => sum + payment.captured - payment.refunded, 0);
    if (captured !== (isPlaced ? totals.total : 0)) find(`${captured} was taken for ${orderId} (${endOf(life)})`);
    if (isPlaced && !endOf(life).startsWith('delivered')) find(`${orderId} is placed, and ${endOf(life)}`);
  }
  if (lives.size !== orders.length) find(`${lives.size} orders have events, not ${orders.length}`);
  const supply = new Map(Array.from({ length: products }, (_, each) => [productIdOf(each), unitsOf(each)]));
  checkStock(supply, await valuesOf(log, topics.stockLevels), lives, find);
  const letters = (await valuesOf(log, { ...topics.deadLetters, serde: raw })).length;
  if (letters > 0) find(`${letters} dead letters`);
  return problems;
}

async function booksOf({ simulatorData }: Installation): Promise<Map<string, ProviderPayment[]>> {
  const file = join(simulatorData, 'payments.sqlite');
  const quiet = { clock, logger: silentLogger, tell: undefined, rates: {}, latencyMs: 0 };
  const payments = openSimulatedPayments({ file, ...quiet });
  const books = new Map<string, ProviderPayment[]>();
  for await (const payment of payments.list(0)) {
    books.set(payment.orderId, [...(books.get(payment.orderId) ?? []), payment]);
  }
  await payments.close();
  return books;
}
