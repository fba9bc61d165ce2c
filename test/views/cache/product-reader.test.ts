// How products are read through a cache: who asks the documents, who joins, who waits, and what happens without a cache.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { StockstreamError } from '../../../base/errors.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { Product } from '../../../schemas/types.generated.ts';
import { type Cache, cacheTimes } from '../../../views/cache/cache.ts';
import { HeardVersions } from '../../../views/cache/heard-versions.ts';
import { openMemoryCache } from '../../../views/cache/memory/memory-cache.ts';
import { ProductReader } from '../../../views/cache/product-reader.ts';
import type { JsonObject } from '../../../views/documents/documents.ts';

function product(productId: string, version = 1): Product {
  const more = { productType: '', language: 'en', hazardous: false, variants: [], variantOf: null, options: {} };
  return { productId, version, title: `${productId} ${version}`, updatedAt: 0, ...more } as unknown as Product;
}

/** Documents that tell how often they were asked, and can be held up. */
class FakeDocuments {
  readonly products = new Map<string, Product>();
  readonly asked: (readonly string[])[] = [];
  gate: Promise<void> = Promise.resolve();
  failure: StockstreamError | undefined;

  async getMany(_collection: string, ids: readonly string[]) {
    this.asked.push(ids);
    const found = ids.map((id) => this.products.get(id));
    await this.gate;
    if (this.failure) throw this.failure;
    return found.map((each) => each && { id: each.productId, fields: each as unknown as JsonObject, position: 0 });
  }
}

function setUp(given: { readonly cache?: Cache; readonly clock?: SteppedClock } = {}) {
  const clock = given.clock ?? new SteppedClock(1_000_000);
  const documents = new FakeDocuments();
  const cache = given.cache ?? openMemoryCache({ clock, mostBytes: 1_000_000 });
  const standIn = openMemoryCache({ clock, mostBytes: 1_000_000 });
  const reader = new ProductReader({ documents, cache, standIn, clock });
  for (const id of ['a', 'b', 'c']) documents.products.set(id, product(id));
  /** Works off what can go on without time passing. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  };
  const tell = (changed: Product) => {
    const { productId: id, version } = changed;
    return cache.apply([{ id, version, value: changed as unknown as JsonObject, at: clock.now() }]);
  };
  return { clock, documents, cache, standIn, reader, settle, tell };
}

/** A cache that is away while it is told to be. */
function frail(cache: Cache): Cache & { isAway: boolean; calls: number } {
  const found = { isAway: false, calls: 0 };
  return new Proxy(cache, {
    get(target, name) {
      if (name in found) return found[name as keyof typeof found];
      return (...args: unknown[]) => {
        found.calls++;
        if (found.isAway) return Promise.reject(new StockstreamError('CACHE_UNAVAILABLE', { reason: 'it is away' }));
        return (target[name as keyof Cache] as (...args: unknown[]) => unknown)(...args);
      };
    },
    set: (_, name, value) => Reflect.set(found, name, value),
  }) as Cache & { isAway: boolean; calls: number };
}

test('a product is read from the documents once, then from the cache', async () => {
  const { reader, documents, settle } = setUp();
  assert.deepEqual(await reader.get('a'), product('a'));
  await settle();
  assert.deepEqual(await reader.get('a'), product('a'));
  assert.deepEqual(
    await reader.getMany(['a', 'b', 'a', 'nothing']),
    new Map([
      ['a', product('a')],
      ['b', product('b')],
    ]),
  );
  assert.deepEqual(documents.asked, [['a'], ['b', 'nothing']]);
  assert.deepEqual(reader.counts, { hit: 2, miss: 3, joined: 0, away: 0 });
});

test('what does not exist is known for a moment only', async () => {
  const { reader, documents, clock, settle } = setUp();
  assert.equal(await reader.get('later'), undefined);
  await settle();
  assert.equal(await reader.get('later'), undefined);
  assert.equal(documents.asked.length, 1);
  documents.products.set('later', product('later'));
  clock.step(cacheTimes.missing);
  assert.deepEqual(await reader.get('later'), product('later'));
});

test('a thousand who want one product ask the documents once', async () => {
  const { reader, documents } = setUp();
  const gate = Promise.withResolvers<void>();
  documents.gate = gate.promise;
  const all = Array.from({ length: 1_000 }, (_, index) => (index % 2 ? reader.get('a') : reader.getMany(['b', 'a'])));
  gate.resolve();
  await Promise.all(all);
  assert.deepEqual(documents.asked.flat().sort(), ['a', 'b']);
});

test('of two processes one asks the documents, the other waits for it', async () => {
  const one = setUp();
  const other = setUp({ cache: one.cache, clock: one.clock });
  const gate = Promise.withResolvers<void>();
  one.documents.gate = gate.promise;
  const first = one.reader.get('a');
  await one.settle();
  const second = other.reader.get('a');
  await one.settle();
  one.clock.step(5);
  gate.resolve();
  await first;
  await one.settle();
  one.clock.step(10);
  assert.deepEqual(await second, product('a'));
  assert.deepEqual(other.documents.asked, []);
  assert.equal(other.reader.counts.hit, 1);
});

test('who waits for another that hangs reads the documents after a moment', async () => {
  const one = setUp();
  const other = setUp({ cache: one.cache, clock: one.clock });
  await one.cache.look(['a']);
  const second = other.reader.get('a');
  for (let pause = 5; pause <= 40; pause *= 2) {
    await one.settle();
    one.clock.step(pause);
  }
  assert.deepEqual(await second, product('a'));
  assert.deepEqual(other.documents.asked, [['a']]);
});

test('what is old is read anew by one, and nobody waits', async () => {
  const { reader, documents, clock, settle, cache } = setUp();
  await reader.get('a');
  await settle();
  clock.step(cacheTimes.fresh);
  const gate = Promise.withResolvers<void>();
  documents.gate = gate.promise;
  const first = reader.get('a');
  const others = new ProductReader({ documents, cache, standIn: cache, clock });
  await settle();
  assert.deepEqual(await others.get('a'), product('a'));
  documents.products.set('a', product('a', 2));
  gate.resolve();
  await first;
  assert.equal(documents.asked.length, 2);
});

test('the race: v1 is read, the stream tells v2, v1 is filled in: the next reader has v2', async () => {
  const { reader, documents, settle, tell } = setUp();
  const gate = Promise.withResolvers<void>();
  documents.gate = gate.promise;
  const first = reader.get('a');
  await settle();
  documents.products.set('a', product('a', 2));
  await tell(product('a', 2));
  gate.resolve();
  assert.equal((await first)?.version, 1, 'it asked before');
  await settle();
  assert.equal((await reader.get('a'))?.version, 2);
  await settle();
  assert.equal((await reader.get('a'))?.version, 2);
});

test('documents that are behind the stream give nothing older than the cache has', async () => {
  const { reader, clock, settle, tell } = setUp();
  await reader.get('a');
  await settle();
  await tell(product('a', 5));
  clock.step(cacheTimes.fresh);
  assert.equal((await reader.get('a'))?.version, 5);
  await settle();
  assert.equal((await reader.get('a'))?.version, 5);
});

test('who changed a product reads the change, whoever was reading it before', async () => {
  const { reader, documents, clock, settle } = setUp();
  const gate = Promise.withResolvers<void>();
  documents.gate = gate.promise;
  const before = reader.get('a');
  await settle();
  documents.products.set('a', product('a', 2));
  documents.gate = Promise.resolve();
  await reader.refresh(['a', 'nothing']);
  const after = reader.get('a');
  gate.resolve();
  assert.equal((await before)?.version, 1);
  await settle();
  clock.step(5);
  assert.equal((await after)?.version, 2);
});

test('a cache that is behind what was heard is passed by, and told', async () => {
  const { reader, documents, clock, cache, settle } = setUp();
  await reader.get('a');
  await settle();
  documents.products.set('a', product('a', 2));
  reader.heard('a', 2);
  assert.equal((await reader.get('a'))?.version, 2);
  await settle();
  assert.equal(documents.asked.length, 2);
  const [looked] = await cache.look(['a']);
  assert.deepEqual(looked, { kind: 'hit', entry: { version: 2, value: product('a', 2) } });
  reader.heard('a', 1);
  reader.heard('a', 3);
  assert.equal((await reader.get('a'))?.version, 2, 'the documents are behind, too');
  await settle();
  assert.equal(documents.asked.length, 3);
  clock.step(cacheTimes.kept);
  await reader.get('a');
  await settle();
  await reader.get('a');
  assert.equal(documents.asked.length, 4, 'after a while the cache is believed again');
});

test('what was heard is bounded', () => {
  const clock = new SteppedClock();
  const heard = new HeardVersions(clock);
  for (let count = 0; count < 60_000; count++) heard.add(`p${count}`, 2);
  assert.deepEqual([heard.allow('p0', 1), heard.allow('p59999', 1), heard.allow('p59999', 2)], [true, false, true]);
  clock.step(cacheTimes.kept);
  assert.equal(heard.allow('p59999', 1), true);
});

test('a failure of the documents is told, and the next one tries again', async () => {
  const { reader, documents, settle } = setUp();
  documents.failure = new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'they are away' });
  const both = await Promise.allSettled([reader.get('a'), reader.getMany(['a', 'b'])]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  documents.failure = undefined;
  await settle();
  assert.deepEqual(await reader.get('a'), product('a'));
});

