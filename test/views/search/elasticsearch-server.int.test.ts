// Elasticsearch on a real server, beyond what every engine does: which shards are asked, what guards a listing for good,
// what half a bulk leaves, a standby that takes over under load, listings of any content.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from '@elastic/elasticsearch';
import fc from 'fast-check';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { Generations } from '../../../views/search/elasticsearch/aliases.ts';
import { openElasticsearchSearch } from '../../../views/search/elasticsearch/elasticsearch-search.ts';
import { indexSettings, mappings } from '../../../views/search/elasticsearch/index-form.ts';
import { type ListingDocument, shardOf } from '../../../views/search/search.ts';
import { fill, found, idsOf, listing, put, queryFor, remove } from '../../conformance/search-listings.ts';
import { services } from '../../services.ts';

const url = services.elasticsearch;
const common = { url, clock: systemClock, logger: silentLogger };

/** Whatever a test makes begins with `prefix`, and goes with it. */
function setUp(t: TestContext) {
  const client = new Client({ node: url });
  const prefix = `stockstream-test-${systemRandom.uuid()}`;
  t.after(async () => {
    const indexes = Object.keys(await client.indices.getAlias({ index: `${prefix}*`, allow_no_indices: true }));
    if (indexes.length > 0) await client.indices.delete({ index: indexes });
    await client.close();
  });
  const open = async (index = prefix, more = {}) => {
    const search = await openElasticsearchSearch({ ...common, index, ...more });
    t.after(() => search.close());
    return search;
  };
  return { client, prefix, open };
}

test('a query within a category asks two shards at most, one for all asks all', async (t) => {
  const { client, prefix, open } = setUp(t);
  const search = await open();
  const categories = ['Toys', 'Books', 'Garden', 'Home, Kitchen', 'Sports'];
  const listings = categories.flatMap((category) =>
    [0, 9].map((popularityRange) =>
      listing(`${category.slice(0, 4)}-${popularityRange}`, { category, popularityRange }),
    ),
  );
  await fill(search, listings);
  const asked = async (work: () => Promise<unknown>) => {
    const before = await queriesByShard(client, prefix);
    await work();
    const after = await queriesByShard(client, prefix);
    return after.filter((count, shard) => count > before[shard]!).length;
  };
  assert.equal(await asked(() => search.search(queryFor('thing'))), 6);
  for (const category of categories) {
    const query = queryFor('thing', { category });
    let ids: string[] = [];
    const shards = await asked(async () => {
      ids = idsOf(await search.search(query));
    });
    assert.deepEqual(ids.sort(), [`${category.slice(0, 4)}-0`, `${category.slice(0, 4)}-9`]);
    assert.ok(shards === 1 || shards === 2, `${category}: ${shards}`);
    assert.equal((await search.search({ ...query, facets: true })).facets?.categories.length, categories.length);
  }
});

test('in any order what is like a word comes after what has it, over pages', async (t) => {
  const { open } = setUp(t);
  const search = await open();
  const priced = (id: string, title: string, amount: number) =>
    listing(id, { title, price: { amount, currency: 'EUR' } });
  await fill(search, [
    priced('lamb-1', 'Lamb', 100),
    priced('lamp-9', 'Lamp', 900),
    priced('lamp-5', 'Lamp', 500),
    priced('lamb-2', 'Lamb', 200),
  ]);
  const query = queryFor('lamp', { sort: 'price_asc', limit: 1 });
  const ids: string[] = [];
  for (let cursor: string | undefined, page = 0; page < 4; page++) {
    const found = await search.search({ ...query, cursor });
    ids.push(...idsOf(found));
    cursor = found.cursor;
  }
  assert.deepEqual(ids, ['lamp-5', 'lamp-9', 'lamb-1', 'lamb-2']);
});

test('an attribute is counted whole, however many values others have', async (t) => {
  const { open } = setUp(t);
  const search = await open();
  const listings = Array.from({ length: 1_200 }, (_, index) => {
    const attributes = { model: [`m${index}`], color: [index % 3 === 0 ? 'red' : 'blue'] };
    const zone = `z${String(index).padStart(2, '0')}`;
    return listing(`p${index}`, {
      category: `Top ${index % 9}`,
      attributes: index < 30 ? { ...attributes, 'zone=1': [zone] } : attributes,
    });
  });
  await fill(search, listings);
  const { facets } = await search.search(queryFor('', { facets: true, limit: 1 }));
  assert.deepEqual(facets?.attributes.color, [
    { value: 'blue', count: 800 },
    { value: 'red', count: 400 },
  ]);
  assert.equal(facets?.attributes.model?.length, 50);
  const zones = Array.from({ length: 30 }, (_, index) => ({ value: `z${String(index).padStart(2, '0')}`, count: 1 }));
  assert.deepEqual(facets?.attributes['zone=1'], zones);
});

async function queriesByShard(client: Client, index: string): Promise<number[]> {
  const { indices } = await client.indices.stats({ index, metric: 'search', level: 'shards' });
  const shards = Object.entries(indices?.[index]?.shards ?? {});
  return shards.map(([, copies]) => copies.reduce((sum, copy) => sum + (copy.search?.query_total ?? 0), 0));
}

test('what was removed stays so when the server has forgotten deletions, and over a restart of the index', async (t) => {
  const { client, prefix, open } = setUp(t);
  const search = await open();
  await client.indices.putSettings({ index: prefix, settings: { gc_deletes: '0ms' } });
  const moved = listing('moved', { title: 'Anchor', category: 'Toys' });
  const removed = listing('removed', { title: 'Anchor' });
  const late = [put(0, removed), put(1, { ...moved, category: 'Books' })];
  for (const write of [...late, remove(2, removed), put(3, moved, [shardOf('Books', 0)])]) await search.apply([write]);
  await client.indices.flush({ index: prefix });
  await client.indices.forcemerge({ index: prefix, max_num_segments: 1 });
  await client.indices.close({ index: prefix });
  await assert.rejects(search.count(), { code: 'SEARCH_UNAVAILABLE' });
  await client.indices.open({ index: prefix, wait_for_active_shards: 'all' });
  const again = await open();
  for (const write of late) await again.apply([write]);
  await again.refresh();
  assert.deepEqual(await again.scan(undefined, 10), [moved]);
});

