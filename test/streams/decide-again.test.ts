// Replays that begin anywhere, and the past decided again by today's code: the same code decides the same, wherever it
// begins; another rule changes what follows from it, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TaskKeys } from '../../state/keys.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { progressKey, progressStore } from '../../state/task-state.ts';
import { commitRecords, committers, momentOf } from '../../streams/commit-history.ts';
import { type DecidedCommit, decideAgain } from '../../streams/decide-again.ts';
import { DecisionDiff } from '../../streams/decision-diff.ts';
import { topologyNames } from '../../streams/names.ts';
import { type ReplayBase, replayTask } from '../../streams/replay.ts';
import type { Topology } from '../../streams/topology.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { play, relay, relayBench, relayTopology, steps } from './relay.ts';

const appId = 'driver';
const names = topologyNames(appId, 'relay');
type Bench = Awaited<ReturnType<typeof relayBench>>;

function partsOf({ log, clock }: Bench, topology = relayTopology()) {
  return { log, clock, topology, appId, deadLetters: relay.deadLetters };
}

/** The state of each task as it stood before a moment. */
function baseBefore(bench: Bench, moment: number): ReplayBase {
  return async ({ store, id, partition }) => {
    let before = 0;
    for await (const { now } of commitRecords({ log: bench.log, names, partition })) if (now < moment) before++;
    if (before === 0) return undefined;
    for await (const { record } of replayTask({ ...partsOf(bench), store, partition }))
      if (record.commit === before) break;
    const [bytes] = await store.getMany([new TaskKeys(id).entry(progressStore.name, progressKey)]);
    return bytes && progressStore.serde.decode(bytes);
  };
}

/** Of all commits. */
async function momentsOf({ log }: Bench): Promise<number[]> {
  const moments: number[] = [];
  for (let partition = 0; partition < relay.wishes.partitions; partition++) {
    for await (const { now } of commitRecords({ log, names, partition })) moments.push(now);
  }
  return moments.sort((a, b) => a - b);
}

async function decide(bench: Bench, topology: Topology, more: { base?: ReplayBase; from?: number } = {}) {
  const { from = 0, ...rest } = more;
  const producers = await committers({ log: bench.log, names, topology });
  const diff = await DecisionDiff.open({ log: bench.log, outputs: topology.outputs, producers, from, limit: 100 });
  const store = memoryStore(new MemoryDisk());
  const commits: DecidedCommit[] = [];
  const options = { ...partsOf(bench, topology), store, codeVersion: 'test', ...rest };
  for await (const commit of decideAgain(options)) {
    diff.take(commit);
    commits.push(commit);
  }
  return { report: await diff.report(), appended: diff.appended(), commits };
}

test('a replay from any moment and on any base gives the same bytes as the log has', () =>
  fc.assert(
    fc.asyncProperty(steps, fc.double({ min: 0, max: 1, noNaN: true }), async (all, where) => {
      const bench = await relayBench();
      await play(bench.driver, all);
      const moments = await momentsOf(bench);
      const from = moments[Math.floor((moments.length - 1) * where)]!;
      const whole = await verifyReplay({ ...partsOf(bench), from }, async () => memoryStore());
      assert.deepEqual(whole.differences, []);
      assert.equal(whole.commits, moments.filter((now) => now >= from).length);
      for (let partition = 0; partition < relay.wishes.partitions; partition++) {
        const bytes = async (base?: ReplayBase) => {
          const found: string[] = [];
          for await (const { record, outputs } of replayTask({
            ...partsOf(bench),
            store: memoryStore(),
            partition,
            base,
          })) {
            if (record.now >= from) for (const { batch } of outputs) found.push(batch.bytes.toString('hex'));
          }
          return found;
        };
        assert.deepEqual(await bytes(baseBefore(bench, from)), await bytes());
      }
      await bench.close();
    }),
    { numRuns: 40 },
  ));

