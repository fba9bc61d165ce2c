// Checkpoints of tasks that are spread over processes: all are asked for once, whoever has them, and what nobody answers for is
// told with the reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TakeCheckpointsParts, takeCheckpoints } from '../../app/take-checkpoints.ts';
import { systemClock } from '../../base/clock.ts';
import type { TaskDescription } from '../../gateway/operations.ts';
import type { TaskAddresses } from '../../streams/member-metadata.ts';
import type { Topology } from '../../streams/topology.ts';

const topologies = [
  { name: 'shop', partitions: 4 },
  { name: 'extra', partitions: 1 },
] as readonly unknown[] as readonly Topology[];

const outcome = (task: string, by: string) => ({ task, id: by, isNew: true, bytes: 1 });

function workerOf(tasks: readonly string[], owned = tasks): TakeCheckpointsParts['workers'][number] {
  return {
    tasks: async () =>
      tasks.map((id): TaskDescription => ({ id, topology: 'shop', partition: 0, state: 'running', owner: 'here' })),
    checkpoint: async (asked) => asked.filter((id) => owned.includes(id)).map((id) => outcome(id, 'here')),
  };
}

/** `owners`: by topology and partition, and as it is when asked anew. */
function partsOf(
  owners: { readonly [topology: string]: readonly (string | undefined)[] },
  change: Partial<TakeCheckpointsParts> & { readonly fresh?: typeof owners } = {},
): TakeCheckpointsParts & { readonly asked: (readonly [endpoint: string, tasks: readonly string[]])[] } {
  const { fresh = owners, ...rest } = change;
  const asked: [string, readonly string[]][] = [];
  return {
    topologies,
    workers: [],
    owners: {
      of: async (topology, isFresh) => {
        const places = (isFresh ? fresh : owners)[topology] ?? [];
        return new Map(places.map((owner, partition): [number, TaskAddresses] => [partition, { owner, standbys: [] }]));
      },
    },
    ask: async (endpoint, tasks) => {
      asked.push([endpoint, tasks]);
      return tasks.map((task) => outcome(task, endpoint));
    },
    clock: systemClock,
    pauseMs: 1,
    asked,
    ...rest,
  };
}

const byOf = ({ checkpoints }: Awaited<ReturnType<typeof takeCheckpoints>>) =>
  Object.fromEntries(checkpoints.map(({ task, id }) => [task, id]));

test('each task is taken by its owner, here or in another process, which is asked once', async () => {
  const parts = partsOf(
    { shop: ['here:1', 'a:1', 'b:1', 'a:1'], extra: ['b:1'] },
    { workers: [workerOf(['shop_0', 'orders_3'])] },
  );
  const report = await takeCheckpoints(parts);
  assert.deepEqual(report.missed, []);
  assert.deepEqual(byOf(report), { extra_0: 'b:1', shop_0: 'here', shop_1: 'a:1', shop_2: 'b:1', shop_3: 'a:1' });
  assert.deepEqual(parts.asked, [
    ['a:1', ['shop_1', 'shop_3']],
    ['b:1', ['shop_2', 'extra_0']],
  ]);
});

test('what has moved meanwhile is asked for where it is by then, one that only believes to have it included', async () => {
  const parts = partsOf(
    { shop: ['a:1', 'a:1', undefined, 'a:1'], extra: ['a:1'] },
    { fresh: { shop: ['b:1', 'b:1', 'b:1', 'b:1'], extra: ['b:1'] }, workers: [workerOf(['shop_0'], [])] },
  );
  const ask = async (endpoint: string, tasks: readonly string[]) =>
    tasks.filter((task) => endpoint === 'b:1' || task === 'shop_3').map((task) => outcome(task, endpoint));
  const report = await takeCheckpoints({ ...parts, ask });
  assert.deepEqual(report.missed, []);
  assert.deepEqual(byOf(report), { extra_0: 'b:1', shop_0: 'b:1', shop_1: 'b:1', shop_2: 'b:1', shop_3: 'a:1' });
});

test('what failed, is out of reach or moves is told apart; one that failed is not asked for again', async () => {
  const parts = partsOf({ shop: ['a:1', 'away:1', undefined, 'a:1'], extra: ['a:1'] });
  let asked = 0;
  const ask: TakeCheckpointsParts['ask'] = async (endpoint, tasks) => {
    if (endpoint === 'away:1') throw new Error('connect ECONNREFUSED');
    asked += tasks.includes('shop_0') ? 1 : 0;
    return tasks
      .filter((task) => task !== 'shop_3')
      .map((task) => (task === 'shop_0' ? { task, failure: 'the disk is full' } : outcome(task, endpoint)));
  };
  const { checkpoints, missed } = await takeCheckpoints({ ...parts, ask });
  assert.deepEqual(
    checkpoints.map(({ task }) => task),
    ['extra_0'],
  );
  const detail = 'no process that can be asked runs it now';
  assert.deepEqual(missed, [
    { task: 'shop_0', reason: 'failed', detail: 'the disk is full' },
    { task: 'shop_1', reason: 'unreachable', detail: 'connect ECONNREFUSED' },
    { task: 'shop_2', reason: 'moving', detail },
    { task: 'shop_3', reason: 'moving', detail },
  ]);
  assert.equal(asked, 1);
});

test('a worker that has ended, and a group that cannot be asked', async () => {
  const ended = {
    tasks: async () => [{ id: 'shop_0', topology: 'shop', partition: 0, state: 'running', owner: 'here' }],
    checkpoint: () => Promise.reject(new Error('the worker thread has ended')),
  };
  const owners = { of: () => Promise.reject(new Error('no broker')) };
  const { checkpoints, missed } = await takeCheckpoints(partsOf({}, { workers: [ended], owners }));
  assert.deepEqual(checkpoints, []);
  assert.deepEqual(new Set(missed.map(({ reason }) => reason)), new Set(['unreachable']));
  assert.equal(missed.find(({ task }) => task === 'extra_0')?.detail, 'who owns it is not known: no broker');
});

test('an owner that takes too long is not waited for', async () => {
  const parts = partsOf({ shop: ['a:1', 'a:1', 'a:1', 'b:1'], extra: ['a:1'] });
  const ask: TakeCheckpointsParts['ask'] = (endpoint, tasks) =>
    endpoint === 'b:1' ? new Promise(() => {}) : parts.ask(endpoint, tasks, 0);
  const { checkpoints, missed } = await takeCheckpoints({ ...parts, ask, withinMs: 30 });
  assert.equal(checkpoints.length, 4);
  assert.deepEqual([missed.length, missed[0]!.task, missed[0]!.reason], [1, 'shop_3', 'unreachable']);
  assert.match(missed[0]!.detail, /no answer within/);
});

test('an application that does not run has nobody to ask', async () => {
  await assert.rejects(takeCheckpoints(partsOf({}, { owners: undefined })), { code: 'CHECKPOINTS_ELSEWHERE' });
});