test('of a bulk that is refused in part the rest is taken; all of it is applied again once that is mended', async (t) => {
  const { client, prefix, open } = setUp(t);
  // As if another version had made it: prices above 127 have no room.
  const properties = { ...mappings().properties, price: { type: 'byte' } as const };
  await client.indices.create({
    index: prefix,
    mappings: { ...mappings(), properties },
    settings: indexSettings({ shards: 2, replicas: 0, refreshMs: 250 }),
    aliases: { [`${prefix}-writes`]: {} },
  });
  const search = await open();
  const priced = (offset: number) =>
    listing(`p${offset}`, { category: `Top ${offset}`, price: { amount: 100 + offset, currency: 'EUR' } });
  const writes = Array.from({ length: 40 }, (_, offset) => put(offset, priced(offset)));
  const applied = search.apply(writes);
  await assert.rejects(applied, {
    code: 'SEARCH_REFUSED',
    message: /listing p28: .*price.*document_parsing_exception/,
  });
  await search.refresh();
  assert.equal(await search.count(), 28);
  await search.clear();
  await search.apply(writes.slice(0, 28));
  await search.apply(writes);
  await search.refresh();
  assert.equal(await search.count(), 40);
});

test('a write to an index that is gone makes no other', async (t) => {
  const { client, prefix, open } = setUp(t);
  const search = await open();
  await client.indices.delete({ index: prefix });
  await assert.rejects(search.apply([put(0, listing('a'))]), { code: 'SEARCH_UNAVAILABLE', message: /no such index/ });
  assert.equal(await client.indices.exists({ index: prefix }), false);
});

test('several that open at once on nothing share one index', async (t) => {
  const { open } = setUp(t);
  const searches = await Promise.all([open(), open(), open()]);
  await fill(searches[0]!, [listing('a', { title: 'Anchor' })]);
  for (const search of searches) assert.deepEqual(await found(search, 'anchor'), ['a']);
});

test('a standby is filled beside the index that answers and takes over under load, without a read that fails', async (t) => {
  const { prefix, open } = setUp(t);
  const generations = new Generations({ ...common, alias: prefix });
  t.after(() => generations.close());
  const titled = (title: string) => Array.from({ length: 30 }, (_, index) => listing(`p${index}`, { title }));
  await fill(await open(await generations.create('g1')), titled('Old'));
  await generations.switchTo('g1');
  const reader = await open(prefix);
  const totals: number[] = [];
  let isOver = false;
  const readers = Array.from({ length: 4 }, async () => {
    while (!isOver) totals.push((await reader.search(queryFor('', { limit: 1 }))).total, await reader.count());
  });
  const standby = await open(await generations.create('g2'));
  await standby.apply(titled('New').map((each, offset) => put(offset, each)));
  await generations.switchTo('g2');
  assert.equal((await found(reader, 'new')).length, 30);
  await assert.rejects(generations.drop('g2'), { code: 'SEARCH_REFUSED', message: /g2 is the one that answers/ });
  assert.deepEqual(
    (await generations.list()).map(({ generation, answers }) => [generation, answers]),
    [
      ['g1', false],
      ['g2', true],
    ],
  );
  await generations.switchTo('g1');
  await generations.switchTo('g2');
  isOver = true;
  await Promise.all(readers);
  assert.ok(totals.length > 20);
  assert.deepEqual([...new Set(totals)], [30]);
  await generations.drop('g1');
  await generations.drop('g1');
  assert.deepEqual(
    (await generations.list()).map(({ index }) => index),
    [`${prefix}-g2`],
  );
});

const anyLetter = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom('\0', '\u001f', '\ufdd0', '\n', '='),
);

test('a listing of any content is taken, and comes back as it is', async (t) => {
  const { open } = setUp(t);
  const search = await open();
  const text = (maxLength: number) => fc.string({ unit: anyLetter, maxLength });
  const anyListing: fc.Arbitrary<Partial<ListingDocument>> = fc.record({
    title: text(60),
    description: fc.oneof(text(200), fc.constant('x'.repeat(50_000))),
    category: text(30),
    brand: fc.oneof(text(20), fc.constant('é'.repeat(20_000))),
    language: fc.oneof(fc.constantFrom('en', 'de', 'zz', ''), text(5)),
    attributes: fc.dictionary(
      text(20),
      fc.array(fc.oneof(text(20), fc.constant('v'.repeat(40_000))), { maxLength: 3 }),
      { maxKeys: 4 },
    ),
    price: fc.record({ amount: fc.maxSafeNat(), currency: fc.constant('EUR') }),
    popularity: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    createdAt: fc.maxSafeInteger(),
  });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(anyListing, async (over) => {
      const each = listing(`any-${count}`, JSON.parse(JSON.stringify(over)));
      await search.apply([put(count++, each)]);
      await search.refresh();
      assert.deepEqual(await search.getMany([each.id]), [each]);
    }),
    { numRuns: 60 },
  );
  await search.apply([put(count, listing('half', { title: 'half \ud83d of a sign', brand: '\udc00\\\\\ud800' }))]);
  await search.refresh();
  assert.equal((await search.getMany(['half']))[0]?.brand, '\ufffd\\\\\ufffd');
});
