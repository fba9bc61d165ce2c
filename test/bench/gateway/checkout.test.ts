// The check of checkouts: a fault of each kind is found. And what `bench gateway` refuses on its command line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FlagError } from '../../../bench/flags.ts';
import { CheckoutAnswers } from '../../../bench/gateway/checkout.ts';
import { readGatewayOptions } from '../../../bench/gateway/options.ts';
import { linesOfProduct, stockLines } from '../../../bench/gateway/stock-import.ts';
import type { WorkloadOrder } from '../../../bench/workload.ts';

const orders: WorkloadOrder[] = [1, 2].map((id) => ({ id, lines: [{ product: 7, quantity: id }] }));
const [first, second] = orders as [WorkloadOrder, WorkloadOrder];
const answer = (orderId: string, quantity: number, status = 'reserved') =>
  JSON.stringify({ orderId, status, lines: [{ productId: 'row-0000007', quantity }] });

test('each order answered, one that comes twice with the same id, or as busy', () => {
  const answers = new CheckoutAnswers('decided');
  answers.note(first, 201, answer('a', 1));
  answers.note(second, 201, answer('b', 2));
  answers.note(first, 201, answer('a', 1));
  answers.note(second, 409, '{"code":"idempotency_key_busy"}');
  assert.deepEqual(answers.problems([first, second, first, second]), []);
});

describe('found is', () => {
  const wrong: [what: string, status: number, body: string, problem: RegExp][] = [
    ['another status', 202, answer('b', 2), /^202 /],
    ['an order of other lines', 201, answer('b', 3), /^order 2 is 3 row-0000007, not 2 row-0000007$/],
    ['an order that was refused', 201, answer('b', 2, 'rejected'), /^order 2 is rejected$/],
    ['an id that is used twice', 201, answer('a', 2), /^2 orders have 1 ids, not 2$/],
    ['an order that is only busy', 409, '{"code":"idempotency_key_busy"}', /^1 orders have 1 ids, not 2$/],
  ];
  for (const [what, status, body, problem] of wrong) {
    test(what, () => {
      const answers = new CheckoutAnswers('decided');
      answers.note(first, 201, answer('a', 1));
      answers.note(second, status, body);
      assert.match(answers.problems(orders)[0] ?? '', problem);
    });
  }

  test('an order that was taken twice', () => {
    const answers = new CheckoutAnswers('safe');
    answers.note(first, 202, answer('a', 1, 'created'));
    answers.note(first, 202, answer('b', 1, 'created'));
    assert.deepEqual(answers.problems([first, first]), ['order 1 was taken twice: a, b']);
  });

  test('a request without an answer', () => {
    const answers = new CheckoutAnswers('safe');
    answers.note(first, 202, answer('a', 1, 'created'));
    assert.deepEqual(answers.problems([first, first]), ['1 requests were answered, not 2']);
  });
});

test('changes of stock are over all products in turn', () => {
  const given = { rows: 7, products: 3 };
  const asked = [...stockLines(given)].map((line) => JSON.parse(line).productId);
  const counts = [0, 1, 2].map((product) => asked.filter((id) => id === `row-000000${product}`).length);
  assert.deepEqual(counts, [3, 2, 2]);
  assert.deepEqual(
    [0, 1, 2].map((product) => linesOfProduct(product, given)),
    counts,
  );
});

describe('a wrong flag is named:', () => {
  const wrong: [args: string[], message: string][] = [
    [['--connections', '4,0'], '--connections 0: give a whole number from 1 to 1000'],
    [['--connections', '4,4'], '--connections 4,4: give each once'],
    [['--rows', '10', '--products', '20'], '--rows 10: give a whole number from 20 to 10000000'],
    [['--load', 'flat'], '--load flat: give one of uniform, zipf, hot'],
  ];
  for (const [args, message] of wrong) {
    test(args.join(' '), () => {
      assert.throws(() => readGatewayOptions(args), new FlagError(message));
    });
  }
});
