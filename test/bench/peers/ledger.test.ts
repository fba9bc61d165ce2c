// The bookkeeping that tells whether a peer answered rightly: a fault of each kind is found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../../bench/peers/ledger.ts';
import { stockOf, type WorkloadOrder } from '../../../bench/workload.ts';

const options = { orders: 2, products: 20, load: 'uniform', seed: 1 } as const;
const scarce = 19;
const first: WorkloadOrder = { id: 1, lines: [{ product: 0, quantity: 2 }] };
const second: WorkloadOrder = { id: 2, lines: [{ product: scarce, quantity: 3 }] };
const takenOf = (taken: Record<number, number>) => (product: number) => taken[product] ?? 0;

test('an answer an order, the same again for one that comes twice, and what was sold was taken', () => {
  const ledger = new Ledger();
  for (const order of [first, second, first]) ledger.note(order, order === second ? 'rejected' : 'reserved');
  assert.deepEqual(ledger.problems(options, takenOf({ 0: 2 })), []);
  assert.equal(ledger.refused, 0.5);
});

test('an order without an answer, with two of them, or with another word', () => {
  const ledger = new Ledger();
  ledger.note(first, 'reserved');
  ledger.note(first, 'rejected');
  ledger.note(second, undefined);
  assert.deepEqual(ledger.problems(options, takenOf({ 0: 2 })), [
    'order 1 was reserved, then rejected',
    'order 2: undefined',
    '1 orders were answered, not 2',
  ]);
});

test('more is given away than there was, or than was sold', () => {
  const ledger = new Ledger();
  ledger.note(first, 'reserved');
  ledger.note(second, 'reserved');
  const [stock, taken] = [stockOf(scarce), stockOf(scarce) + 1];
  assert.deepEqual(ledger.problems(options, takenOf({ 0: 1, [scarce]: taken })), [
    'product 0 gave 1 away, its orders have 2',
    `product ${scarce} is oversold: ${taken} of ${stock}`,
    `product ${scarce} gave ${taken} away, its orders have 3`,
  ]);
});
