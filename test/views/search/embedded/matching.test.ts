// Phrases, words that are alike, pages, highlights: each held against the plain way of telling the same.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { Engine } from '../../../../views/search/embedded/engine.ts';
import { excerpt, highlighted, type Sought } from '../../../../views/search/embedded/highlight.ts';
import { SearchDatabase } from '../../../../views/search/embedded/search-database.ts';
import { SearchTables } from '../../../../views/search/embedded/search-tables.ts';
import { likeliestWords, mistakesIn, padded } from '../../../../views/search/embedded/similar-words.ts';
import { TopSlots } from '../../../../views/search/embedded/top-slots.ts';
import type { ListingDocument } from '../../../../views/search/search.ts';
import { listing, queryFor } from '../../../conformance/search-listings.ts';

test('a phrase is found where its words stand next to each other in one field', (t) => {
  const engine = opened(t);
  const anyText = fc.array(fc.constantFrom('flat', 'screen', 'tv', 'x'), { maxLength: 5 }).map((all) => all.join(' '));
  const anyListing = fc.record({
    title: anyText,
    brand: anyText,
    category: fc.array(anyText, { maxLength: 2 }).map((parts) => parts.join('/')),
    attributes: fc.array(anyText, { maxLength: 3 }).map((values) => ({ kind: values })),
    description: anyText,
  });
  const anyPhrase = fc.constantFrom('flat screen', 'screen flat', 'flat screen tv', 'flat flat', 'tv x tv');
  fc.assert(
    fc.property(fc.array(anyListing, { maxLength: 6 }), anyPhrase, (rows, phrase) => {
      const listings = rows.map((row, index) => listing(`id-${index}`, row));
      engine.clear();
      engine.apply(listings.map((each, position) => ({ id: each.id, position, content: JSON.stringify(each) })));
      const page = engine.search(queryFor([{ text: 'nothing', synonyms: [phrase] }]));
      const found = page.hits.map(({ content }) => (JSON.parse(content) as ListingDocument).id).sort();
      const isIn = (text: string) => ` ${text} `.includes(` ${phrase} `);
      const expected = listings.flatMap(({ id, title, brand, category, attributes, description }) => {
        const texts = [title, brand, ...category.split('/'), ...(attributes.kind ?? []), description];
        return texts.some(isIn) ? [id] : [];
      });
      assert.deepEqual(found, expected);
    }),
    { numRuns: 100 },
  );
});

test('what has no word is found by its synonyms, or not at all', (t) => {
  const engine = opened(t);
  engine.apply([{ id: 'a', position: 0, content: JSON.stringify(listing('a', { title: 'Anchor' })) }]);
  const totalOf = (synonyms: readonly string[]) => engine.search(queryFor([{ text: '!', synonyms }])).total;
  assert.deepEqual([totalOf(['anchor']), totalOf(['rope']), totalOf([])], [1, 0, 0]);
});

test('similar words are those that so many mistakes lead to', (t) => {
  const database = new SearchDatabase(fileFor(t));
  t.after(() => database.close());
  const tables = new SearchTables(database);
  const anyWord = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 4, maxLength: 11 });
  const anyEdit = fc.record({ at: fc.nat(12), kind: fc.constantFrom('miss', 'add', 'change', 'swap') });
  fc.assert(
    fc.property(anyWord, fc.array(fc.array(anyEdit, { maxLength: 3 }), { maxLength: 9 }), (word, edits) => {
      database.clear();
      const words = new Set(edits.map((all) => all.reduce(edited, word)));
      for (const each of words) if (each.length > 2) tables.putWord(each, padded(each));
      const mistakes = mistakesIn(word);
      const found = new Map(
        likeliestWords(tables, word, { mistakes, count: () => 1 }).map((each) => [each.word, each.mistakes]),
      );
      for (const each of words) {
        if (each.length < 3 || each === word) continue;
        const made = mistakesBetween(word, each);
        const told = found.get(each) ?? Infinity;
        if (made <= mistakes) assert.ok(told <= made, `${each} is found`);
        // A letter between two that are swapped is one more for the table, and none for us.
        if (told !== Infinity) assert.ok(told > 0 && told <= mistakes && made <= told + 1, `${each} is like it`);
      }
    }),
    { numRuns: 300 },
  );
});

test('one mistake is forgiven from four letters on, two from eight on, none with digits', () => {
  const words = ['cap', 'lamp', 'charger', 'headphone', 'x1000', 'lamp2', 'süße'];
  assert.deepEqual(words.map(mistakesIn), [0, 1, 1, 2, 0, 0, 1]);
});

