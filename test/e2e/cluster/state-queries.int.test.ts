// State is asked for at a gateway that has none: two workers on Kafka answer for their tasks, wherever these are; while an
// owner is away nobody answers in its name, and when it wakes it doesn't answer with what it knew before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addProduct, eventually, type Server } from '../server.ts';
import { Installation } from './installation.ts';

const products = Array.from({ length: 12 }, (_, each) => `p${each}`);

test('strong reads come from the owner, moved tasks included, and never from one that was paused', async (t) => {
  const installation = await Installation.create(t);
  const first = await installation.startWorker('w1');
  const gateway = await installation.startGateway('g1');
  const seller = installation.token('sally', 'seller');
  const operator = installation.token('olga', 'operator');
  for (const productId of products) await addProduct(gateway, seller, productId, 10);
  const stockOf = async (productId: string, consistency: string, at: Server = gateway) =>
    await at.call('GET', `/v1/products/${productId}/stock?consistency=${consistency}`);
  const unitsOf = async (units: number) => {
    for (const productId of products) {
      const { body } = await eventually(
        () => stockOf(productId, 'strong'),
        ({ status, body: found }) => status === 200 && found.onHand === units,
      );
      assert.deepEqual([body.free, body.lag], [units, { records: 0, milliseconds: 0 }]);
    }
  };
  await unitsOf(10);
  const scanned = await gateway.call('GET', '/v1/admin/state/stock?limit=50', { token: operator });
  assert.equal(scanned.body.entries.length, products.length);
  assert.equal((await gateway.call('GET', '/v1/admin/state/stock')).status, 401);

  // Half of the tasks move to a second worker.
  const second = await installation.startWorker('w2');
  const tasksOf = async (server: Server) => {
    const body = { store: 'stock', limit: 50 };
    const { body: told } = await server.call('POST', '/internal/task-state', { token: operator, body });
    return (told.answers as { partition: number }[]).map(({ partition }) => partition);
  };
  await eventually(
    () => tasksOf(second),
    (tasks) => tasks.length === 4,
    60,
  );
  assert.equal((await tasksOf(first)).length, 4);
  assert.equal((await first.call('POST', '/internal/task-state', { body: { store: 'stock', limit: 1 } })).status, 401);
  await unitsOf(10);
  for (const productId of products) assert.equal((await stockOf(productId, 'stale')).status, 200);

  // The owner hangs: nobody answers for it until others have its tasks, and then with what they decide.
  const before = await tasksOf(second);
  second.freeze();
  const answers = await Promise.all(products.map((productId) => stockOf(productId, 'strong')));
  const away = answers.filter(({ status }) => status === 503);
  assert.ok(away.length > 0 && away.every(({ body }) => body.code === 'state_moving'), JSON.stringify(answers));
  await eventually(
    () => tasksOf(first),
    (tasks) => tasks.length === 8,
    60,
  );
  const changes = products.map((productId) => ({
    changeId: `more-${productId}`,
    productId,
    warehouseId: 'w1',
    delta: 5,
  }));
  const changed = await gateway.call('POST', '/v1/stock-changes', { token: seller, body: { changes } });
  assert.equal(changed.status, 202, JSON.stringify(changed.body));
  await unitsOf(15);

  await assertAwake(second, { token: operator, partitions: before });
  await unitsOf(15);
});

/** What was asked of a sleeper is answered when it wakes, and not from its old state. */
async function assertAwake(sleeper: Server, { token, partitions }: { token: string; partitions: readonly number[] }) {
  const asked = sleeper.call('POST', '/internal/task-state', {
    token,
    body: { store: 'stock', limit: 50, partitions },
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  sleeper.thaw();
  const { body } = await asked;
  for (const { entries } of body.answers as { entries: { value: { warehouses: { onHand: number }[] } }[] }[]) {
    for (const { value } of entries) assert.equal(value.warehouses[0]!.onHand, 15, 'it answered from its old state');
  }
}
