// The tree of words: numbers, beginnings, words that are alike; each held against a plain list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { completions } from '../../../../views/search/embedded/completions.ts';
import { forgivenIn, similarWords } from '../../../../views/search/embedded/typos.ts';
import { Vocabulary } from '../../../../views/search/embedded/vocabulary.ts';

const anyWord = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '7'), minLength: 1, maxLength: 9 });
const anyWords = fc.array(anyWord, { maxLength: 60 });

test('a word has one number, by which it is found again', () => {
  fc.assert(
    fc.property(anyWords, anyWord, (words, other) => {
      const vocabulary = new Vocabulary();
      const numbers = new Map(words.map((word) => [word, vocabulary.add(word)]));
      assert.equal(new Set(numbers.values()).size, numbers.size);
      for (const [word, number] of numbers) {
        assert.equal(vocabulary.find(word), number);
        assert.equal(vocabulary.wordOf(number), word);
      }
      assert.equal(vocabulary.find(other), numbers.get(other) ?? -1);
      assert.deepEqual(new Set(vocabulary.fresh), new Set(numbers.values()));
    }),
  );
});

test('after a start numbers are as they were, and those that nobody has are given again', () => {
  const vocabulary = new Vocabulary();
  vocabulary.addWeight(2, 5);
  vocabulary.restore(2, 'lamp');
  vocabulary.restore(0, 'lap');
  vocabulary.reuseNumbers();
  assert.deepEqual([vocabulary.find('lamp'), vocabulary.find('lap')], [2, 0]);
  assert.deepEqual([vocabulary.add('new'), vocabulary.add('newer')], [1, 3]);
  assert.deepEqual([...completions(vocabulary, 'la')], [2], 'weights from before count');
});

test('a number that was given after the image was made is not given again', () => {
  const vocabulary = new Vocabulary();
  vocabulary.restore(3, 'lamp');
  vocabulary.reuseNumbers();
  const again = new Vocabulary(structuredClone(vocabulary.state));
  again.restore(1, 'lap');
  again.reuseNumbers();
  assert.deepEqual(new Set(['one', 'two', 'three'].map((word) => again.add(word))), new Set([0, 2, 4]));
});

test('completions are all words that begin so, the heavier first, while weights change', () => {
  const anySteps = fc.array(fc.tuple(anyWord, fc.integer({ min: -3, max: 5 }), anyWord), { maxLength: 60 });
  fc.assert(
    fc.property(anySteps, (steps) => {
      const vocabulary = new Vocabulary();
      const weights = new Map<number, number>();
      for (const [word, change, prefix] of steps) {
        const number = vocabulary.add(word);
        const weight = Math.max(0, (weights.get(number) ?? 0) + change);
        vocabulary.addWeight(number, weight - (weights.get(number) ?? 0));
        weights.set(number, weight);
        const expected = [...weights].filter(([each, of]) => of > 0 && vocabulary.wordOf(each).startsWith(prefix));
        const found = [...completions(vocabulary, prefix)];
        assert.deepEqual(found.toSorted(), expected.map(([each]) => each).toSorted());
        assert.deepEqual(
          found.map((each) => weights.get(each)),
          expected.map(([, of]) => of).sort((a, b) => b - a),
        );
      }
    }),
  );
});

test('similar words are those that so many mistakes lead to', () => {
  fc.assert(
    fc.property(
      anyWords,
      anyWord,
      fc.integer({ min: 1, max: 2 }),
      fc.boolean(),
      (words, word, mistakes, keepsFirstLetter) => {
        const vocabulary = new Vocabulary();
        for (const each of [...words, '/ab']) vocabulary.add(each);
        const found = similarWords(vocabulary, word, { mistakes, keepsFirstLetter });
        const told = new Map(found.map((each) => [vocabulary.wordOf(each.word), each.mistakes]));
        assert.equal(told.size, found.length);
        const expected = [...new Set(words)]
          .map((each) => [each, mistakesBetween(word, each)] as const)
          .filter(([each, count]) => count > 0 && count <= mistakes && !each.includes('7'))
          .filter(([each]) => !keepsFirstLetter || each[0] === word[0]);
        assert.deepEqual([...told].sort(), expected.sort());
      },
    ),
    { numRuns: 300 },
  );
});

test('one mistake is forgiven from four letters on, two from eight on, none with digits', () => {
  const words = ['cap', 'lamp', 'charger', 'headphone', 'x1000', 'lamp2', 'süße'];
  assert.deepEqual(words.map(forgivenIn), [0, 1, 1, 2, 0, 0, 1]);
});

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
