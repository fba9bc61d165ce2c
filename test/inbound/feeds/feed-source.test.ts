// Suppliers' feeds from one end to the other: entered by an operator, taken in by a worker, decided, and told line by line.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../../schemas/topics.ts';
import { eventually } from '../../gateway/test-gateway.ts';
import { FeedShop, ndjson, price, product } from './feed-shop.ts';

let feeds: FeedShop;
before(async () => {
  feeds = await FeedShop.open();
});
after(() => feeds.close());

describe('a directory', () => {
  test('has each file taken once, in the order of their names, and broken lines told', async () => {
    feeds.put('acme/b.ndjson', ndjson([product('a2'), 'broken', product('a3', { price: { ...price, amount: -1 } })]));
    feeds.put('acme/a.ndjson', ndjson([product('a1'), product('a2', { title: 'Before' })]));
    await feeds.enter('acme', {});
    const feed = await feeds.done('acme', 2);
    assert.deepEqual(
      [feed.lastRun.name, feed.lastRun.import.importId, feed.lastRun.import.applied, feed.lastRun.import.refused],
      ['b.ndjson', 'acme~2', 1, 2],
    );
    assert.equal(feed.lastRun.import.feedId, 'acme');
    await eventually(async () => (await feeds.lines('acme~2')).length === 3 || undefined);
    assert.deepEqual(await feeds.lines('acme~1'), ['1 a1 applied', '2 a2 applied']);
    assert.deepEqual(await feeds.lines('acme~2', '?status=refused'), [
      '2  refused bulk_line_invalid',
      '3 a3 refused request_invalid',
    ]);
    assert.equal((await feeds.product('a2')).title, 'a2');
    const changes = (await feeds.valuesOf(topics.catalogChanges)).filter(({ importId }) =>
      importId.startsWith('acme~'),
    );
    assert.equal(changes.length, 3);

    feeds.put('acme/c.ndjson', ndjson([product('a4')]));
    feeds.put('acme/a.ndjson', ndjson([product('a1', { title: 'Newer' })]), 1_800);
    await feeds.done('acme', 4);
    await eventually(async () => (await feeds.product('a1')).title === 'Newer' || undefined);
    await feeds.look('acme');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal((await feeds.read('acme')).lastRun.run, 4, 'what was taken stays taken');
  });

  test('has files moved that are done, if that is wanted', async () => {
    feeds.put('moved/a.csv', 'productId,title,price,currency\nm1,"A title,\nin two lines",100,EUR\n');
    await feeds.enter('moved', { format: 'csv', movesDone: true });
    await feeds.done('moved', 1);
    await eventually(() => readdirSync(join(feeds.root, 'moved')).join() === 'done' || undefined);
    feeds.put('moved/a.csv', 'productId,title,price,currency\nm2,Another,100,EUR\n');
    await feeds.done('moved', 2);
    await eventually(async () => (await feeds.product('m2')).title === 'Another' || undefined);
  });

  test('that is not there is an error that is shown, and passes', async () => {
    await feeds.enter('missing', {});
    const failing = await feeds.until('missing', ({ state }) => state === 'failing');
    assert.match(failing.error, /^FEED_UNREADABLE: .*missing.*ENOENT/);
    assert.equal(failing.lastRun, undefined);
    feeds.put('missing/a.ndjson', ndjson([product('x1')]));
    const feed = await feeds.done('missing', 1);
    assert.deepEqual([feed.failures, feed.error], [0, undefined]);
  });
});

describe('stock', () => {
  test('is counted line by line; a delta needs an id of its own', async () => {
    await feeds.shop.offer({ s1: 0, s2: 0 });
    const csv = ['productId,warehouseId,count,delta,changeId', 's1,w1,7,,', 's2,w1,,3,', 's2,w1,,4,d-1', 's9,w1,1,,'];
    feeds.put('stock/a.csv', `${csv.join('\n')}\n`);
    await feeds.enter('stock', { format: 'csv', content: 'stock' });
    const changes = await eventually(async () => {
      const found = (await feeds.valuesOf(topics.stockEvents)).filter(({ importId }) => importId === 'stock~1');
      return found.length === 4 ? found : undefined;
    });
    assert.deepEqual(changes.map(({ importLine, outcome }) => [importLine, outcome.type]).toSorted(), [
      [2, 'StockChanged'],
      [3, 'LineRefused'],
      [4, 'StockChanged'],
      [5, 'StockChangeRefused'],
    ]);
    await eventually(async () => (await feeds.lines('stock~1')).length === 4 || undefined);
    assert.deepEqual(await feeds.lines('stock~1'), [
      '2 s1 applied',
      '3 s2 refused bulk_line_invalid',
      '4 s2 applied',
      '5 s9 refused unknown_product',
    ]);
    const { body } = await feeds.shop.call('GET', '/v1/products/s1/stock');
    assert.equal(body.onHand, 7);
  });
});

