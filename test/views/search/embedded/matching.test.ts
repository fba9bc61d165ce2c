// Phrases, pages, highlights: each held against the plain way of telling the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ListingAnalyser } from '../../../../views/search/embedded/analyse-listing.ts';
import { Expander } from '../../../../views/search/embedded/expand.ts';
import { factsOf } from '../../../../views/search/embedded/facts.ts';
import { excerpt, highlighted, type Sought } from '../../../../views/search/embedded/highlight.ts';
import { Ids } from '../../../../views/search/embedded/ids.ts';
import { MemoryIndex } from '../../../../views/search/embedded/memory-index.ts';
import { PhraseFinder } from '../../../../views/search/embedded/phrase.ts';
import { TopSlots } from '../../../../views/search/embedded/top-slots.ts';
import type { ListingDocument } from '../../../../views/search/search.ts';
import { listing } from '../../../conformance/search-listings.ts';

const noWords = new Uint8Array(0);

test('a phrase is found where its words stand next to each other in one field', () => {
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
      // What occurs more often isn't remembered each time.
      fc.pre(rows.every((row) => ['flat', 'screen', 'tv', 'x'].every((word) => occurrences(row, word) <= 7)));
      const listings = rows.map((row, slot) => listing(`id-${slot}`, row));
      const index = indexOf(listings);
      const found = slotsWith(index, phrase);
      const isIn = (text: string) => ` ${text} `.includes(` ${phrase} `);
      const expected = listings.flatMap(({ title, brand, category, attributes, description }, slot) => {
        const texts = [title, brand, ...category.split('/'), ...(attributes.kind ?? []), description];
        return texts.some(isIn) ? [slot] : [];
      });
      assert.deepEqual(found, expected);
    }),
    { numRuns: 300 },
  );
});

test('a word that occurs too often to be remembered each time is still found', () => {
  const description = `${'screen '.repeat(300)}flat screen`;
  const index = indexOf([listing('a', { description }), listing('b', { title: 'Flat screen' })]);
  assert.deepEqual(slotsWith(index, 'screen'), [0, 1]);
  assert.deepEqual(slotsWith(index, 'flat screen'), [1], 'but not beside others where it was forgotten');
});

test('the best of what is offered are a page of the sorted list', () => {
  const anyKeys = fc.array(fc.constantFrom(0, 1, 2, 2.5, -3), { maxLength: 40 });
  fc.assert(
    fc.property(anyKeys, fc.integer({ min: 1, max: 9 }), (keys, limit) => {
      const ids = new Ids();
      // Ids in another order than slots.
      for (const slot of keys.keys()) ids.add(`${(slot * 7) % 10}-${slot}`);
      const sorted = [...keys.keys()].sort((a, b) => keys[b]! - keys[a]! || (ids.idOf(a) < ids.idOf(b) ? -1 : 1));
      for (let from = 0; from <= sorted.length; from += limit) {
        const last = from === 0 ? undefined : sorted[from - 1]!;
        const after = last === undefined ? undefined : { key: keys[last]!, id: ids.idOf(last) };
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

function slotsWith(index: MemoryIndex, phrase: string): number[] {
  const expander = new Expander(index, 'en');
  const finder = new PhraseFinder(index);
  finder.find(phrase.split(' ').map((word) => expander.forms(word)));
  return [...finder.slots.subarray(0, finder.length)].sort((a, b) => a - b);
}

function occurrences(of: object, word: string): number {
  return JSON.stringify(of).split(new RegExp(`\\b${word}\\b`)).length - 1;
}

function indexOf(listings: readonly ListingDocument[]): MemoryIndex {
  const index = new MemoryIndex();
  const analyser = new ListingAnalyser(index.vocabulary);
  for (const [slot, each] of listings.entries()) {
    const { entries, titleLength } = analyser.analyse(each);
    const words = { before: noWords, now: entries, hash: 0 };
    index.change({ slot, id: each.id, position: slot, facts: factsOf(each, titleLength), words });
  }
  return index;
}
