// Work that is asked in one turn of the event loop is one transaction, and each asker hears of its own alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turn } from '../../base/turn.ts';

/** A store of words whose transactions are all or nothing. */
function store({ commit = () => {} } = {}) {
  let words: string[] = [];
  let transactions = 0;
  const turn = new Turn((work) => {
    const before = [...words];
    transactions++;
    try {
      work();
      commit();
    } catch (error) {
      words = before;
      throw error;
    }
  });
  const put = (word: string) =>
    turn.run(() => {
      words.push(word);
      if (word === 'bad') throw new Error('bad');
      return word.length;
    });
  return { turn, put, words: () => words, transactions: () => transactions };
}

test('what is asked in one turn is one transaction, and the next turn another', async () => {
  const { put, words, transactions } = store();
  assert.deepEqual(await Promise.all([put('a'), put('bc')]), [1, 2]);
  assert.equal(transactions(), 1);
  await put('d');
  assert.deepEqual([words(), transactions()], [['a', 'bc', 'd'], 2]);
});

test('work that fails undoes nothing of the others, which are done once', async () => {
  const { put, words } = store();
  const results = await Promise.allSettled([put('a'), put('bad'), put('b')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(words(), ['a', 'b']);
});

test('a transaction that fails fails for all of its turn, at once', async () => {
  const { put, words, transactions } = store({
    commit: () => {
      throw new Error('the disk is full');
    },
  });
  const results = await Promise.allSettled([put('a'), put('b')]);
  assert.deepEqual(
    results.map((result) => result.status === 'rejected' && result.reason.message),
    ['the disk is full', 'the disk is full'],
  );
  assert.deepEqual([words(), transactions()], [[], 1]);
});

test('it is settled when all that was asked is written', async () => {
  const { turn, put, words } = store();
  await turn.settled();
  void put('a');
  await turn.settled();
  assert.deepEqual(words(), ['a']);
});
