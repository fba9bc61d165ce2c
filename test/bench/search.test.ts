// The bench of the search: its catalogue, its queries, its command line, and a small run that holds.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { FlagError } from '../../bench/flags.ts';
import { Catalogue } from '../../bench/search/listings.ts';
import { kinds, queriesOf, suggestionsOf } from '../../bench/search/queries.ts';
import { runSearchBench } from '../../bench/search/run.ts';
import { readOptions } from '../../bench/search/search.ts';
import { mistyped } from '../../bench/search/words.ts';
import { defaultSearchSettings } from '../../views/search/search-settings.ts';

const count = 3_000;
const catalogue = new Catalogue(count, 1);
const listings = Array.from({ length: count }, (_, index) => catalogue.listing(index));

describe('the catalogue', () => {
  test('is the same for the same seed, in any order', () => {
    const again = new Catalogue(count, 1);
    for (const index of [2_999, 0, 17]) assert.deepEqual(again.listing(index), listings[index]);
    assert.notDeepEqual(new Catalogue(count, 2).listing(0), listings[0]);
  });

  test('is like a shop: many brands, few of them common, all languages, some things sold out', () => {
    const share = (is: (listing: (typeof listings)[number]) => boolean) => listings.filter(is).length / count;
    const brands = Map.groupBy(listings, ({ brand }) => brand);
    const largest = Math.max(...[...brands.values()].map((some) => some.length));
    assert.ok(brands.size > 200 && largest > 20 * (count / brands.size), `${brands.size} brands, ${largest} of one`);
    assert.ok(Math.abs(share(({ warehouses }) => warehouses.length === 0) - 0.1) < 0.05);
    for (const language of ['en', 'de', 'fr', 'es']) assert.ok(share((each) => each.language === language) > 0.05);
    assert.ok(share(({ popularityRange }) => popularityRange >= 4) < 0.3);
    assert.equal(new Set(listings.map(({ title }) => title)).size, count);
    for (const { category, attributes } of listings) {
      assert.equal(category.split('/').length, 3);
      assert.equal(Object.keys(attributes).length, 5);
    }
  });

  test('is asked for by words that are there, with the first letter right', () => {
    for (const kind of Object.keys(kinds)) {
      const queries = queriesOf(catalogue, kind, 20, 1);
      assert.equal(queries.length, 20);
      assert.deepEqual(queries, queriesOf(catalogue, kind, 20, 1));
    }
    for (const { text } of suggestionsOf(catalogue, 50, 1)) assert.ok(text.length >= 1 && text.length <= 6);
    const random = seededRandom(1);
    for (let tries = 0; tries < 200; tries++) {
      const word = mistyped('headphones', random);
      assert.ok(word.startsWith('h') && Math.abs(word.length - 10) <= 1, word);
    }
  });
});

test('a small run finds what is there', async () => {
  const options = readOptions(['--listings', '500', '--queries', '20']);
  assert.ok(options);
  const { problems, kinds: measured, ndcg, indexMb } = await runSearchBench(options, () => {});
  assert.deepEqual(problems, []);
  assert.deepEqual(
    measured.map(({ kind }) => kind),
    [...Object.keys(kinds), 'suggest'],
  );
  assert.ok(ndcg > 0.9 && indexMb > 0);
});

describe('the command line', () => {
  test('without flags it is the embedded engine with 100,000 listings', () => {
    const { engine, listings: size, settings } = readOptions([]) ?? {};
    assert.deepEqual([engine, size, settings], ['embedded', 100_000, defaultSearchSettings]);
    assert.equal(readOptions(['--help']), undefined);
  });

  const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['--engine', 'solr'], /--engine solr: give one of embedded, elasticsearch/],
    [['--listings', '3'], /--listings 3: give a whole number from 10/],
    [['--elasticsearch', 'here'], /--elasticsearch here: give an address like/],
    [['--settings', '/nowhere.json'], /--settings \/nowhere.json: ENOENT/],
  ];
  for (const [args, message] of wrong) {
    test(`names what is wrong: ${args.join(' ')}`, () => {
      assert.throws(
        () => readOptions(args),
        (error) => error instanceof FlagError && message.test(error.message),
      );
    });
  }
});
