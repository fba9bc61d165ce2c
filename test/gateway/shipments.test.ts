// The shipment webhook: what is taken, that it is in the log when it is answered, and every way to be refused.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { topics } from '../../schemas/topics.ts';
import type { ShipmentUpdate } from '../../schemas/types.generated.ts';
import { type Answered, TestGateway } from './test-gateway.ts';

const secret = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;
const orderId = 'uJ2qqzV1n1s0y8b1dT1m5w~tv-55';
const shipmentId = `${orderId}/berlin`;

function signed(body: string, { at = Date.now(), by = secret }: { at?: number; by?: string } = {}) {
  return {
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': new Webhook(by).sign('msg_1', new Date(at), body),
  };
}

async function updatesIn(log: Log): Promise<ShipmentUpdate[]> {
  const { name, partitions, serde } = topics.shipmentUpdates;
  const place = { topic: name, partition: partitionOf('tv-55', partitions) };
  const [end = 0] = await log.admin.offsets([place], 'latest');
  const fetcher = log.fetcher();
  fetcher.assign(place, 0);
  const updates: ShipmentUpdate[] = [];
  while (updates.length < end) {
    for (const { batches } of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 1 << 20 })) {
      for (const { key, value } of batches.flatMap((batch) => [...batch.records()])) {
        assert.equal(String(key), 'tv-55');
        updates.push(serde.decode(value!));
      }
    }
  }
  await fetcher.close();
  return updates;
}

describe('the shipment webhook', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ settings: { shipmentWebhookSecret: secret, bodyBytes: 100_000 } });
  });
  after(() => shop.close());
  const post = (payload: string, headers: object): Promise<Answered> =>
    shop.call('POST', '/v1/shipments/webhook', { payload, headers: { ...headers } });
  const tell = (news: unknown, change: { at?: number; by?: string } = {}) => {
    const body = typeof news === 'string' ? news : JSON.stringify(news);
    return post(body, signed(body, change));
  };

  test('puts news into the log, keyed by the lead product, before it answers', async () => {
    const answer = await tell({ shipmentId, status: 'packed', carrier: 'x-post', trackingCode: 'T-1', at: 17 });
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.body, { accepted: 1 });
    const [{ updateId, ...update } = {} as ShipmentUpdate] = await updatesIn(shop.log);
    assert.deepEqual(update, { shipmentId, orderId, at: 17, carrier: 'x-post', trackingCode: 'T-1', status: 'packed' });
    assert.ok(updateId.startsWith(`${shipmentId}/packed/`));
  });

  test('gives what is told twice the same id, and other news another', async () => {
    const before = (await updatesIn(shop.log)).length;
    const inTransit = { shipmentId, status: 'in_transit' };
    const coded = { ...inTransit, trackingCode: 'T-2' };
    await tell(inTransit);
    await tell({ ...inTransit, at: 5 });
    await tell([coded, coded, { ...coded, trackingCode: 'T-3' }, { ...coded, carrier: 'T-2' }]);
    const ids = (await updatesIn(shop.log)).slice(before).map(({ updateId }) => updateId);
    assert.equal(ids.length, 6);
    assert.equal(ids[0], `${shipmentId}/in_transit`);
    assert.equal(ids[1], ids[0]);
    assert.equal(ids[3], ids[2]);
    assert.equal(new Set(ids).size, 4);
  });

  test('leaves carrier and tracking code empty where the news has none, and takes the time of now', async () => {
    const earliest = shop.deps.clock.now();
    await tell({ shipmentId, status: 'delivered' });
    const update = (await updatesIn(shop.log)).at(-1);
    assert.deepEqual([update?.carrier, update?.trackingCode], ['', '']);
    assert.ok(update && update.at >= earliest && update.at <= shop.deps.clock.now());
  });

  const bad: readonly (readonly [what: string, news: unknown, path: string])[] = [
    ['no list and no object', 17, ''],
    ['an empty list', [], ''],
    ['a list of too many', Array.from({ length: 501 }, () => ({ shipmentId, status: 'packed' })), ''],
    ['a status that is none', { shipmentId, status: 'lost' }, '/status'],
    ['no shipment', { status: 'packed' }, ''],
    ['another field', { shipmentId, status: 'packed', eta: 3 }, ''],
    ['a tracking code with a line break', { shipmentId, status: 'packed', trackingCode: 'a\nb' }, '/trackingCode'],
    ['a time with a fraction', { shipmentId, status: 'packed', at: 1.5 }, '/at'],
    ['an order id', { shipmentId: orderId, status: 'packed' }, '/shipmentId'],
    ['an order of no known shape', { shipmentId: 'o-17/berlin', status: 'packed' }, '/shipmentId'],
    ['a warehouse of no known shape', { shipmentId: `${orderId}/ber lin`, status: 'packed' }, '/shipmentId'],
    [
      'one bad among good',
      [
        { shipmentId, status: 'packed' },
        { shipmentId: 'x', status: 'packed' },
      ],
      '/1/shipmentId',
    ],
  ];
  for (const [what, news, path] of bad) {
    test(`refuses ${what}, and takes nothing of it`, async () => {
      const before = await shop.count(topics.shipmentUpdates);
      const answer = await tell(news);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.code, 'request_invalid');
      assert.equal(answer.body.errors[0].path, path);
      assert.ok(answer.body.errors.length <= 20);
      assert.equal(await shop.count(topics.shipmentUpdates), before);
    });
  }

  test('refuses what is not JSON, too large, or of another type', async () => {
    assert.equal((await tell('{"shipmentId":')).body.code, 'request_malformed');
    assert.equal((await tell(`"${'x'.repeat(100_000)}"`)).body.code, 'body_too_large');
    const text = await post('x', { ...signed('x'), 'content-type': 'text/plain' });
    assert.equal(text.body.code, 'content_type_unsupported');
  });

  const good = JSON.stringify({ shipmentId, status: 'packed' });
  const { 'webhook-signature': signature, ...unsigned } = signed(good);
  const other = `whsec_${Buffer.from('another secret, which is not ours').toString('base64')}`;
  const forged: readonly (readonly [what: string, headers: object])[] = [
    ['is not signed', unsigned],
    ['was changed on its way', signed(good.replace('packed', 'delivered'))],
    ['was signed with another secret', signed(good, { by: other })],
    ['was sent too long ago', signed(good, { at: Date.now() - 600_000 })],
    ['was sent in the future', signed(good, { at: Date.now() + 600_000 })],
    ['has another id than was signed', { ...signed(good), 'webhook-id': 'msg_2' }],
    ['has a signature of no known form', { ...signed(good), 'webhook-signature': `v1 v2,${signature} v1,` }],
  ];
  for (const [what, headers] of forged) {
    test(`refuses what ${what}`, async () => {
      const before = await shop.count(topics.shipmentUpdates);
      const answer = await post(good, headers);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.code, 'webhook_signature_invalid');
      assert.equal(await shop.count(topics.shipmentUpdates), before);
    });
  }

  test('takes nothing without a secret, and says so', async () => {
    const { shipmentWebhookSecret: _, ...settings } = shop.deps.settings;
    const app = await shop.another({ settings });
    const answer = await shop.call('POST', '/v1/shipments/webhook', { app, payload: good, headers: signed(good) });
    assert.equal(answer.status, 503);
    assert.equal(answer.body.code, 'webhook_secret_missing');
    assert.equal(answer.headers['retry-after'], '60');
  });
});
