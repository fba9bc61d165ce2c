// A run of the shop on the embedded log, small, with other counts of partitions and of lines than usual: every order is
// answered once and products balance.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOurs } from '../../bench/contenders.ts';

const small = { orders: 500, products: 50, load: 'hot', seed: 3 } as const;

test('one partition, orders of one line', async () => {
  const result = await runOurs({ ...small, minLines: 1, maxLines: 1 }, '--partitions', '1');
  assert.partialDeepStrictEqual(result, { orders: 500, minLines: 1, maxLines: 1, problems: [] });
});

test('eleven partitions, orders of up to five lines', async () => {
  const result = await runOurs({ ...small, maxLines: 5 }, '--partitions', '11');
  assert.partialDeepStrictEqual(result, { orders: 500, minLines: 1, maxLines: 5, problems: [] });
});