test('while the cache is away nothing fails, it is left alone for a moment, and its stand-in is told of changes', async () => {
  const clock = new SteppedClock(1_000_000);
  const cache = frail(openMemoryCache({ clock, mostBytes: 1_000_000 }));
  const { reader, documents, settle } = setUp({ cache, clock });
  cache.isAway = true;
  assert.deepEqual(await reader.get('a'), product('a'));
  await settle();
  const { calls } = cache;
  for (let count = 0; count < 10; count++) assert.deepEqual(await reader.get('a'), product('a'));
  assert.deepEqual([cache.calls, documents.asked.length], [calls, 1], 'the stand-in has it');
  documents.products.set('a', product('a', 2));
  reader.heard('a', 2);
  assert.equal((await reader.get('a'))?.version, 2);
  await reader.refresh(['a']);
  cache.isAway = false;
  clock.step(1_000);
  assert.equal((await reader.get('a'))?.version, 2);
  assert.ok(cache.calls > calls + 1, 'it is asked again');
  assert.equal(reader.counts.away, 12);
});

test('what will be wanted is loaded before anybody asks, what is there already is left alone', async () => {
  const { reader, documents, settle } = setUp();
  const ids = Array.from({ length: 250 }, (_, index) => `hot-${index}`);
  for (const id of ids) documents.products.set(id, product(id));
  await reader.preload(ids);
  assert.deepEqual(
    documents.asked.map(({ length }) => length),
    [100, 100, 50],
  );
  await reader.preload(ids);
  await reader.getMany(ids);
  await settle();
  assert.equal(documents.asked.length, 3);
});
