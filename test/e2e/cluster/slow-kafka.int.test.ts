// Kafka as a neighbour that is slow, hangs, or is away for a while, under orders: gateway and worker pause and say for what they
// wait, nothing is lost or doubled, and all goes on by itself.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as passes } from 'node:timers/promises';
import { checkOutcome } from '../../../bench/check-outcome.ts';
import { Feeder, feedOrders } from '../../../bench/feeder.ts';
import { workload } from '../../../bench/workload.ts';
import { Relay } from '../../log/kafka/relay.ts';
import { services } from '../../services.ts';
import { addProduct, eventually, type Server, waitingParts } from '../server.ts';
import { atRest, noOpenTransaction, viewsEqualLog } from './checks.ts';
import { Installation } from './installation.ts';
import { prepare } from './prepare.ts';

const options = { orders: 800, products: 200, load: 'uniform', seed: 12, duplicateShare: 0.05 } as const;
const rate = 10;
const product = 'counted';

interface Trouble {
  readonly name: string;
  readonly forMs: number;
  readonly begin: (relay: Relay) => void;
  /** What health says of the log meanwhile; nothing if it goes on. */
  readonly says: RegExp | undefined;
}

const hang = (relay: Relay) => relay.freeze();
const troubles: readonly Trouble[] = [
  { name: '200 ms farther away', forMs: 8_000, begin: (relay) => (relay.delayMs = 200), says: undefined },
  { name: 'hanging for less than a session', forMs: 5_000, begin: hang, says: /not answer/ },
  { name: 'hanging for longer than sessions and transactions last', forMs: 16_000, begin: hang, says: /not answer/ },
  {
    name: 'away',
    forMs: 6_000,
    begin: (relay) => {
      relay.isOpen = false;
      relay.cut();
    },
    says: /cannot be reached/,
  },
];

test('Kafka that is slow, hangs, or is away', async (t) => {
  const installation = await Installation.create(t);
  await prepare(installation, options.products);
  const relays: [worker: Relay, gateway: Relay] = [await relay(t), await relay(t)];
  const off = ['--payments', 'off', '--carrier', 'off', '--mail', 'off'];
  const worker = await installation.startWorker('w1', 'w1', '--brokers', relays[0].address, ...off);
  const gateway = await installation.startGateway('g1', '--brokers', relays[1].address);
  const seller = installation.token('sally', 'seller');
  await addProduct(gateway, seller, product, 0);
  await atRest(installation, 240);

  const fed = feedOrders(new Feeder(await installation.log.producer()), workload(options), { rate });
  const counting = new AbortController();
  t.after(() => counting.abort());
  const counter = { units: 0 };
  const counted = count(gateway, seller, counter, counting.signal);
  for (const { name, forMs, begin, says } of troubles) {
    const began = performance.now();
    for (const each of relays) begin(each);
    if (says !== undefined) {
      await Promise.all(
        [worker, gateway].map(async (server) => {
          await saysOfLog(server, says);
          t.diagnostic(`${name}: said after ${(performance.now() - began).toFixed(0)} ms`);
        }),
      );
    }
    await passes(forMs - (performance.now() - began));
    for (const each of relays) each.mend();
    const mended = performance.now();
    await Promise.all([worker, gateway].map((server) => isWell(server)));
    const taken = counter.units;
    await eventually(
      () => gateway.call('GET', `/v1/products/${product}/stock?consistency=strong`),
      ({ status, body }) => status === 200 && body.onHand > taken,
      60,
    );
    t.diagnostic(`${name}: all goes on ${(performance.now() - mended).toFixed(0)} ms after it`);
    for (const server of [worker, gateway]) assert.ok(!server.hasEnded, `${name}: ${server.output}`);
  }
  await fed;
  counting.abort();
  await counted;
  await atRest(installation, 240);
  assert.deepEqual(await checkOutcome(installation.log, options), []);
  await noOpenTransaction(installation);
  const documents = await viewsEqualLog(installation);
  assert.equal(documents.get('orders'), options.orders);
  assert.ok(counter.units > 10);
  const { body } = await gateway.call('GET', `/v1/products/${product}/stock?consistency=strong`);
  assert.equal(body.onHand, counter.units);
});

const relay = (t: TestContext) => Relay.start(t, services.brokers.split(',')[0]!);

/** Adds one unit after the other, each asked for again until the answer says that it is taken. */
async function count(gateway: Server, token: string, counter: { units: number }, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const change = { changeId: `unit-${counter.units}`, productId: product, warehouseId: 'w1', delta: 1 };
    for (let isTaken = false; !isTaken; ) {
      const { status, body } = await gateway.call('POST', '/v1/stock-changes', { token, body: { changes: [change] } });
      isTaken = status === 202;
      assert.ok(isTaken || status === 503, `${status} ${JSON.stringify(body)}`);
      await passes(200);
    }
    counter.units++;
  }
}

async function figureOf(server: Server): Promise<string | undefined> {
  const response = await fetch(`${server.url}/metrics`);
  return /^log_available(?:\{.*\})? (\d)$/m.exec(await response.text())?.[1];
}

async function saysOfLog(server: Server, says: RegExp): Promise<void> {
  await eventually(
    () => waitingParts(server),
    (parts) => parts.some(({ name, detail = '' }) => name.startsWith('log') && says.test(detail)),
    10,
  );
  assert.equal(await figureOf(server), '0');
}

async function isWell(server: Server): Promise<void> {
  await eventually(
    () => waitingParts(server),
    (parts) => parts.length === 0,
    60,
  );
  assert.equal(await figureOf(server), '1');
}
