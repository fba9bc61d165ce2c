// Hand-over between threads of one group: what stays never stops, what goes is given up first and taken after, a commit
// that the next generation overtakes is done again, and who doesn't give up in time loses all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { isStockstreamError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log, LogTransaction } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { internalTopics } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import { toys, toyTopology } from './toys.ts';

const rebalanceTimeoutMs = 4_000;

class Bench {
  readonly clock = new SteppedClock();
  readonly failures: unknown[] = [];
  readonly topology = toyTopology();
  log!: EmbeddedLog;

  static async open(): Promise<Bench> {
    const bench = new Bench();
    bench.log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: bench.clock });
    const { commands, first, events, counts, deadLetters } = toys;
    const topics = [commands, first, events, counts, deadLetters, ...internalTopics('app', bench.topology)];
    await bench.log.admin.createTopics(topics);
    return bench;
  }

  start(instanceId: string, on: Log = this.log.session()): StreamThread {
    const thread = new StreamThread({
      log: on,
      store: memoryStore(),
      clock: this.clock,
      topology: this.topology,
      appId: 'app',
      instanceId,
      deadLetters: toys.deadLetters,
      codeVersion: 'test',
      metrics: createStreamsMetrics(new Registry()),
      logger: silentLogger,
      sessionTimeoutMs: 3_000,
      rebalanceTimeoutMs,
      onFailure: (error) => this.failures.push(error),
    });
    thread.start();
    return thread;
  }

  async pass(milliseconds: number): Promise<void> {
    for (let at = 0; at < milliseconds; at += 10) {
      this.clock.step(10);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    }
  }

  async until(label: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let turns = 0; !(await condition()); turns++) {
      assert.ok(turns < 3_000, `it never came to: ${label}`);
      await this.pass(10);
    }
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

  async close(...threads: readonly StreamThread[]): Promise<void> {
    const stopped = Promise.all(threads.map((thread) => thread.stop()));
    await this.pass(1_000);
    await stopped;
    assert.deepEqual(this.failures, []);
    await this.log.close();
  }
}

/** A key of each partition. */
const keys = [0, 1].map((partition) => ['a', 'b', 'c', 'd'].find((key) => partitionOf(key, 2) === partition)!);

const partitionsOf = ({ tasks }: StreamThread) => tasks.map(({ partition }) => partition).sort();

/** A log whose commits go through `around`. */
function withCommits(log: Log, around: (commit: () => Promise<unknown>) => Promise<unknown>): Log {
  return {
    kind: log.kind,
    admin: log.admin,
    producer: () => log.producer(),
    fetcher: () => log.fetcher(),
    join: (...args) => log.join(...args),
    close: () => log.close(),
    async transactionalProducer(id) {
      const producer = await log.transactionalProducer(id);
      const wrap = (transaction: LogTransaction): LogTransaction => ({
        append: (...args) => transaction.append(...args),
        commitOffsets: (...args) => transaction.commitOffsets(...args),
        commit: () => around(() => transaction.commit()) as ReturnType<LogTransaction['commit']>,
        abort: () => transaction.abort(),
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
  await bench.close.call({ pass: () => bench.pass(1_000), failures: [], log: { close: async () => {} } }, second);
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
