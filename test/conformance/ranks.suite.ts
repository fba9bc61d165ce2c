// What every adapter of the ranks port must do. Registers its tests when called; an adapter gives empty ranks of a length.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { isStockstreamError } from '../../base/errors.ts';
import {
  type RankedProduct,
  type RankQuery,
  type Ranks,
  type RankWindow,
  type RankWrite,
  rankWindows,
} from '../../views/ranks/ranks.ts';

type Open = (options: { length: number }) => Promise<Ranks>;

export function ranksSuite(name: string, open: Open): void {
  const setUp = async (t: TestContext, length = 100) => {
    const ranks = await open({ length });
    t.after(() => ranks.close());
    return ranks;
  };

  it(`${name}: a product is in the ranks of its categories, for as long as it has a score there`, async (t) => {
    const ranks = await setUp(t);
    await ranks.apply([
      write(1, 'lamp', { categories: ['', 'home', 'home/light'], scores: { hour: 3, day: 9, all: 2_900.5 } }),
      write(2, 'chair', { categories: ['', 'home'], scores: { hour: 5, day: 5, all: 2_901 } }),
    ]);
    assert.deepEqual(await idsOf(ranks, 'hour'), ['chair', 'lamp']);
    assert.deepEqual(await idsOf(ranks, 'day'), ['lamp', 'chair']);
    assert.deepEqual(await idsOf(ranks, 'all', 'home/light'), ['lamp']);
    assert.deepEqual(await ranks.top({ window: 'all', category: 'home', limit: 1 }), [
      { productId: 'chair', score: 2_901 },
    ]);
    assert.deepEqual(await idsOf(ranks, 'day', 'nowhere'), []);
    await ranks.apply([write(3, 'lamp', { categories: ['', 'office'], scores: { hour: 0, day: 4, all: 2_900.5 } })]);
    assert.deepEqual(await idsOf(ranks, 'hour'), ['chair']);
    assert.deepEqual(await idsOf(ranks, 'day'), ['chair', 'lamp']);
    assert.deepEqual(await idsOf(ranks, 'all', 'home'), ['chair']);
    assert.deepEqual(await idsOf(ranks, 'all', 'home/light'), []);
    assert.deepEqual(await idsOf(ranks, 'all', 'office'), ['lamp']);
    await ranks.flush();
  });

  it(`${name}: what is older than what is known of a product, or as old, changes nothing`, async (t) => {
    const ranks = await setUp(t);
    const [early, late] = [write(3, 'lamp', { scores: { hour: 1 } }), write(10, 'lamp', { scores: { hour: 2 } })];
    await ranks.apply([early, late, early, { ...late, scores: { hour: 7, day: 7, all: 7 } }]);
    assert.deepEqual(await ranks.top({ window: 'hour', category: '', limit: 5 }), [{ productId: 'lamp', score: 2 }]);
    await ranks.apply([write(11, 'lamp', { scores: {} }), late]);
    assert.deepEqual(await idsOf(ranks, 'hour'), []);
  });

  it(`${name}: pages go on where the one before ended, also where its last product has moved or gone`, async (t) => {
    const ranks = await setUp(t);
    const scores = { a: 5, b: 4, c: 4, d: 4, e: 3, f: 1e-9 };
    const writes = Object.entries(scores).map(([id, hour], offset) => write(offset, id, { scores: { hour } }));
    await ranks.apply(writes);
    assert.deepEqual(await pagesOf(ranks, 2), [
      ['a', 'd'],
      ['c', 'b'],
      ['e', 'f'],
    ]);
    const afterC = { window: 'hour', category: '', limit: 2, after: { productId: 'c', score: 4 } } as const;
    await ranks.apply([write(20, 'c', { scores: { hour: 6 } })]);
    assert.deepEqual(ids(await ranks.top(afterC)), ['b', 'e']);
    await ranks.apply([write(21, 'c', { scores: {} }), write(22, 'b', { scores: {} })]);
    assert.deepEqual(ids(await ranks.top(afterC)), ['e', 'f']);
    assert.deepEqual(await ranks.top({ ...afterC, after: { productId: 'f', score: 1e-9 } }), []);
  });

  it(`${name}: a rank is no longer than it may be, and keeps the highest`, async (t) => {
    const ranks = await setUp(t, 10);
    const writes = Array.from({ length: 50 }, (_, index) => {
      return write(index, `p${index}`, { scores: { hour: ((index * 7) % 50) + 1 } });
    });
    await ranks.apply(writes);
    const top = await ranks.top({ window: 'hour', category: '', limit: 1_000 });
    assert.deepEqual(
      top.map(({ score }) => score),
      [50, 49, 48, 47, 46, 45, 44, 43, 42, 41],
    );
  });

  it(`${name}: takes thousands at once, ids and categories as they are written, and the finest differences`, async (t) => {
    const ranks = await setUp(t, 5_000);
    const category = 'Möbel & Küche/*[Töpfe] "groß"';
    const writes = Array.from({ length: 3_000 }, (_, index) => {
      return write(index, `A.b_c-${index}`, { categories: [category], scores: { all: 2_900 + index / 1e9 } });
    });
    await ranks.apply(writes);
    await ranks.apply([]);
    const [first] = await ranks.top({ window: 'all', category, limit: 1 });
    assert.deepEqual(first, { productId: 'A.b_c-2999', score: 2_900 + 2_999 / 1e9 });
    assert.equal((await ranks.top({ window: 'all', category, limit: 1_000 })).length, 1_000);
  });

  it(`${name}: whatever is written and replayed, the ranks are those of each product's last write`, async () => {
    const anyWrite = fc.record({
      productId: fc.constantFrom('a', 'b', 'c', 'd'),
      categories: fc.subarray(['', 'x', 'x/y']),
      scores: fc.record({ hour: fc.nat(3), day: fc.nat(3), all: fc.double({ min: 0, max: 9, noNaN: true }) }),
    });
    const anyReplays = fc.array(fc.record({ from: fc.nat(20), count: fc.nat(8) }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyWrite, { maxLength: 20 }), anyReplays, async (given, replays) => {
        const ranks = await open({ length: 100 });
        const writes = given.map((each, offset) => ({ ...each, ...at(offset) }));
        await ranks.apply(writes);
        for (const { from, count } of replays) await ranks.apply(writes.slice(from, from + count));
        const last = [...new Map(writes.map((each) => [each.productId, each])).values()];
        for (const window of rankWindows) {
          for (const category of ['', 'x', 'x/y']) {
            const expected = last
              .filter(({ categories, scores }) => categories.includes(category) && scores[window] > 0)
              .map(({ productId, scores }) => ({ productId, score: scores[window] }))
              .sort((one, other) => other.score - one.score || (one.productId < other.productId ? 1 : -1));
            assert.deepEqual(await ranks.top({ window, category, limit: 10 }), expected);
          }
        }
        await ranks.clear();
        await ranks.close();
      }),
      { numRuns: 30 },
    );
  });

  it(`${name}: emptied, it knows nothing, not even what is older`, async (t) => {
    const ranks = await setUp(t);
    const first = write(1, 'lamp', { scores: { hour: 3 } });
    await ranks.apply([first, write(2, 'lamp', { scores: { hour: 4 } })]);
    await ranks.clear();
    assert.deepEqual(await idsOf(ranks, 'hour'), []);
    await ranks.apply([first]);
    assert.deepEqual(await idsOf(ranks, 'hour'), ['lamp']);
  });

  it(`${name}: answers a ping until it is closed, and nothing after`, async (t) => {
    const ranks = await setUp(t);
    await ranks.ping();
    await ranks.close();
    await ranks.close();
    const unavailable = (error: unknown) => isStockstreamError(error, 'RANKS_UNAVAILABLE');
    await assert.rejects(ranks.ping(), unavailable);
    await assert.rejects(ranks.top({ window: 'all', category: '', limit: 1 }), unavailable);
    await assert.rejects(ranks.apply([write(1, 'lamp', {})]), unavailable);
  });
}

function at(offset: number) {
  return { position: { topic: 'popularity', partition: 0, offset } };
}

function write(
  offset: number,
  productId: string,
  { categories = [''], scores = {} }: { categories?: string[]; scores?: Partial<RankWrite['scores']> },
): RankWrite {
  return { productId, categories, scores: { hour: 0, day: 0, all: 0, ...scores }, ...at(offset) };
}

function ids(products: readonly RankedProduct[]): string[] {
  return products.map(({ productId }) => productId);
}

async function idsOf(ranks: Ranks, window: RankWindow, category = ''): Promise<string[]> {
  return ids(await ranks.top({ window, category, limit: 1_000 }));
}

async function pagesOf(ranks: Ranks, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let after: RankQuery['after'];
  for (;;) {
    const page = await ranks.top({ window: 'hour', category: '', limit, after });
    if (page.length === 0) return pages;
    pages.push(ids(page));
    after = page.at(-1);
  }
}
