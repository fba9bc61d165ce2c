// The run loop of a thread when the log lets it down: what may pass is waited for, what can't is said at once. What it
// does with crashes and rebalances in between is the simulation's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Fetcher, Log, TransactionalProducer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { internalTopics } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import { delegateFetcher, delegateLog, delegateTransaction } from '../log/delegates.ts';
import { type Command, toys, toyTopology } from './toys.ts';

const unreachable = new StockstreamError('LOG_UNREACHABLE', { broker: 'b', reason: 'gone' });
const unknown = new StockstreamError('LOG_OUTCOME_UNKNOWN', { transactionalId: 't', reason: 'gone' });

async function bench(topology = toyTopology()) {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const { commands, first, events, counts, deadLetters } = toys;
  await log.admin.createTopics([commands, first, events, counts, deadLetters, ...internalTopics('app', topology)]);
  const producer = await log.producer();
  const failures: unknown[] = [];
  const registry = new Registry();
  const start = (on: Log) => {
    const thread = new StreamThread({
      log: on,
      store: memoryStore(),
      clock,
      topology,
      appId: 'app',
      instanceId: 'one',
      deadLetters,
      codeVersion: 'test',
      metrics: createStreamsMetrics(registry),
      logger: silentLogger,
      onFailure: (error) => failures.push(error),
    });
    thread.start();
    return thread;
  };
  /** Lets so much time pass, in small steps. */
  const pass = async (milliseconds: number) => {
    for (let at = 0; at < milliseconds; at += 10) {
      clock.step(10);
      for (let turn = 0; turn < 5; turn++) await setImmediate();
    }
  };
  const add = (key: string, command: Command = { type: 'add', amount: 1 }) => {
    const value = Buffer.from(JSON.stringify(command));
    return producer.append(
      commands.name,
      partitionOf(key, 2),
      new RecordBatchBuilder().append(clock.now(), key, value),
    );
  };
  const taken = async () => {
    const partitions = [0, 1].map((partition) => ({ topic: events.name, partition }));
    return (await log.admin.offsets(partitions, 'latest')).reduce((sum, end) => sum + end, 0);
  };
  return { log, start, pass, add, taken, failures, registry };
}

test('a thread that gets no producer asks again until the log answers', async () => {
  const { log, start, pass, add, taken, failures } = await bench();
  let [isAway, isLosing] = [true, false];
  const losing = (producer: TransactionalProducer): TransactionalProducer => ({
    transactionalId: producer.transactionalId,
    close: () => producer.close(),
    begin() {
      const transaction = producer.begin();
      return {
        ...delegateTransaction(transaction),
        async commit() {
          if (isLosing) throw unknown;
          return await transaction.commit();
        },
      };
    },
  });
  const thread = start({
    ...delegateLog(log),
    async transactionalProducer(id) {
      if (isAway) throw unreachable;
      return losing(await log.transactionalProducer(id));
    },
  });
  await add('a');
  await pass(1_000);
  assert.equal(await taken(), 0);
  isAway = false;
  await pass(1_000);
  assert.equal(await taken(), 1);
  [isAway, isLosing] = [true, true];
  await add('a');
  await pass(1_000);
  [isAway, isLosing] = [false, false];
  await pass(2_000);
  assert.equal(await taken(), 2);
  isAway = isLosing = true;
  await add('a');
  await pass(1_000);
  const stopped = thread.stop();
  await pass(1_000);
  await stopped;
  assert.deepEqual([thread.state, failures], ['stopped', []]);
  await log.close();
});

test('a thread that is replaced while it still joins ends, and says why', async () => {
  const { log, start, pass, failures } = await bench();
  const fenced = new StockstreamError('LOG_INSTANCE_FENCED', { instanceId: 'one', group: 'g' });
  const thread = start({
    ...delegateLog(log),
    // As a membership does that is told so before it has an id.
    async join(options, protocol) {
      await protocol.onLost(fenced);
      return {
        metadata: { group: options.group, memberId: '', generation: -1 },
        isCurrent: async () => true,
        rejoin() {},
        async leave() {},
      };
    },
  });
  await pass(500);
  assert.equal(thread.state, 'failed');
  assert.ok(isStockstreamError(failures[0], 'LOG_INSTANCE_FENCED'));
  await log.close();
});

