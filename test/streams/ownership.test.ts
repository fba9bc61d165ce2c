// Hand-over between threads of one group: what stays never stops, what goes is given up first and taken after, a commit
// that the next generation overtakes is done again, and who doesn't give up in time loses all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Log, LogTransaction } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { StreamThread } from '../../streams/stream-thread.ts';
import { delegateLog, delegateTransaction } from '../log/delegates.ts';
import { GroupBench, rebalanceTimeoutMs } from './group-bench.ts';
import { toys } from './toys.ts';

class Bench extends GroupBench {
  start(instanceId: string, on: Log = this.log.session()): StreamThread {
    return this.startThread(instanceId, on);
  }

  async add(key: string): Promise<void> {
    const value = Buffer.from(JSON.stringify({ type: 'add', amount: 1 }));
    const producer = await this.log.producer();
    const batch = new RecordBatchBuilder().append(this.clock.now(), key, value);
    await producer.append(toys.commands.name, partitionOf(key, 2), batch);
    await producer.close();
  }

  /** How many commands each partition has decided. */
  taken(): Promise<number[]> {
    const partitions = [0, 1].map((partition) => ({ topic: toys.events.name, partition }));
    return this.log.admin.offsets(partitions, 'latest');
  }
}

/** A key of each partition. */
const keys = [0, 1].map((partition) => ['a', 'b', 'c', 'd'].find((key) => partitionOf(key, 2) === partition)!);

const partitionsOf = ({ tasks }: StreamThread) => tasks.map(({ partition }) => partition).sort();

/** A log whose commits go through `around`. */
function withCommits(log: Log, around: (commit: () => Promise<unknown>) => Promise<unknown>): Log {
  return {
    ...delegateLog(log),
    async transactionalProducer(id) {
      const producer = await log.transactionalProducer(id);
      const wrap = (transaction: LogTransaction): LogTransaction => ({
        ...delegateTransaction(transaction),
        commit: () => around(() => transaction.commit()) as ReturnType<LogTransaction['commit']>,
      });
      return { transactionalId: id, begin: () => wrap(producer.begin()), close: () => producer.close() };
    },
  };
}

test('while the group waits for a member, the others decide and commit; what they keep is never restored again', async () => {
  const bench = await Bench.open();
  const [first, second] = [bench.start('one'), bench.start('two')];
  await bench.until('both have one', () => first.tasks.length === 1 && second.tasks.length === 1);
  const before = [first.tasks[0], second.tasks[0]];
  // It joins, and then never answers: the next generation waits for it until the rebalance's time is over.
  const silent = bench.log.session(new SteppedClock());
  const protocol = { metadata: () => Buffer.alloc(0), assign: () => new Map(), onLost: async () => {} };
  const hanging = () => new Promise<void>(() => {});
  await silent.join(
    { group: first.names.group, sessionTimeoutMs: 3_000, rebalanceTimeoutMs },
    { ...protocol, onRebalance: hanging, onAssignment: hanging },
  );
  await bench.pass(200);
  const third = bench.start('three');
  for (let sent = 1; sent <= 10; sent++) {
    for (const key of keys) await bench.add(key);
    await bench.pass(100);
    assert.deepEqual(await bench.taken(), [sent, sent], 'decided and committed while the group re-forms');
  }
  assert.equal(third.isSettled, false);
  await bench.until('the third is in', () => third.isSettled);
  assert.deepEqual([first.tasks[0], second.tasks[0]], before, 'they are the same all along');
  await bench.close(first, second, third);
});

