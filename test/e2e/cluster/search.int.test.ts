// Searching on real servers: what a worker put into Elasticsearch is found at every gateway, by the synonyms that an
// operator set at one of them. Without Elasticsearch each gateway has an index of its own.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from '@elastic/elasticsearch';
import { services } from '../../services.ts';
import { addProduct, eventually, type Server } from '../server.ts';
import { Installation } from './installation.ts';

const settings = '/v1/admin/search/settings';

test('two gateways and a worker apart, with Elasticsearch', async (t) => {
  const installation = await Installation.create(t);
  removeIndexAfter(t, installation);
  const flags = ['--search', 'elasticsearch', '--elasticsearch', services.elasticsearch];
  await installation.startWorker('w1', 'w1', ...flags);
  const names = ['g1', 'g2'];
  const gateways = await Promise.all(
    names.map((name) => installation.startGateway(name, ...flags, '--payments', 'off')),
  );
  const [here, there] = gateways as [Server, Server];
  const seller = installation.token('a-seller', 'seller');
  for (const product of ['sextant', 'anchor']) await addProduct(here, seller, product, 5);
  for (const gateway of gateways) await finds(gateway, 'sextnt', ['sextant']);

  const operator = installation.token('an-operator', 'operator');
  const { body: before } = await here.call('GET', settings, { token: operator });
  const synonyms = [{ kind: 'equal', language: 'en', words: ['sextant', 'astrolabe'] }];
  const body = { version: before.version, weights: before.weights, synonyms };
  assert.equal((await here.call('PUT', settings, { token: operator, body })).status, 200);
  assert.equal((await there.call('PUT', settings, { token: operator, body })).status, 412);
  for (const gateway of gateways) await finds(gateway, 'astrolabe', ['sextant']);

  const changes = [{ changeId: 'sold-out', productId: 'sextant', warehouseId: 'w1', count: 0 }];
  await here.call('POST', '/v1/stock-changes', { token: seller, body: { changes } });
  await finds(there, 'sextant', []);
  await finds(there, 'sextant&inStock=false', ['sextant']);
});

test('with Kafka and no Elasticsearch each gateway fills an index of its own, which outlives it', async (t) => {
  const installation = await Installation.create(t);
  const shop = await installation.startAll('--payments', 'off');
  const gateway = await installation.startGateway('g1', '--payments', 'off');
  const seller = installation.token('a-seller', 'seller');
  for (const product of ['sextant', 'anchor']) await addProduct(shop, seller, product, 5);
  for (const each of [shop, gateway]) await finds(each, 'sextnt', ['sextant']);
  await gateway.kill();
  await addProduct(shop, seller, 'barometer', 5);
  const again = await installation.startGateway('g1', '--payments', 'off');
  for (const product of ['anchor', 'barometer']) await finds(again, product, [product]);
  const health = await again.call('GET', '/health/ready');
  assert.equal(health.status, 200, JSON.stringify(health.body));
  await again.kill();
  installation.forgetIndex('g1');
  const emptied = await installation.startGateway('g1', '--payments', 'off');
  for (const product of ['sextant', 'anchor', 'barometer']) await finds(emptied, product, [product]);
});

async function finds(gateway: Server, parameters: string, expected: readonly string[]): Promise<void> {
  const look = () => gateway.call('GET', `/v1/search?q=${parameters}`);
  const ids = ({ body }: Awaited<ReturnType<typeof look>>): string[] =>
    body.hits?.map(({ listingId }: { listingId: string }) => listingId) ?? ['?'];
  await eventually(look, (answer) => ids(answer).join() === expected.join(), 60);
}

function removeIndexAfter(t: TestContext, { index }: Installation): void {
  t.after(async () => {
    const client = new Client({ node: services.elasticsearch });
    await client.indices.delete({ index, ignore_unavailable: true });
    await client.close();
  });
}
