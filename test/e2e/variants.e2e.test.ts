// A product with many variants on the whole program: typed, stocked, bought by its variants, changed while the program is
// killed again and again; in the end each variant is as the product's last version says.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { type Answer, eventually, payment, Server, shipTo } from './server.ts';

const kills = 3;
const most = 60;
const price = { amount: 1_000, currency: 'EUR' };
const all = Array.from({ length: most }, (_, at) => ({ productId: `jersey-${at}`, options: { number: at } }));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('variants are sold instead of their product, and follow it through kills', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-variants-'));
  const random = seededRandom(Date.now() % 1_000_000);
  let server = await Server.start(data);
  try {
    const [operator, seller, shopper] = await Promise.all(
      ['operator@demo', 'seller@demo', 'shopper@demo'].map((who) => server.logIn(who)),
    );
    const call = async (token: string | undefined, method: string, path: string, body: unknown): Promise<Answer> =>
      server.call(method, path, { ...(token && { token }), body });
    const read = async (id: string) => (await server.call('GET', `/v1/products/${id}`)).body;

    const attributes = [{ name: 'number', kind: 'number', min: 0, max: 99, required: true }];
    const type = await call(operator, 'PUT', '/v1/product-types/jersey', { title: 'Jersey', attributes });
    assert.equal(type.status, 200, JSON.stringify(type.body));
    const jersey = { productId: 'jersey', title: 'Jersey 0', price, productType: 'jersey', variants: all };
    const wrong = [{ productId: 'jersey-x', options: { number: 100 } }];
    const refused = await call(seller, 'POST', '/v1/products', { ...jersey, variants: wrong });
    assert.match(refused.body.detail, /\/variants\/0\/options\/number must be 99 or less/);
    const made = await call(seller, 'POST', '/v1/products', jersey);
    assert.equal(made.status, 201, JSON.stringify(made.body));

    const changes = ['jersey', 'jersey-7'].map((productId) => ({
      changeId: 'c',
      productId,
      warehouseId: 'w1',
      delta: 3,
    }));
    const path = '/v1/stock-changes';
    const stocked = await server.call('POST', path, {
      token: seller!,
      body: { changes },
      headers: { prefer: 'wait=9' },
    });
    const told = stocked.body.changes.map(({ status, reason }: { status: string; reason?: string }) => [
      status,
      reason,
    ]);
    assert.deepEqual(told, [
      ['refused', 'choose_variant'],
      ['applied', undefined],
    ]);
    const order = (productId: string, key: string) => {
      const body = { lines: [{ productId, quantity: 2 }], shipTo, payment };
      return server.call('POST', '/v1/orders', {
        token: shopper!,
        body,
        headers: { 'idempotency-key': key, prefer: 'wait=9' },
      });
    };
    assert.match((await order('jersey', 'a')).body.errors[0].message, /choose_variant/);
    assert.equal((await order('jersey-7', 'b')).status, 201);

    for (let kill = 0; kill < kills; kill++) {
      const patches = Array.from({ length: 4 }, async (_, at) => {
        const some = all.filter(() => random.next() < 0.6);
        const variants = some.length > 0 ? some : all;
        const body = { title: `Jersey ${kill}.${at}`, variants };
        const headers = { 'idempotency-key': `patch-${kill}-${at}` };
        await pause(at * 5);
        await server.call('PATCH', '/v1/products/jersey', { token: seller!, body, headers }).catch(() => {});
      });
      await pause(random.int(40));
      await server.kill();
      await Promise.all(patches);
      server = await Server.start(data);
    }
    const last = 'Jersey at last';
    const changed = await call(seller, 'PATCH', '/v1/products/jersey', { title: last });
    assert.ok(changed.status === 200 || changed.status === 202, JSON.stringify(changed.body));
    const { variants } = await eventually(
      () => read('jersey'),
      ({ title }) => title === last,
    );
    const listed = new Set(variants.map(({ productId }: { productId: string }) => productId));
    const strays = async () => {
      const found = await Promise.all(all.map(({ productId }) => read(productId)));
      const isRight = ({ productId, status, title }: { productId: string; status: string; title: string }) =>
        listed.has(productId) ? status === 'active' && title === last : status === 'deleted';
      return found.filter((variant) => !isRight(variant)).map(({ productId, status }) => `${productId} ${status}`);
    };
    await eventually(strays, ({ length }) => length === 0);
    const { variantStates } = await read('jersey');
    assert.deepEqual(
      variantStates.map(({ productId, state }: { productId: string; state: string }) => [productId, state]),
      [...listed].map((id) => [id, 'for_sale']),
    );
    const stock = await server.call('GET', '/v1/products/jersey-7/stock');
    assert.equal(stock.body.free + stock.body.held + (3 - stock.body.onHand), 3, 'no unit is lost on the way');
    assert.equal(await server.stop(), 0);
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