test('the same code decides the same again, from the beginning and on a base', () =>
  fc.assert(
    fc.asyncProperty(steps, fc.double({ min: 0, max: 1, noNaN: true }), async (all, where) => {
      const bench = await relayBench();
      await play(bench.driver, all);
      const whole = await decide(bench, relayTopology());
      assert.deepEqual(whole.report.differences, []);
      assert.ok(whole.report.compared > 0 || all.every((step) => 'pass' in step));
      const moments = await momentsOf(bench);
      assert.equal(whole.commits.length, moments.length);
      const from = moments[Math.floor((moments.length - 1) * where)]!;
      const based = await decide(bench, relayTopology(), { from, base: baseBefore(bench, from) });
      assert.deepEqual(based.report.differences, []);
      assert.equal(based.commits.length, moments.filter((now) => now >= from).length);
      await bench.close();
    }),
    { numRuns: 60 },
  ));

test('another rule changes what follows from it, and the difference tells what', async () => {
  const bench = await relayBench();
  await play(bench.driver, [
    { key: 'ada', wish: { type: 'earn', amount: 9 } },
    { pass: 5 },
    { key: 'bob', wish: { type: 'ask', from: 'ada', amount: 8 } },
    { key: 'cy', wish: { type: 'ask', from: 'ada', amount: 3 } },
    { pass: 5 },
    { pass: 5_000 },
    { key: 'dot', wish: { type: 'earn', amount: 1 } },
  ]);
  const { report, appended } = await decide(bench, relayTopology({ most: 5 }));
  const told = report.differences.filter(({ topic }) => topic === 'told').map(({ key, kind }) => [key, kind]);
  assert.deepEqual(told.sort(), [
    ['ada', 'Lent -> Refused'],
    ['ada', 'Refused -> Lent'],
    ['bob', 'Got -> GaveUp'],
    ['cy', 'GaveUp -> Got'],
  ]);
  assert.deepEqual(report.counts['told: Lent -> Refused'], 1);
  assert.ok(appended.get('told')! > 0 && appended.get('answers')! > 0);
  const ada = report.differences.find(({ topic }) => topic === 'purses-now');
  assert.deepEqual([ada?.key, ada?.before, ada?.after], ['ada', { sum: 1, asked: 0 }, { sum: 6, asked: 0 }]);
  await bench.close();
});

test('what is decided by another rule keeps to it, and loses nothing', () =>
  fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 9 }), async (all, most) => {
      const bench = await relayBench();
      await play(bench.driver, all);
      const { commits } = await decide(bench, relayTopology({ most }));
      const sums = new Map<string, number>();
      for (const { outputs } of commits) {
        for (const { topic, batch } of outputs) {
          for (const { key, value } of topic === 'told' ? batch.records() : []) {
            const { type, amount } = relay.told.serde.decode(value!).event;
            if (type === 'Lent') assert.ok(amount <= most);
            const change = type === 'Earned' || type === 'Got' ? amount : type === 'Lent' ? -amount : 0;
            sums.set(`${key}`, (sums.get(`${key}`) ?? 0) + change);
          }
        }
      }
      const earned = all.reduce(
        (sum, step) => sum + ('wish' in step && step.wish.type === 'earn' ? step.wish.amount : 0),
        0,
      );
      assert.equal(
        [...sums.values()].reduce((sum, each) => sum + each, 0),
        earned,
      );
      for (const sum of sums.values()) assert.ok(sum >= 0);
      await bench.close();
    }),
    { numRuns: 40 },
  ));

test('a place in the history is a moment; one that the log does not have is told', async () => {
  const bench = await relayBench();
  const start = bench.clock.now();
  await play(bench.driver, [
    { key: 'ada', wish: { type: 'earn', amount: 9 } },
    { pass: 5 },
    { key: 'ada', wish: { type: 'earn', amount: 1 } },
    { pass: 0 },
  ]);
  const history = { log: bench.log, topology: relayTopology(), names };
  const { partition } = (await decide(bench, relayTopology())).commits[0]!;
  const input = { type: 'input', topic: 'wishes', partition, offset: 1 } as const;
  assert.equal(await momentOf(history, input), start + 5);
  assert.equal(await momentOf(history, { type: 'commit', offset: 0 }), start + 5);
  await assert.rejects(momentOf(history, { ...input, offset: 99 }), { code: 'REPLAY_POINT_UNKNOWN' });
  await assert.rejects(momentOf(history, { ...input, topic: 'told' }), { code: 'REPLAY_POINT_UNKNOWN' });
  await assert.rejects(momentOf(history, { type: 'commit', offset: 99 }), { code: 'REPLAY_POINT_UNKNOWN' });
  await bench.close();
});
