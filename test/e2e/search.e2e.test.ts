// Searching as shoppers do, through the whole program: a typo, a facet, a new product, one that sells out, a synonym
// that an operator sets, and all of it after a kill.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from './server.ts';

interface Hit {
  readonly listingId: string;
  readonly title: string;
  readonly brand: string;
  readonly inStock: boolean;
  readonly highlights: { readonly title?: string };
}

interface Page {
  readonly hits: readonly Hit[];
  readonly total: number;
  readonly facets: { readonly brands: readonly { readonly value: string; readonly count: number }[] };
}

const data = mkdtempSync(join(tmpdir(), 'stockstream-search-e2e-'));
let shop: Server;
let seller = '';

before(async () => {
  shop = await Server.start(data);
  seller = await shop.logIn('seller@demo');
});
after(async () => {
  await shop.stop();
  await rm(data, { recursive: true });
});

const search = async (parameters: string): Promise<Page> => {
  const { status, body } = await shop.call('GET', `/v1/search?${parameters}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};

/** Views come a moment after the log. */
async function eventually(parameters: string, isSo: (page: Page) => boolean): Promise<Page> {
  const until = performance.now() + 30_000;
  for (;;) {
    const page = await search(parameters);
    if (isSo(page)) return page;
    assert.ok(performance.now() < until, JSON.stringify(page).slice(0, 2_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a demo product is found by a typo, marked and counted', async () => {
  const { hits, total, facets } = await eventually('q=wireles+hedphones', (page) => page.total === 3);
  for (const { title, highlights } of hits) {
    assert.match(title, /Wireless Headphones/);
    assert.match(highlights.title ?? '', /<mark>Wireless<\/mark> <mark>Headphones<\/mark>/);
  }
  const brand = facets.brands[0];
  assert.ok(brand && brand.count > 0);
  const ofBrand = await search(`q=wireles+hedphones&brand=${encodeURIComponent(brand.value)}`);
  assert.equal(ofBrand.total, brand.count);
  assert.deepEqual(new Set(ofBrand.hits.map((hit) => hit.brand)), new Set([brand.value]));
  assert.deepEqual(ofBrand.facets.brands, facets.brands);
  assert.ok(ofBrand.total <= total);
});

test('words are suggested while somebody types', async () => {
  const { status, body } = await shop.call('GET', '/v1/suggest?q=wirel');
  assert.equal(status, 200);
  assert.ok(body.terms.includes('wireless'), JSON.stringify(body));
  assert.ok(body.products.length > 0);
});

test('a new product is found once it is in stock, and hidden when it sells out', async () => {
  const product = { productId: 'sextant', title: 'Brass Sextant', category: 'navigation', brand: 'Quadrant' };
  const body = { ...product, price: { amount: 9_900, currency: 'EUR' } };
  assert.equal((await shop.call('POST', '/v1/products', { token: seller, body })).status, 201);
  await eventually('q=sextant&inStock=false', (page) => page.total === 1);
  assert.equal((await search('q=sextant')).total, 0);
  await setStock('first', 3);
  await eventually('q=sextants', (page) => page.hits[0]?.listingId === 'sextant');
  await setStock('second', 0);
  await eventually('q=sextant', (page) => page.total === 0);
  const { hits } = await search('q=sextant&inStock=false');
  assert.deepEqual(
    hits.map(({ inStock }) => inStock),
    [false],
  );
});

test('a synonym holds as soon as an operator has set it', async () => {
  const operator = await shop.logIn('operator@demo');
  const path = '/v1/admin/search/settings';
  const { body: settings } = await shop.call('GET', path, { token: operator });
  const { version, weights } = settings;
  const synonyms = [...settings.synonyms, { kind: 'equal', language: 'en', words: ['sextant', 'astrolabe'] }];
  assert.equal((await search('q=astrolabe&inStock=false')).total, 0);
  const put = await shop.call('PUT', path, { token: operator, body: { version, weights, synonyms } });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.equal((await search('q=astrolabe&inStock=false')).hits[0]?.listingId, 'sextant');
});

test('the index can be filled anew from the log', async () => {
  const operator = await shop.logIn('operator@demo');
  const rebuilt = await shop.call('POST', '/v1/admin/views/search/rebuild', { token: operator });
  assert.equal(rebuilt.status, 202, JSON.stringify(rebuilt.body));
  await eventually('q=wireles+hedphones', (page) => page.total === 3);
});

test('all of it is there after a kill', async () => {
  await shop.kill();
  shop = await Server.start(data);
  assert.ok((await search('q=wireles+hedphones')).total > 0);
  const { hits } = await search('q=astrolabe&inStock=false');
  assert.deepEqual(
    hits.map(({ listingId }) => listingId),
    ['sextant'],
  );
});

async function setStock(changeId: string, count: number): Promise<void> {
  const changes = [{ changeId, productId: 'sextant', warehouseId: 'berlin', count }];
  const answer = await shop.call('POST', '/v1/stock-changes', { token: seller, body: { changes } });
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
}
