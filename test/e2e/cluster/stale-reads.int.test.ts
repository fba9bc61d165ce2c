// Two workers on Kafka, each with copies of the other's tasks: while an owner is stopped its copies answer for it whoever takes
// stale state, and say what they lack; who wants it strong is told to come again, until the other one is the owner.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addProduct, eventually, type Server } from '../server.ts';
import { Installation } from './installation.ts';

const products = Array.from({ length: 12 }, (_, each) => `p${each}`);
const tasks = 4;

interface Read {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: {
    readonly code?: string;
    readonly onHand?: number;
    readonly lag?: { readonly records: number; readonly milliseconds: number };
  };
}

/** A shop with ten units of each product; `owned` are those that the second worker decides over. */
async function shopOf(t: TestContext) {
  const installation = await Installation.create(t);
  const start = (name: string) => installation.startWorker(name, name, '--standbys', '1');
  const [first, second] = [await start('w1'), await start('w2')];
  const gateway = await installation.startGateway('g1');
  const [seller, operator] = [installation.token('sally', 'seller'), installation.token('olga', 'operator')];
  for (const productId of products) await addProduct(gateway, seller, productId, 10);
  const read = (productId: string, consistency: string) => stockOf(gateway, productId, consistency);
  const readAll = (of: readonly string[], consistency: string) =>
    Promise.all(of.map((productId) => read(productId, consistency)));
  for (const productId of products) await hasUnits(() => read(productId, 'strong'), 10);
  for (const server of [first, second]) await hasCopies(server);
  const query = { token: operator, body: { store: 'stock', limit: 50 } };
  const { body } = await second.call('POST', '/internal/task-state', query);
  const answers = body.answers as { entries: { key: string }[] }[];
  const owned = answers.flatMap(({ entries }) => entries.map(({ key }) => key));
  assert.ok(owned.length > 0 && owned.length < products.length, owned.join());
  const add = async (delta: number) => {
    const changes = owned.map((productId) => ({
      ...{ changeId: `${delta}-${productId}`, productId },
      ...{ warehouseId: 'w1', delta },
    }));
    const { status } = await gateway.call('POST', '/v1/stock-changes', { token: seller, body: { changes } });
    assert.equal(status, 202);
  };
  return { first, second, owned, add, read, readAll };
}

test('copies answer for an owner that is stopped, with their lag; strong reads wait for the next one', async (t) => {
  const { first, second, owned, add, read, readAll } = await shopOf(t);

  // It decides while the copies stand still, and stops before they go on.
  first.freeze();
  await add(5);
  for (const productId of owned) await hasUnits(() => read(productId, 'strong'), 15);
  second.freeze();
  first.thaw();
  const [stale, strong] = await Promise.all([readAll(owned, 'stale'), readAll(owned, 'strong')]);
  for (const { status, body: found } of stale) {
    assert.equal(status, 200, JSON.stringify(found));
    const { records, milliseconds } = found.lag!;
    if (found.onHand === 10) assert.ok(records > 0 && milliseconds > 0, JSON.stringify(found));
    else assert.equal(found.onHand, 15);
  }
  for (const { status, retryAfter, body: found } of strong) {
    assert.deepEqual([status, found.code], [503, 'state_moving']);
    assert.match(retryAfter ?? '', /^[1-9]\d*$/);
  }
  // Soon the copies have all there is.
  for (const productId of owned) {
    const { lag } = await hasUnits(() => read(productId, 'stale'), 15);
    assert.deepEqual(lag, { records: 0, milliseconds: 0 });
  }
  await add(7);

  // The first one gets the tasks, and decides on.
  for (const productId of owned) {
    const { lag } = await hasUnits(() => read(productId, 'strong'), 22);
    assert.deepEqual(lag, { records: 0, milliseconds: 0 });
  }
  // The one that wakes may answer as a copy, and then says what it lacks.
  second.thaw();
  for (const { body: found } of await readAll(owned, 'stale')) {
    assert.ok(found.onHand === 22 || found.lag!.records > 0, JSON.stringify(found));
  }
  for (const { body: found } of await readAll(owned, 'strong')) assert.equal(found.onHand ?? 22, 22);

  // Gone for good: until the other one owns all, and while it takes over, no stale read goes without an answer.
  for (const server of [first, second]) await hasCopies(server);
  await first.kill();
  const units = products.map((productId) => (owned.includes(productId) ? 22 : 10));
  const isOver = async () => (await readAll(products, 'strong')).every(({ status }) => status === 200);
  // Until the group has missed the one that is gone for its session's time, however many reads that takes.
  for (const end = performance.now() + 60_000; !(await isOver()); ) {
    assert.ok(performance.now() < end, 'the other one never owns all');
    const left = await readAll(products, 'stale');
    assert.deepEqual(
      left.map(({ body: found }) => found.onHand),
      units,
      JSON.stringify(left),
    );
  }
  const now = await readAll(products, 'strong');
  assert.deepEqual(
    now.map(({ body: found }) => found.onHand),
    units,
  );
});

async function stockOf({ url }: Server, productId: string, consistency: string): Promise<Read> {
  const response = await fetch(`${url}/v1/products/${productId}/stock?consistency=${consistency}`);
  const body = (await response.json()) as Read['body'];
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}

async function hasUnits(look: () => Promise<Read>, units: number): Promise<Read['body']> {
  const { body } = await eventually(look, ({ status, body: found }) => status === 200 && found.onHand === units, 60);
  return body;
}

/** Each task of the other one, and all that there is of it. */
async function hasCopies(server: Server): Promise<void> {
  const lags = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return [...text.matchAll(/^stream_standby_records_lag\{.*topology="shop".*\} (\d+)$/gm)].map(([, lag]) =>
      Number(lag),
    );
  };
  await eventually(lags, (all) => all.length === tasks && all.every((lag) => lag <= 1), 90);
}
