// The orders that contenders get.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loads, stocksOf, type WorkloadOptions, workload } from '../../bench/workload.ts';

const options: WorkloadOptions = { orders: 20_000, products: 1000, load: 'uniform', seed: 1 };
const like = 'kafka-streams';

for (const load of loads) {
  test(`${load}: as much stock as the peer expects to be asked for, which is about what is asked for`, () => {
    const peer: WorkloadOptions = { ...options, load, like, duplicateShare: 0 };
    const units = stocksOf(peer);
    const asked = new Map<number, number>();
    let lines = 0;
    for (const order of workload(peer)) {
      lines += order.lines.length;
      for (const { product, quantity } of order.lines) asked.set(product, (asked.get(product) ?? 0) + quantity);
    }
    // A product that is drawn twice for one order is one line of ours.
    const merged = { uniform: 0, zipf: 0.1, hot: 0.4 }[load];
    const mean = lines / peer.orders;
    assert.ok(mean > 1.97 - merged && mean < 2.01, `${mean} lines an order`);
    const stocked = Array.from({ length: peer.products }, (_, product) => units(product)).reduce((a, b) => a + b);
    const wanted = [...asked.values()].reduce((a, b) => a + b);
    assert.ok(stocked / wanted > 0.98 && stocked / wanted < 1.25, `${stocked} units for ${wanted}`);
    // The most popular product gets its share, not everybody's.
    const share = units(0) / (asked.get(0) ?? 0);
    assert.ok(share > 0.8 && share < 1.35, `${units(0)} units of product 0 for ${asked.get(0)}`);
  });
}

test('orders have no more lines than is asked for, and with many products as many', () => {
  const countsOf = (minLines: number, maxLines: number) => {
    const orders = workload({ ...options, products: 1_000_000, minLines, maxLines });
    return [...new Set([...orders].map(({ lines }) => lines.length))].sort();
  };
  assert.deepEqual(countsOf(1, 1), [1]);
  assert.deepEqual(countsOf(1, 5), [1, 2, 3, 4, 5]);
  assert.deepEqual(countsOf(5, 5).at(-1), 5);
});

test('the same for the same seed, and one order in a hundred comes twice', () => {
  for (const each of [options, { ...options, like } as const]) {
    const orders = [...workload(each)];
    assert.deepEqual([...workload(each)], orders);
    assert.equal(new Set(orders.map(({ id }) => id)).size, each.orders);
    const twice = orders.length / each.orders - 1;
    assert.ok(twice > 0.007 && twice < 0.013, `${twice} come twice`);
  }
});