describe('an address', () => {
  test('is asked on condition, and taken again when it has changed; products that it has no more go off sale', async () => {
    const all = Array.from({ length: 10 }, (_, index) => product(`h${index}`));
    feeds.served = { etag: '"1"', body: ndjson(all) };
    await feeds.enter('http', { url: feeds.url, deletesMissing: true });
    await feeds.done('http', 1);
    await eventually(() => feeds.answered.includes(304) || undefined);
    assert.equal((await feeds.read('http')).lastRun.run, 1);

    feeds.served = { etag: '"2"', body: ndjson([...all.slice(0, 7), product('h10')]) };
    const second = await feeds.done('http', 2);
    assert.deepEqual([second.lastRun.deleted, second.lastRun.import.lines, second.lastRun.warning], [3, 11, undefined]);
    for (const [productId, status] of [
      ['h6', 'active'],
      ['h7', 'deleted'],
      ['h9', 'deleted'],
      ['h10', 'active'],
    ]) {
      await eventually(async () => (await feeds.product(productId!)).status === status || undefined);
    }
    assert.deepEqual((await feeds.lines('http~2')).slice(0, 3), ['0 h7 applied', '0 h8 applied', '0 h9 applied']);

    feeds.served = { etag: '"3"', body: ndjson([product('h0')]) };
    await feeds.look('http');
    const third = await feeds.done('http', 3);
    assert.equal(third.lastRun.deleted, 0);
    assert.match(third.lastRun.warning, /7 of 8 products are missing, which is more than 50 %/);

    feeds.served = { etag: '"4"', body: ndjson([...all.slice(0, 7), '{"title":"of nothing"}']) };
    await feeds.look('http');
    const fourth = await feeds.done('http', 4);
    assert.match(fourth.lastRun.warning, /a line does not say which product it is of/);

    feeds.served = { etag: '"5"', body: ndjson(all.slice(0, 6)) };
    await feeds.look('http');
    const fifth = await feeds.done('http', 5);
    assert.deepEqual([fifth.lastRun.deleted, fifth.lastRun.warning], [2, undefined], 'h6 and h10, missed until now');
  });

  test('is asked for all it has when somebody wants that, and errors are shown', async () => {
    feeds.served = { etag: '"a"', body: ndjson([product('l1')]) };
    await feeds.enter('wanted', { url: feeds.url, everySeconds: 3_600 });
    await feeds.done('wanted', 1);
    await feeds.look('wanted');
    await feeds.done('wanted', 2);
    feeds.served = undefined;
    await feeds.look('wanted');
    const failing = await feeds.until('wanted', ({ state }) => state === 'failing');
    assert.match(failing.error, /it answers 503/);
    feeds.served = { etag: '"b"', body: ndjson([product('l2')]) };
    await feeds.look('wanted');
    await feeds.done('wanted', 3);
  });
});

test('a thread that stops in the middle is followed by one that takes the rest, each line once', async () => {
  // Few, but long: a piece has about a hundred.
  const lines = Array.from({ length: 400 }, (_, index) => product(`r${index}`, { description: 'x'.repeat(10_000) }));
  feeds.put('rest/a.ndjson', ndjson(lines));
  await feeds.enter('rest', {});
  for (let stops = 0; stops < 3; stops++) {
    await feeds.until('rest', ({ lastRun }) => (lastRun?.import?.lines ?? 0) > stops * 100);
    await feeds.stop();
    feeds.start();
  }
  const feed = await feeds.done('rest', 1);
  assert.deepEqual([feed.lastRun.import.lines, feed.lastRun.import.applied], [400, 400]);
  const taken = (await feeds.valuesOf(topics.catalogChanges)).filter(({ importId }) => importId === 'rest~1');
  assert.deepEqual(
    taken.map(({ importLine }) => importLine).toSorted((one, other) => one - other),
    lines.map((_, index) => index + 1),
  );
});

test('content that is gone before it was taken whole is followed by the next one', async () => {
  const lines = Array.from({ length: 400 }, (_, index) => product(`g${index}`, { description: 'x'.repeat(10_000) }));
  feeds.put('gone/a.ndjson', ndjson(lines));
  await feeds.enter('gone', {});
  await feeds.until('gone', ({ lastRun }) => (lastRun?.import?.lines ?? 0) > 0);
  await feeds.stop();
  rmSync(join(feeds.root, 'gone/a.ndjson'));
  feeds.put('gone/b.ndjson', ndjson([product('g0', { title: 'Last' })]));
  const isWhole = (await feeds.read('gone')).lastRun.status === 'done';
  feeds.start();
  const feed = await feeds.done('gone', 2);
  assert.equal(feed.lastRun.name, 'b.ndjson');
  const headers = feeds.shop.bearer('operator', 'operator');
  const { body } = await feeds.shop.call('GET', '/v1/admin/feeds/gone/runs', { headers });
  assert.deepEqual(
    body.imports.map(({ importId, status }: Record<string, string>) => [importId, status]),
    [
      ['gone~2', 'done'],
      ['gone~1', isWhole ? 'done' : 'interrupted'],
    ],
  );
});

test('one that is switched off or removed is left alone', async () => {
  feeds.put('off/a.ndjson', ndjson([product('o1')]));
  await feeds.enter('off', { enabled: false });
  await feeds.look('off');
  await new Promise((resolve) => setTimeout(resolve, 700));
  const off = await feeds.read('off');
  assert.deepEqual([off.state, off.lastRun], ['off', undefined]);
  const headers = feeds.shop.bearer('operator', 'operator');
  assert.equal((await feeds.shop.call('DELETE', '/v1/admin/feeds/off', { headers })).status, 204);
  assert.equal((await feeds.read('off')).code, 'feed_not_found');
  await feeds.enter('off', {});
  await feeds.done('off', 1);
});
