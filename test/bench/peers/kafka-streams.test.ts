// The Kafka Streams peer is another program: here a script stands in for it that prints what it would, and what it was asked.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { catchUp, keepUp } from '../../../bench/peers/kafka-streams.ts';

const workload = { orders: 1000, products: 10, load: 'zipf', seed: 1 } as const;
const check = { ok: true, missing: 0, repeated: 0, rejected: 120, oversoldProducts: 0, wrongProducts: 0 };
const line = {
  complete: true,
  ordersPerSec: 2292.526,
  ordersPerAppCpuSec: 2018.163,
  ordersPerAppCpuSecSinceRunning: 3407.155,
  appPeakRssMB: 480.59,
  check,
};

function script(t: TestContext, body: string) {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-peer-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const [path, asked] = [join(directory, 'run'), join(directory, 'asked')];
  writeFileSync(path, `#!/bin/sh\necho "$@" > '${asked}'\n${body}\n`, { mode: 0o755 });
  const peer = { script: path, guarantee: 'exactly once' } as const;
  return { ...peer, asked: () => readFileSync(asked, 'utf8').trim() };
}

test('its line of JSON becomes a result', async (t) => {
  const peer = script(t, `echo 'some log line'; echo '${JSON.stringify(line)}'`);
  assert.deepEqual(await catchUp(peer, workload), {
    ...workload,
    contender: 'kafka streams',
    ordersPerSecond: 2293,
    ordersPerCpuSecond: 2018,
    ordersPerCpuSecondRunning: 3407,
    peakRssMb: 481,
    refused: 0.12,
    problems: [],
  });
  const asked = 'catchup --orders=1000 --products=10 --dist=zipf --zipf=1.1 --duplicates=0.01';
  assert.equal(peer.asked(), asked);
});

test('at least once it is told so, and named so', async (t) => {
  const peer = script(t, `echo '${JSON.stringify(line)}'`);
  const { contender } = await catchUp({ ...peer, guarantee: 'at least once' }, workload);
  assert.equal(contender, 'kafka streams, at least once');
  assert.match(peer.asked(), / --guarantee=at_least_once --streams=producer\.linger\.ms=0$/);
});

test('a broker that does not know its topics yet is tried once more', async (t) => {
  const first = `[ -e "$0.tried" ] || { touch "$0.tried"; echo UnknownTopicOrPartitionException >&2; exit 1; }`;
  const peer = script(t, `${first}; echo '${JSON.stringify(line)}'`);
  assert.equal((await catchUp(peer, workload)).ordersPerSecond, 2293);
});

test('at a steady rate it gets as many orders as ours', async (t) => {
  const latencies = { p50ms: 1.5, p99ms: 2.5, p999ms: 3.5 };
  const peer = script(t, `echo '${JSON.stringify({ ...line, ...latencies, generatorBehindMs: 4.4 })}'`);
  const result = await keepUp(peer, workload, { rate: 100, seconds: 20, warmup: 10 });
  assert.partialDeepStrictEqual(result, { ...latencies, orders: 3000, rate: 100, behindMs: 4, refused: 0.04 });
  assert.match(peer.asked(), /^steady --rate=100 --seconds=20 --warmup=10 --products=10 /);
});

test('a check that fails is a problem, even though the script then fails too', async (t) => {
  const wrong = { ...line, check: { ...check, ok: false, missing: 3 } };
  const peer = script(t, `echo '${JSON.stringify(wrong)}'; exit 1`);
  const { problems } = await catchUp(peer, workload);
  assert.match(problems.join(), /^3 orders were not answered/);
});

test('a script that prints nothing fails with what it said', async (t) => {
  const peer = script(t, `echo 'no broker' >&2; exit 3`);
  await assert.rejects(catchUp(peer, workload), /catchup --orders=1000 [\s\S]*ended with 3: no broker/);
});
