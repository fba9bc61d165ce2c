// Words of a text and their stems, as the embedded search has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stemOf } from '../../../../views/search/embedded/stems.ts';
import { searchedWord, tokensOf } from '../../../../views/search/embedded/tokens.ts';

const wordsOf = (text: string) => tokensOf(text).map(({ raw }) => searchedWord(raw));

test('words are folded, and parted from what an apostrophe ties to them', () => {
  const texts: readonly (readonly [string, readonly string[]])[] = [
    ['Crème BRÛLÉE', ['creme', 'brulee']],
    ['Großer Bøf, Łódź', ['grosser', 'bof', 'lodz']],
    ["Men’s women's", ['men', 'women']],
    ["L'huile d'olive, dell'acqua, rock'n'roll", ['huile', 'olive', 'acqua', 'rocknroll']],
    ['3.5 mm, 1,000 pcs.', ['3.5', 'mm', '1,000', 'pcs']],
    ['漢字 и й', ['漢字', 'и', 'и']],
    [' -- !? \u0301', []],
  ];
  for (const [text, words] of texts) {
    assert.deepEqual(
      wordsOf(text).filter((word) => word !== ''),
      words,
      text,
    );
  }
});

test('what hyphens join is a word beside its parts', () => {
  assert.deepEqual(wordsOf('WH-1000XM4 t-shirt'), ['wh', '1000xm4', 'wh1000xm4', 't', 'shirt', 'tshirt']);
  assert.deepEqual(wordsOf('a - b, c -d'), ['a', 'b', 'c', 'd']);
  assert.deepEqual(wordsOf('jack-in-the-box'), ['jack', 'in', 'the', 'box']);
});

test('tokens are where they stand, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      let end = 0;
      for (const token of tokensOf(text)) {
        assert.equal(text.slice(token.start, token.end), token.raw);
        assert.ok(searchedWord(token.raw).length <= 40);
        if (token.isJoined) continue;
        assert.ok(token.start >= end);
        end = token.end;
      }
    }),
  );
});

test('stems bring forms together in their own language', () => {
  const forms: Readonly<Record<string, readonly (readonly string[])[]>> = {
    en: [
      ['battery', 'batteries'],
      ['run', 'running', 'runs'],
      ['dress', 'dresses'],
      ['lamp', 'lamps'],
    ],
    de: [
      ['schuh', 'schuhe', 'schuhen'],
      ['haus', 'hauser'],
      ['lampe', 'lampen'],
      ['rot', 'rote', 'roter', 'rotes'],
    ],
    fr: [
      ['chaussure', 'chaussures'],
      ['cheval', 'chevaux'],
      ['rouge', 'rouges'],
    ],
    es: [
      ['zapato', 'zapatos'],
      ['camion', 'camiones'],
      ['reloj', 'relojes'],
    ],
    it: [
      ['scarpa', 'scarpe'],
      ['borsa', 'borse'],
      ['rossi', 'rossa'],
    ],
    nl: [
      ['schoen', 'schoenen'],
      ['lamp', 'lampen'],
      ['boek', 'boeken'],
    ],
    pt: [
      ['sapato', 'sapatos'],
      ['vermelha', 'vermelhos'],
      ['telefone', 'telefones'],
    ],
  };
  for (const [language, groups] of Object.entries(forms)) {
    for (const words of groups) {
      assert.equal(new Set(words.map((word) => stemOf(word, language))).size, 1, `${language}: ${words.join(' ')}`);
    }
  }
  assert.equal(stemOf('lamps', 'xx'), 'lamps');
  assert.equal(stemOf('x1000s', 'en'), 'x1000s', 'what has digits is no word of a language');
});
