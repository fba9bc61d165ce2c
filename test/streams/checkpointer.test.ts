// When checkpoints are taken and dropped: at the interval, on command, only where there is news, and never the newest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { seededRandom } from '../../base/random.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Log } from '../../log/log.ts';
import { writePosition } from '../../state/changelog.ts';
import { checkpointId, folderOf, manifestName } from '../../state/checkpoint-manifest.ts';
import { dropOldCheckpoints } from '../../state/checkpoint-retention.ts';
import { type CheckpointFiles, memoryCheckpoints } from '../../state/checkpoints/memory/memory-checkpoints.ts';
import { TaskKeys } from '../../state/keys.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { listCheckpoints } from '../../state/read-checkpoint.ts';
import { createCheckpointMetrics } from '../../streams/checkpoint-metrics.ts';
import { type CheckpointedTasks, Checkpointer, type CheckpointerOptions } from '../../streams/checkpointer.ts';
import { taskId, topologyNames } from '../../streams/names.ts';
import type { Topology } from '../../streams/topology.ts';

const hour = 3_600_000;

function setUp(options: Partial<CheckpointerOptions> = {}) {
  const clock = new SteppedClock();
  const files: CheckpointFiles = new Map();
  const checkpoints = memoryCheckpoints(files);
  const store = memoryStore();
  const registry = new Registry();
  const states = ['running', 'suspended', 'restoring'];
  const tasks = states.map((state, partition) => ({ id: taskId('toy', partition), partition, state }));
  const topology = { name: 'toy' } as Topology;
  const thread: CheckpointedTasks = { topology, names: topologyNames('app', 'toy'), tasks };
  const checkpointer = new Checkpointer({
    ...{ checkpoints, store, clock, random: seededRandom(1), threads: () => [thread], appId: 'app', thread: 'app-0' },
    log: { admin: { offsets: async () => [0] } } as unknown as Log,
    ...{ codeVersion: '1.0.0', everyMs: 0, keep: 3, keepMs: 100 * hour },
    ...{ metrics: createCheckpointMetrics(registry), logger: silentLogger },
    ...options,
  });
  const write = async (partition: number, offset: number) => {
    const keys = new TaskKeys(taskId('toy', partition));
    const batch = store.batch();
    batch.put(keys.entry('items', 'a'), Buffer.from(`${offset}`));
    writePosition(batch, keys, { offset, at: clock.now() });
    await store.write(batch);
  };
  /** All that are asked for succeed. */
  const create = async (only?: ReadonlySet<string>) => {
    return (await checkpointer.create(only)).map((one) => ('failure' in one ? assert.fail(one.failure) : one));
  };
  const idsOf = async (task: string) => (await listCheckpoints(checkpoints, task)).map(({ id }) => id);
  return { clock, files, checkpoints, checkpointer, create, write, idsOf, registry };
}

