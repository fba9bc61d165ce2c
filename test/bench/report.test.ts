// What the bench says of results.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '../../bench/peer-result.ts';
import { latencyLines, latencyRows, problemLines, roundLine, table } from '../../bench/report.ts';

const result = (contender: string, ordersPerSecond: number, more: Partial<Result> = {}): Result => ({
  contender,
  orders: 1000,
  products: 10,
  load: 'uniform',
  seed: 1,
  ordersPerSecond,
  ordersPerCpuSecond: ordersPerSecond * 2,
  ordersPerCpuSecondRunning: ordersPerSecond * 3,
  peakRssMb: 100,
  problems: [],
  ...more,
});

const steady = { rate: 1000, p50ms: 1, p99ms: 2.25, p999ms: 3, behindMs: 4 };
const results = {
  ours: new Set(['ours', 'paid']),
  rounds: new Map([
    ['ours', [result('ours', 3000), result('ours', 1000), result('ours', 2000)]],
    ['peer', [result('peer', 1500), result('peer', 2000, { problems: ['an order is lost'] }), result('peer', 1000)]],
  ]),
  steady: [result('ours', 1000, steady), result('peer', 1000, { ...steady, problems: ['late'] })],
};

test('medians with their range, and the ratio of each round', () => {
  const [head, ours, peer] = table(results, true).map((line) => line.split(/ {3,}/));
  assert.deepEqual(head?.slice(0, 3), ['contender', 'orders/s: median [range]', 'the first to it, by round']);
  assert.deepEqual(ours?.slice(0, 2), ['ours', '2,000 [1,000 to 3,000]']);
  assert.deepEqual(peer?.slice(0, 4), ['peer', '1,500 [1,000 to 2,000]', '2.00  0.50  2.00', '3,000 [2,000 to 4,000]']);
});

test('what a client of a database takes of the processor is not held against it', () => {
  assert.equal(
    table(results, false).some((line) => line.includes('peer') && line.includes('3,000')),
    false,
  );
  assert.match(table(results, false).at(-1)!, /4,000 \[2,000 to 6,000\] orders a CPU second, 100 MB/);
});

test('of ours it is told what they take, the second beside the first', () => {
  const paid = [result('paid', 1000), result('paid', 500), result('paid', 800)];
  const rounds = new Map([...results.rounds, ['paid', paid]]);
  assert.match(
    table({ ...results, rounds }, false).at(-1)!,
    /^paid: 1,600 \[1,000 to 2,000\] orders a CPU second \(.*: 3.00 {2}2.00 {2}2.50\), 100 MB/,
  );
});

test('where orders are paid, latencies are to reserved and to placed', () => {
  const placed = { p50ms: 5, p99ms: 6, p999ms: 7 };
  const lines = latencyLines({ ...results, steady: [result('paid', 1000, { ...steady, placed })] });
  assert.match(lines[0]!, /^paid at 1,000 orders\/s: p50 1.0 ms/);
  assert.equal(lines[1], 'paid at 1,000 orders/s, to placed: p50 5.0 ms, p99 6.0 ms, p99.9 7.0 ms');
});

test('latencies of all rounds in a row for each contender and rate, to placed apart', () => {
  const placed = { p50ms: 5, p99ms: 6, p999ms: 7 };
  const runs = [1, 3, 2].map((p50ms) => result('paid', 1000, { ...steady, p50ms, placed }));
  const faster = result('paid', 1000, { ...steady, rate: 2000, behindMs: 9 });
  assert.deepEqual(latencyRows({ ...results, steady: [...runs, faster] }).slice(1), [
    ['paid at 1,000 orders/s', '2 [1 to 3]', '2.3 [2.3 to 2.3]', '3 [3 to 3]', '4'],
    ['paid at 1,000 orders/s, to placed', '5 [5 to 5]', '6 [6 to 6]', '7 [7 to 7]', '4'],
    ['paid at 2,000 orders/s', '1 [1 to 1]', '2.3 [2.3 to 2.3]', '3 [3 to 3]', '9'],
  ]);
});

test('latencies say how late the generator was', () => {
  assert.match(
    latencyLines(results)[0]!,
    /^ours at 1,000 orders\/s: p50 1.0 ms, p99 2.3 ms, p99.9 3.0 ms; .* 4 ms late/,
  );
});

test('a round says how much was refused, where that is known', () => {
  assert.match(
    roundLine(2, 'ours', result('ours', 1234, { refused: 0.125 })),
    /round 2 +ours +1,234 orders\/s, 12.5 %/,
  );
  assert.match(roundLine(2, 'ours', result('ours', 1234)), /orders\/s$/);
});

test('problems of every run, steady ones too', () => {
  assert.deepEqual(problemLines(results), ['peer: an order is lost', 'peer: late']);
});
