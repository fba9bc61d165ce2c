// A product with many variants on the whole program: typed, stocked, bought by its variants, changed while the program is
// killed again and again; in the end each variant is as the product's last version says.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seededRandom, systemRandom } from '../../base/random.ts';
import { type Answer, eventually, payment, Server, shipTo } from './server.ts';

const kills = 3;
const price = { amount: 1_000, currency: 'EUR' };
const all = Array.from({ length: 60 }, (_, at) => ({ productId: `jersey-${at}`, options: { number: at } }));
const attributes = [{ name: 'number', kind: 'number', min: 0, max: 99, required: true }];
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The program and who talks to it. */
class Jerseys {
  readonly data = mkdtempSync(join(tmpdir(), 'stockstream-variants-'));
  readonly #random = seededRandom(Date.now() % 1_000_000);
  #tokens: { readonly [role: string]: string } = {};
  server!: Server;

  async open(): Promise<void> {
    this.server = await Server.start(this.data);
    const roles = ['operator', 'seller', 'shopper'];
    const tokens = await Promise.all(roles.map((role) => this.server.logIn(`${role}@demo`)));
    this.#tokens = Object.fromEntries(roles.map((role, index) => [role, tokens[index]!]));
  }

  /** `ask` as in `POST /v1/orders`. */
  call(role: string, ask: string, body: unknown): Promise<Answer> {
    const [method = '', path = ''] = ask.split(' ');
    const headers = { prefer: 'wait=9', 'idempotency-key': systemRandom.uuid() };
    return this.server.call(method, path, { token: this.#tokens[role]!, body, headers });
  }

  order(productId: string): Promise<Answer> {
    const body = { lines: [{ productId, quantity: 2 }], shipTo, payment };
    return this.call('shopper', 'POST /v1/orders', body);
  }

  async read(id: string): Promise<Answer['body']> {
    return (await this.server.call('GET', `/v1/products/${id}`)).body;
  }

  /** Changes that say what it comes in, and a kill in the middle of them. */
  async changeAndKill(round: number): Promise<void> {
    const patches = Array.from({ length: 4 }, async (_, at) => {
      const some = all.filter(() => this.#random.next() < 0.6);
      const body = { title: `Jersey ${round}.${at}`, variants: some.length > 0 ? some : all };
      await pause(at * 5);
      await this.call('seller', 'PATCH /v1/products/jersey', body).catch(() => {});
    });
    await pause(this.#random.int(40));
    await this.server.kill();
    await Promise.all(patches);
    this.server = await Server.start(this.data);
  }

  /** Variants that aren't as the product says, which has this title. */
  async strays(listed: ReadonlySet<string>, title: string): Promise<string[]> {
    const found = await Promise.all(all.map(({ productId }) => this.read(productId)));
    const isRight = (is: Answer['body']) =>
      listed.has(is.productId) ? is.status === 'active' && is.title === title : is.status === 'deleted';
    return found.filter((variant) => !isRight(variant)).map(({ productId, status }) => `${productId} ${status}`);
  }

  async close(): Promise<void> {
    await this.server.kill();
    rmSync(this.data, { recursive: true, force: true });
  }
}

test('variants are sold instead of their product, and follow it through kills', async () => {
  const shop = new Jerseys();
  await shop.open();
  try {
    const type = await shop.call('operator', 'PUT /v1/product-types/jersey', { title: 'Jersey', attributes });
    assert.equal(type.status, 200, JSON.stringify(type.body));
    const jersey = { productId: 'jersey', title: 'Jersey', price, productType: 'jersey', variants: all };
    const wrong = { ...jersey, variants: [{ productId: 'jersey-x', options: { number: 100 } }] };
    const refused = await shop.call('seller', 'POST /v1/products', wrong);
    assert.match(refused.body.detail, /\/variants\/0\/options\/number must be 99 or less/);
    const made = await shop.call('seller', 'POST /v1/products', jersey);
    assert.equal(made.status, 201, JSON.stringify(made.body));

    const ids = ['jersey', 'jersey-7'];
    const changes = ids.map((productId) => ({ changeId: 'c', productId, warehouseId: 'w1', delta: 3 }));
    const stocked = await shop.call('seller', 'POST /v1/stock-changes', { changes });
    assert.deepEqual(
      stocked.body.changes.map(({ status, reason }: Answer['body']) => [status, reason]),
      [
        ['refused', 'choose_variant'],
        ['applied', undefined],
      ],
    );
    assert.match((await shop.order('jersey')).body.errors[0].message, /choose_variant/);
    assert.equal((await shop.order('jersey-7')).status, 201);

    for (let round = 0; round < kills; round++) await shop.changeAndKill(round);
    const title = 'Jersey at last';
    const changed = await shop.call('seller', 'PATCH /v1/products/jersey', { title });
    assert.ok(changed.status === 200 || changed.status === 202, JSON.stringify(changed.body));
    const last = await eventually(
      () => shop.read('jersey'),
      (product) => product.title === title,
    );
    const listed = new Set<string>(last.variants.map(({ productId }: Answer['body']) => productId));
    await eventually(
      () => shop.strays(listed, title),
      (strays) => strays.length === 0,
    );
    const { variantStates } = await shop.read('jersey');
    assert.deepEqual(
      variantStates.map(({ productId, state }: Answer['body']) => `${productId} ${state}`),
      [...listed].map((id) => `${id} for_sale`),
    );
    assert.equal(await shop.server.stop(), 0);
  } finally {
    await shop.close();
  }
});
