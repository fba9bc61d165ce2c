// Texts as shoppers type them, and the terms that they become.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SynonymRule } from '../../../views/search/search-settings.ts';
import { longestText, mostTerms, Synonyms, understand } from '../../../views/search/understand.ts';
import { fold } from '../../../views/search/words.ts';

const rules: readonly SynonymRule[] = [
  { kind: 'equal', language: 'en', words: ['tv', 'television', 'telly'] },
  { kind: 'equal', language: 'en', words: ['laptop bag', 'notebook case'] },
  { kind: 'equal', language: 'en', words: ['laptop', 'notebook'] },
  { kind: 'equal', language: 'en', words: ['t-shirt', 'tee'] },
  { kind: 'one-way', language: 'en', from: 'painkiller', to: ['aspirin'] },
  { kind: 'equal', language: 'de', words: ['bücherregal', 'regal'] },
  { kind: 'equal', language: '', words: ['acme', 'acme ltd'] },
];
const synonyms = new Synonyms(rules);
const terms = (text: string, language = 'en') =>
  understand(text, language, synonyms).terms.map(({ text: word, synonyms: others }) => [word, ...others].join(' = '));

describe('a text is understood', () => {
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['as nothing if it is nothing', ' …! ', []],
    ['word by word', 'Red  SHOES,', ['red', 'shoes']],
    ['with letters of other widths', 'ｒｅｄ', ['red']],
    ['with numbers and apostrophes whole', 'men’s 3.5mm 1,5 L jack', ["men's", '3.5mm', '1,5', 'l', 'jack']],
    ['once for each word', 'red red RED', ['red']],
    ['without words that say nothing', 'a case for the phone', ['case', 'phone']],
    ['with them if there is nothing else', 'the the on', ['the', 'on']],
    ['with equal words', 'telly', ['telly = tv = television']],
    ['with equal words in other forms', 'televisions', ['televisions = tv = telly']],
    ['by the longest run of words', 'laptop bag', ['laptop bag = notebook case']],
    ['by a shorter run where the longer one ends', 'laptop stand', ['laptop = notebook', 'stand']],
    ['with words that a hyphen parts', 'T-Shirts', ['t shirts = tee']],
    ['one way', 'painkillers', ['painkillers = aspirin']],
    ['and not the other', 'aspirin', ['aspirin']],
    ['by the rules of all languages', 'acme', ['acme = acme ltd']],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.deepEqual(terms(text), expected));

  it('in its language', () => {
    assert.deepEqual(terms('Das Bücherregal', 'de'), ['bücherregal = regal']);
    assert.deepEqual(terms('bucherregal', 'de'), ['bucherregal = regal']);
    assert.deepEqual(terms('Das Bücherregal', 'xx'), ['das', 'bücherregal']);
    assert.deepEqual(terms('tv', 'de'), ['tv']);
  });

  it('whatever it is, within bounds, and the same when understood again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.constantFrom('en', 'de', 'xx'),
        (text, language) => {
          const understood = understand(text, language, synonyms);
          assert.ok(understood.terms.length <= mostTerms);
          assert.ok(understood.text.length <= 3 * longestText);
          for (const term of understood.terms) assert.match(term.text, /^[^\s]+( [^\s]+)*$/u);
        },
      ),
    );
    const words = fc.array(fc.constantFrom('laptop', 'bag', 'red', 'the', 'tv'), { maxLength: 8 });
    fc.assert(
      fc.property(words, (some) => {
        const first = understand(some.join(' , '), 'en', synonyms);
        assert.deepEqual(understand(first.text, 'en', synonyms), first);
      }),
    );
  });
});

it('letters are the same without their marks', () => {
  assert.equal(fold('Müller Straße ŒUVRE Smørrebrød Łódź'), 'muller strasse oeuvre smorrebrod lodz');
});