test('what processors drop is counted by reason, once, however often a record is tried; not what a failed record dropped', async () => {
  const { log, start, pass, add, registry } = await bench();
  const thread = start(log);
  await add('thirteen', { type: 'add', amount: 13 });
  await pass(50);
  // Each waits for a read of its own, and is looked at again when those before it have theirs.
  for (const from of ['x', 'y', 'z']) await add('a', { type: 'drop', reason: 'late', from });
  await add('a', { type: 'drop', reason: 'unknown', from: 'x' });
  await add('thirteen', { type: 'drop', reason: 'late', from: 'thirteen' });
  await pass(200);
  const counted = await registry.getSingleMetric('stream_thread_dropped_records_total')?.get();
  const byReason = Object.fromEntries(counted?.values.map(({ labels, value }) => [labels.reason, value]) ?? []);
  assert.deepEqual(byReason, { late: 3, unknown: 1 });
  await thread.stop();
  await log.close();
});

test('the end of an input without records, as an aborted transaction leaves it, is committed once it is quiet', async () => {
  const { log, start, pass, add, failures } = await bench();
  const input = { topic: toys.commands.name, partition: partitionOf('a', 2) };
  let aborted = 0;
  const fetcher = log.fetcher();
  const wake = () => fetcher.wake();
  const poll: Fetcher['poll'] = async (limits) => {
    const fetched = await fetcher.poll(limits);
    if (aborted === 0) return fetched;
    const end = 1 + aborted;
    aborted = 0;
    return [...fetched, { ...input, batches: [], nextOffset: end, endOffset: end }];
  };
  const thread = start({
    ...delegateLog(log),
    fetcher: () => ({ ...delegateFetcher(fetcher), poll, wake }),
  });
  const committed = async () => (await log.admin.committedOffsets(thread.names.group, [input]))[0];
  const commits = [{ topic: thread.names.commits, partition: input.partition }];
  await add('a');
  await pass(500);
  assert.equal(await committed(), 1);
  aborted = 3;
  wake();
  await pass(3_000);
  assert.equal(await committed(), 4);
  const before = await log.admin.offsets(commits, 'latest');
  await pass(5_000);
  assert.deepEqual(await log.admin.offsets(commits, 'latest'), before, 'and nothing more is committed after that');
  await thread.stop();
  assert.deepEqual(failures, []);
  await log.close();
});

test('a thread is current once it has decided and committed what stood in its inputs', async () => {
  const { log, start, pass, add, taken } = await bench();
  const thread = start(log);
  await pass(200);
  await thread.noteEnds();
  assert.equal(thread.isCurrent, true, 'nothing is there');
  for (const key of ['a', 'b', 'c']) await add(key);
  await thread.noteEnds();
  assert.equal(thread.isCurrent, false);
  assert.equal(await taken(), 0);
  for (let turns = 0; !thread.isCurrent; turns++) {
    assert.ok(turns < 500, 'it never becomes current');
    await pass(10);
  }
  assert.equal(await taken(), 3);
  await thread.stop();
  await log.close();
});

test('with a delay, what comes after a pause is taken at once, and what follows it together', async () => {
  const { log, start, pass, add, taken } = await bench({ ...toyTopology(), commitDelayMs: 100 });
  const thread = start(log);
  await pass(1_000);
  const commits = async () => {
    const [end] = await log.admin.offsets([{ topic: thread.names.commits, partition: partitionOf('a', 2) }], 'latest');
    return end;
  };
  const before = (await commits()) ?? 0;
  await add('a');
  await pass(20);
  assert.equal(await taken(), 1);
  for (let more = 0; more < 4; more++) {
    await add('a');
    await pass(10);
  }
  assert.equal(await taken(), 1);
  await pass(100);
  assert.equal(await taken(), 5);
  assert.equal(await commits(), before + 2);
  await thread.stop();
});
