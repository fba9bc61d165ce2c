// How a customer is called where others read it, and which words of a list are found in a text.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rudeWords, wordFinder } from '../../gateway/review-words.ts';
import { shownName } from '../../gateway/shown-name.ts';

describe('a customer is called', () => {
  for (const [name, shown] of [
    ['Ada Lovelace', 'Ada L.'],
    ['  Ada   King  Lovelace ', 'Ada L.'],
    ['Ada', 'Ada'],
    ['Ádám Ősz', 'Ádám Ő.'],
    ['Jean-Luc d’Artagnan', 'Jean-Luc D.'],
    ['李 雷', '李 雷.'],
    ['ada@shop.example', 'Customer'],
    ['ada.l', 'Customer'],
    ['4711', 'Customer'],
    ['', 'Customer'],
    ['X'.repeat(500), 'X'.repeat(30)],
  ] as const) {
    test(`${name.slice(0, 30)}: ${shown.slice(0, 30)}`, () => {
      assert.equal(shownName({ name, email: 'Ada.L@shop.example' }), shown);
    });
  }
});

describe('words', () => {
  const isRude = wordFinder(rudeWords);
  for (const text of [
    'What a shit lamp',
    'FUCKING expensive',
    'sh1t',
    'fuuuuuck this',
    'Scheiße!',
    'b!tch or bítch',
    '$hit',
  ]) {
    test(`are found in: ${text}`, () => assert.ok(isRude(text)));
  }
  for (const text of ['A lamp from Scunthorpe', 'It shifts', 'The cockpit is fine', 'Mishit', '']) {
    test(`are not found in: ${text}`, () => assert.ok(!isRude(text)));
  }
  test('are those of the list', () => {
    const find = wordFinder(['Competitor']);
    assert.ok(find('buy it from COMPETITOR'));
    assert.ok(!find('a shit lamp'));
    assert.ok(!wordFinder([])('anything'));
  });
});