test('the best of what is offered are a page of the sorted list', () => {
  const anyKeys = fc.array(fc.constantFrom(0, 1, 2, 2.5, -3), { maxLength: 120 });
  fc.assert(
    fc.property(anyKeys, fc.integer({ min: 1, max: 9 }), (keys, limit) => {
      // Ids in another order than slots.
      const ids = [...keys.keys()].map((slot) => `${(slot * 7) % 10}-${slot}`);
      const sorted = [...keys.keys()].sort((a, b) => keys[b]! - keys[a]! || (ids[a]! < ids[b]! ? -1 : 1));
      for (let from = 0; from <= sorted.length; from += limit) {
        const last = from === 0 ? undefined : sorted[from - 1]!;
        const after = last === undefined ? undefined : { key: keys[last]!, id: ids[last]! };
        const top = new TopSlots(ids, limit, after);
        for (const [slot, key] of keys.entries()) top.offer(slot, key);
        assert.deepEqual(
          top.take().map(({ slot }) => slot),
          sorted.slice(from, from + limit),
        );
      }
    }),
  );
});

test('words, stems of the language, and phrases alone are marked', () => {
  const sought: Sought = {
    words: new Set(['tv', 'wh1000']),
    stems: new Set(['tv', 'lamp']),
    phrases: [['flat', 'screen']],
  };
  const title = 'TV & flat <screens>, flat lamp; screen, WH-1000';
  const marks = (text: string | undefined) =>
    [...(text ?? '').matchAll(/<mark>(.*?)<\/mark>/g)].map(([, word]) => word);
  assert.deepEqual(marks(highlighted(title, sought, 'en')), ['TV', 'flat', 'screens', 'lamp', 'WH-1000']);
  assert.deepEqual(marks(highlighted(title, sought, undefined)), ['TV', 'WH-1000']);
  assert.match(highlighted(title, sought, 'en')!, /^<mark>TV<\/mark> &amp; <mark>flat<\/mark> &lt;<mark>screens</);
  assert.equal(highlighted('nothing', sought, 'en'), undefined);
});

test('words that are written together are marked for a part of them, where the language does so', () => {
  const sought: Sought = { words: new Set(['schuhe']), stems: new Set(['schuh']), phrases: [] };
  assert.equal(highlighted('Kinderschuhe', sought, 'de'), '<mark>Kinderschuhe</mark>');
  assert.equal(highlighted('Schuhregal', sought, 'de'), '<mark>Schuhregal</mark>');
  assert.equal(highlighted('Umschuhung', sought, 'de'), undefined);
  assert.equal(highlighted('Kinderschuhe', sought, 'en'), undefined);
});

test('an excerpt has what was found first, and whole words', () => {
  const sought: Sought = { words: new Set(['anchor']), stems: new Set(), phrases: [] };
  const filler = 'some more words '.repeat(40);
  const shown = excerpt(`${filler}an anchor ${filler}`, sought, undefined)!;
  assert.match(shown, /^…\w+ .*an <mark>anchor<\/mark> .*\w+…$/);
  assert.ok(shown.length < 300);
  assert.equal(excerpt('an anchor', sought, undefined), 'an <mark>anchor</mark>');
  const unbroken = excerpt(`${'漢'.repeat(500)} anchor ${'漢'.repeat(500)}`, sought, undefined)!;
  assert.ok(unbroken.includes('<mark>anchor</mark>') && unbroken.length < 400, unbroken);
});

function edited(word: string, { at, kind }: { at: number; kind: string }): string {
  const index = at % word.length;
  const [before, letter, after] = [word.slice(0, index), word.charAt(index), word.slice(index + 1)];
  if (kind === 'miss') return before + after || 'x';
  if (kind === 'add') return `${before}x${letter}${after}`;
  if (kind === 'change') return `${before}x${after}`;
  return before + after.slice(0, 1) + letter + after.slice(1);
}

/** Letters too many, missing, wrong or swapped with the next; the whole table. */
function mistakesBetween(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const wrong = table[i - 1]![j - 1]! + Number(a[i - 1] !== b[j - 1]);
      table[i]![j] = Math.min(wrong, table[i - 1]![j]! + 1, table[i]![j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        table[i]![j] = Math.min(table[i]![j]!, table[i - 2]![j - 2]! + 1);
      }
    }
  }
  return table[a.length]![b.length]!;
}

function opened(t: TestContext): Engine {
  const engine = new Engine(fileFor(t));
  engine.load();
  t.after(() => engine.close());
  return engine;
}

function fileFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-search-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'search.sqlite');
}
