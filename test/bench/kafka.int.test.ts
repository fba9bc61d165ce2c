// The bench on a real Kafka, small: it checks what the shop did, and leaves no topics.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { openKafkaLog } from '../../log/kafka/kafka-log.ts';
import { eventually } from '../e2e/server.ts';
import { services } from '../services.ts';

const bench = fileURLToPath(new URL('../../bench/bench.ts', import.meta.url));
const run = fileURLToPath(new URL('../../bench/stockstream-run.ts', import.meta.url));
const small = ['--log', 'kafka', '--brokers', services.brokers, '--orders', '2000', '--products', '100'];

/** Of any run of the bench. */
async function topicsOfRuns(): Promise<string[]> {
  const { brokers } = services;
  const log = await openKafkaLog({
    clock: systemClock,
    random: systemRandom,
    brokers: brokers.split(','),
    prefix: 'bench-',
  });
  const topics = await log.admin.describeTopics();
  await log.close();
  return topics.map(({ name }) => name).sort();
}

/** Brokers forget a deleted topic a moment after its deletion is answered. */
async function sameTopicsAs(before: readonly string[]): Promise<void> {
  await eventually(topicsOfRuns, (topics) => topics.every((name) => before.includes(name)), 10);
}

test('every order is answered once, products balance, and no topic is left', async () => {
  const before = await topicsOfRuns();
  const latencies = ['--rate', '200', '--seconds', '2', '--warmup', '1'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...[bench, ...small, ...latencies, '--rounds', '1', '--threads', '2', '--json'],
  ]);
  assert.match(stderr, /LEFT OUT: kafka streams/);
  const { results, steady, leftOut } = JSON.parse(stdout);
  assert.deepEqual(Object.keys(leftOut), ['kafka streams', 'kafka streams, at least once']);
  const [round] = results['stockstream kafka'];
  assert.partialDeepStrictEqual(round, { orders: 2000, problems: [] });
  assert.ok(round.ordersPerSecond > 0 && round.ordersPerCpuSecondRunning > round.ordersPerCpuSecond);
  const [unguarded] = results['stockstream kafka, at least once'];
  assert.partialDeepStrictEqual(unguarded, { orders: 2000, problems: [] });
  assert.partialDeepStrictEqual(steady, [
    { contender: 'stockstream kafka', orders: 600, rate: 200, problems: [] },
    { contender: 'stockstream kafka, at least once', orders: 600, rate: 200, problems: [] },
  ]);
  const [{ p50ms, p99ms, p999ms, refused }] = steady;
  assert.ok(p50ms > 0 && p50ms <= p99ms && p99ms <= p999ms, `${p50ms}, ${p99ms}, ${p999ms} ms`);
  assert.ok(refused > 0 && refused < 1, `${refused} refused`);
  await sameTopicsAs(before);
});

test('a run that is stopped leaves no topic', async () => {
  const before = await topicsOfRuns();
  const child = spawn(process.execPath, [run, ...small, '--rate', '100', '--seconds', '600'], { stdio: 'pipe' });
  const ended = once(child, 'exit');
  await eventually(topicsOfRuns, (topics) => topics.length > before.length, 30);
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [1, null]);
  await sameTopicsAs(before);
});