test('a task goes to nobody until its owner has given it up, and what stays goes on meanwhile', async () => {
  const bench = await Bench.open();
  let [isHeld, held] = [false, Promise.withResolvers<void>()];
  const slow = withCommits(bench.log.session(), async (commit) => {
    if (isHeld) await held.promise;
    return await commit();
  });
  const first = bench.start('one', slow);
  await bench.until('one has both', () => first.tasks.length === 2);
  const stays = new Set(first.tasks);
  isHeld = true;
  await bench.add(keys[1]!);
  await bench.pass(50);
  const second = bench.start('two');
  await bench.until('one gives one up', () => first.tasks.length === 1);
  await bench.pass(1_000);
  assert.deepEqual([second.isSettled, second.tasks.length], [true, 0], 'a commit with it is still under way');
  isHeld = false;
  held.resolve();
  held = Promise.withResolvers();
  await bench.until('two has it', () => second.tasks.length === 1);
  assert.deepEqual([...partitionsOf(first), ...partitionsOf(second)].sort(), [0, 1]);
  assert.ok(stays.has(first.tasks[0]!));
  for (const key of keys) await bench.add(key);
  await bench.until('all is decided once', async () => `${await bench.taken()}` === '1,2');
  await bench.close(first, second);
});

test('what a process held that died before it gave it up is taken over at once, if one of its name follows', async () => {
  const bench = await Bench.open();
  const session = bench.log.session();
  let isHeld = false;
  const stuck = withCommits(session, (commit) => (isHeld ? new Promise<never>(() => {}) : commit()));
  const first = bench.start('one', stuck);
  await bench.until('one has both', () => first.tasks.length === 2);
  isHeld = true;
  await bench.add(keys[1]!);
  await bench.pass(50);
  const second = bench.start('two');
  await bench.until('one is to give one up', () => first.tasks.length === 1);
  session.kill();
  const again = bench.start('one');
  await bench.until('both have one', () => again.tasks.length === 1 && second.tasks.length === 1);
  assert.deepEqual([...partitionsOf(again), ...partitionsOf(second)].sort(), [0, 1]);
  bench.failures.length = 0;
  await bench.close(again, second);
});

test('a commit that the next generation overtakes is refused, and done again in it without restoring anything', async () => {
  const bench = await Bench.open();
  const refused: unknown[] = [];
  let held: PromiseWithResolvers<void> | undefined;
  const slow = withCommits(bench.log.session(), async (commit) => {
    await held?.promise;
    return await commit().catch((error) => {
      refused.push(error);
      throw error;
    });
  });
  const [first, second] = [bench.start('one', slow), bench.start('two')];
  await bench.until('both have one', () => first.tasks.length === 1 && second.tasks.length === 1);
  const [task] = first.tasks;
  held = Promise.withResolvers();
  await bench.add(keys[task!.partition]!);
  await bench.pass(50);
  await bench.stop(second);
  await bench.until('one has both', () => first.tasks.length === 2);
  const { resolve } = held;
  held = undefined;
  resolve();
  await bench.until('it is decided', async () => (await bench.taken())[task!.partition] === 1);
  assert.equal(refused.length, 1);
  assert.ok(isStockstreamError(refused[0], 'LOG_MEMBER_FENCED'));
  assert.ok(first.tasks.includes(task!));
  await bench.close(first);
});

test('who does not give a task up in time loses all, and what it still wrote is refused', async () => {
  const bench = await Bench.open();
  const held = Promise.withResolvers<void>();
  const refused: unknown[] = [];
  let isHeld = false;
  const stuck = withCommits(bench.log.session(), async (commit) => {
    if (isHeld) await held.promise;
    return await commit().catch((error) => {
      refused.push(error);
      throw error;
    });
  });
  const first = bench.start('one', stuck);
  await bench.until('one has both', () => first.tasks.length === 2);
  isHeld = true;
  for (const key of keys) await bench.add(key);
  await bench.pass(50);
  const second = bench.start('two');
  await bench.until('two decides alone what it was given', async () => (await bench.taken()).some((end) => end === 1));
  isHeld = false;
  held.resolve();
  await bench.until('all is decided', async () => `${await bench.taken()}` === '1,1');
  assert.ok(isStockstreamError(refused[0], 'LOG_MEMBER_FENCED'));
  await bench.pass(2_000);
  assert.deepEqual(await bench.taken(), [1, 1], 'once each');
  await bench.close(first, second);
});