/** Packing takes its time, whatever the clock says. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

test('on command, of tasks that run, where there is news', async () => {
  const { create, write, clock } = setUp();
  const none = { id: null, isNew: false, bytes: 0 };
  assert.deepEqual(await create(), [
    { task: 'toy_0', ...none },
    { task: 'toy_1', ...none },
  ]);
  for (const partition of [0, 1, 2]) await write(partition, 5);
  const first = await create();
  assert.deepEqual(
    first.map(({ task, isNew }) => [task, isNew]),
    [
      ['toy_0', true],
      ['toy_1', true],
    ],
  );
  await write(1, 9);
  clock.step(1);
  const second = await create();
  assert.deepEqual(second[0], { ...first[0], isNew: false, bytes: 0 });
  assert.ok(second[1]!.isNew && String(second[1]!.id) > String(first[1]!.id));
});

test('state that stands still is taken again before deletions could be forgotten', async () => {
  const { create, write, clock } = setUp({
    log: { admin: { offsets: async () => [5] } } as unknown as Log,
  });
  await write(0, 5);
  const [first] = await create();
  clock.step(2 * hour);
  assert.equal((await create())[0]!.id, first!.id);
  clock.step(2 * hour);
  const [later] = await create();
  assert.ok(later!.isNew);
});

test('of the tasks that are named alone; one that fails is told, and the others are taken', async () => {
  const { checkpointer, write, checkpoints, idsOf } = setUp();
  for (const partition of [0, 1, 2]) await write(partition, 5);
  const named = await checkpointer.create(new Set(['toy_1', 'toy_2', 'toy_7']));
  assert.deepEqual(
    named.map(({ task }) => task),
    ['toy_1'],
  );
  const put = checkpoints.put.bind(checkpoints);
  checkpoints.put = async (key, bytes) => {
    if (key.includes('toy_0')) throw new Error('full');
    await put(key, bytes);
  };
  await write(1, 6);
  const [failed, taken] = await checkpointer.create();
  assert.deepEqual(failed, { task: 'toy_0', failure: 'full' });
  assert.ok(taken !== undefined && 'isNew' in taken && taken.isNew);
  assert.deepEqual(await idsOf('toy_0'), []);
});

test('what is not done when the worker stops is told as failed', async () => {
  const { checkpointer, write, checkpoints } = setUp();
  await write(0, 5);
  await write(1, 5);
  const { promise, resolve } = Promise.withResolvers<void>();
  const put = checkpoints.put.bind(checkpoints);
  checkpoints.put = async (key, bytes) => {
    resolve();
    await put(key, bytes);
  };
  const taking = checkpointer.create();
  await promise;
  await checkpointer.stop();
  const answers = await taking;
  assert.ok(answers.length < 2, JSON.stringify(answers));
});

test('at the interval, also after one that failed; a stop ends it', async () => {
  const { checkpointer, write, clock, idsOf, checkpoints, registry } = setUp({ everyMs: 1000 });
  let fails = true;
  const put = checkpoints.put.bind(checkpoints);
  checkpoints.put = async (key, bytes) => {
    if (fails) throw new Error('full');
    await put(key, bytes);
  };
  await write(0, 5);
  checkpointer.start();
  const failures = async () => {
    const { values } = await registry.getSingleMetric('stream_checkpoint_failures_total')!.get();
    return values[0]?.value ?? 0;
  };
  clock.step(1000);
  await until(async () => (await failures()) === 1);
  assert.deepEqual(await idsOf('toy_0'), []);
  fails = false;
  await until(async () => clock.nextTimerAt() !== undefined);
  clock.step(1000);
  await until(async () => (await idsOf('toy_0')).length === 1 && clock.nextTimerAt() !== undefined);
  await checkpointer.stop();
  assert.equal(clock.nextTimerAt(), undefined);
});

test('of each task the last few stay', async () => {
  const { create, write, clock, idsOf } = setUp({ keep: 2 });
  const ids: string[] = [];
  for (let offset = 1; offset <= 4; offset++) {
    await write(0, offset);
    ids.unshift(String((await create())[0]!.id));
    clock.step(1000);
  }
  assert.deepEqual(await idsOf('toy_0'), ids.slice(0, 2));
});

test('whatever is kept, the newest that was finished stays, and nothing is left half', async () => {
  const anyCheckpoint = fc.record({ hours: fc.integer({ min: 0, max: 50 }), isFinished: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCheckpoint, { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 50 }),
      async (made, keep, keepHours) => {
        const now = 1_700_000_000_000;
        const files: CheckpointFiles = new Map();
        const all = made.map(({ hours, isFinished }, index) => {
          const id = checkpointId(now - hours * hour, `${index}0000000`);
          for (const name of ['data', ...(isFinished ? [manifestName] : [])]) {
            files.set(`${folderOf('toy_0', id)}${name}`, Buffer.from('x'));
          }
          return { id, hours, isFinished };
        });
        files.set('tasks/toy_01/other/data', Buffer.from('x'));
        const checkpoints = memoryCheckpoints(files);
        await dropOldCheckpoints(checkpoints, 'toy_0', { keep, keepMs: keepHours * hour, now });
        const finished = all.filter(({ isFinished }) => isFinished).sort((a, b) => (a.id < b.id ? 1 : -1));
        const kept = finished.filter(({ hours }, index) => index < keep && (index === 0 || hours <= keepHours));
        assert.deepEqual(
          (await listCheckpoints(checkpoints, 'toy_0')).map(({ id }) => id),
          kept.map(({ id }) => id),
        );
        const writing = all.filter(({ isFinished, hours }) => !isFinished && hours <= 1);
        assert.equal(files.size, 1 + kept.length * 2 + writing.length);
      },
    ),
  );
});
