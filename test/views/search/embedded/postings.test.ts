// Lists of words: any writes leave what a plain map leaves, through cells that grow, split and empty.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../../base/random.ts';
import { EntriesBuilder, fieldBits } from '../../../../views/search/embedded/entries.ts';
import { PostingList, positionStride } from '../../../../views/search/embedded/posting-list.ts';
import { Postings } from '../../../../views/search/embedded/postings.ts';

type Word = readonly [word: number, fields: readonly (keyof typeof fieldBits)[]];

const list = new PostingList({ hasPositions: true });

test('any writes leave what a plain map leaves', () => {
  const anyField = fc.constantFrom('title', 'brand', 'category', 'attributes', 'description');
  const anyWord = fc.tuple(fc.nat(12), fc.array(anyField, { minLength: 1, maxLength: 9 }));
  const anyListing = fc.tuple(fc.nat(300), fc.array(anyWord, { maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(anyListing, { maxLength: 400, size: 'max' }), (writes) => {
      const { postings, model } = applied(writes);
      for (let word = 0; word <= 12; word++) assert.deepEqual(readAll(postings, word), expected(model, word));
    }),
    { numRuns: 200 },
  );
});

test('long lists change anywhere', () => {
  const random = seededRandom(7);
  const postings = new Postings();
  const held = new Map<number, Uint8Array>();
  const empty = new Uint8Array(0);
  const common = entriesOf([[3, ['title', 'description']]]);
  for (let step = 0; step < 60_000; step++) {
    const slot = random.int(30_000);
    // More come than go at first, and more go than come later.
    const entries = random.int(60_000) > step ? common : empty;
    postings.replace(slot, held.get(slot) ?? empty, entries);
    if (entries === empty) held.delete(slot);
    else held.set(slot, entries);
  }
  assert.equal(postings.count(3), held.size);
  postings.read(3, list);
  assert.deepEqual(
    [...list.slots.subarray(0, list.length)],
    [...held.keys()].sort((a, b) => a - b),
  );
  for (const [slot, entries] of held) postings.replace(slot, entries, empty);
  assert.deepEqual(readAll(postings, 3), []);
  const { unitsUsed } = postings.state.cells;
  for (let slot = 0; slot < held.size; slot++) postings.add(slot, common);
  assert.equal(postings.state.cells.unitsUsed, unitsUsed, 'what was let go is used again');
});

test('a word that was never added has no list', () => {
  const postings = new Postings();
  assert.equal(postings.count(1_000_000), 0);
  assert.deepEqual(readAll(postings, 1_000_000), []);
});

function applied(writes: readonly (readonly [slot: number, words: readonly Word[]])[]) {
  const postings = new Postings();
  const model = new Map<number, Map<number, readonly Word[1][number][]>>();
  const entries = new Map<number, Uint8Array>();
  for (const [slot, words] of writes) {
    const now = entriesOf(words);
    const before = entries.get(slot);
    if (before === undefined) postings.add(slot, now);
    else postings.replace(slot, before, now);
    entries.set(slot, now);
    const fields = new Map<number, Word[1][number][]>();
    for (const [word, of] of words) fields.set(word, [...(fields.get(word) ?? []), ...of]);
    model.set(slot, fields);
  }
  return { postings, model };
}

function expected(model: Map<number, Map<number, readonly Word[1][number][]>>, word: number) {
  return [...model]
    .flatMap(([slot, words]) => {
      const of = words.get(word);
      return of === undefined ? [] : [{ slot, fields: of.reduce((all, field) => all | fieldBits[field], 0), of }];
    })
    .sort((a, b) => a.slot - b.slot)
    .map(({ slot, fields, of }) => ({ slot, fields, positions: Math.min(7, of.length) }));
}

function readAll(postings: Postings, word: number) {
  postings.read(word, list);
  return Array.from({ length: list.length }, (_, index) => ({
    slot: list.slots[index],
    fields: list.fields[index],
    positions: list.positions[index * positionStride],
  }));
}

function entriesOf(words: readonly Word[]): Uint8Array {
  const builder = new EntriesBuilder();
  for (const [word, fields] of words) {
    fields.forEach((field, position) => {
      builder.add(word, fieldBits[field], position);
    });
  }
  return builder.take();
}
