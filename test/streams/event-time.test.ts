// What a topology sends to itself takes its turn by the record that it stems from: a backlog is worked off order by order,
// not step by step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { eventTimeIn } from '../../log/event-time.ts';
import type { Log } from '../../log/log.ts';
import type { BatchRecord, RecordBatch } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Processor, TimerProcessor, Topic } from '../../streams/api.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { internalTopics } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import { type Topology, topology } from '../../streams/topology.ts';
import { delegateFetcher, delegateLog } from '../log/delegates.ts';
import { toys, toyTopic } from './toys.ts';

const asks = toyTopic<string>('asks', { partitions: 1 });
const passes = toyTopic<string>('passes', { partitions: 1 });
const returns = toyTopic<string>('returns', { partitions: 1 });
const said = toyTopic<string>('said', { partitions: 1 });

interface Wires {
  stores: object;
  outputs: { said: string; next: string };
  timers: 'later';
}

/** Says that it saw it, and sends it on. */
function step(name: string): Processor<string, Wires> {
  return {
    name,
    process({ key, value }, { forward, timers, now }) {
      if (value === 'later') return timers.later.set(key, now);
      forward('said', key, `${name} ${key}`);
      forward('next', key, value);
    },
  };
}

const wake: TimerProcessor<Wires> = {
  name: 'wake',
  fire: (key, { forward }) => forward('next', key, 'now'),
};

function there(): Topology {
  const wires = (next: Topic<string>) => ({ stores: {}, outputs: { said, next }, timers: { later: 'later' } });
  return topology('there')
    .source(asks, step('ask'), wires(passes))
    .source(passes, step('pass'), wires(returns))
    .source(returns, step('return'), wires(said))
    .timer('later', wake, wires(passes))
    .feedback(passes, 'only what is asked for later sets the timer, and once')
    .build();
}

interface RunOptions {
  /** In 10 ms. */
  readonly steps: number;
  /** On which log the thread runs. */
  readonly on?: (log: Log) => Log;
  /** What stands in `passes` at the beginning, newer than all that is asked. */
  readonly passed?: readonly string[];
}

async function run(values: readonly string[], { steps, on = (log) => log, passed = [] }: RunOptions) {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const shape = there();
  await log.admin.createTopics([asks, passes, returns, said, toys.deadLetters, ...internalTopics('app', shape)]);
  const producer = await log.producer();
  const backlog = new RecordBatchBuilder();
  const from = clock.now() - 10_000;
  for (const [at, value] of values.entries()) backlog.append(from + at, `${at}`, Buffer.from(JSON.stringify(value)));
  await producer.append(asks.name, 0, backlog);
  const newer = new RecordBatchBuilder();
  for (const key of passed) newer.append(clock.now(), key, Buffer.from('"go"'));
  if (passed.length > 0) await producer.append(passes.name, 0, newer);
  const thread = new StreamThread({
    log: on(log),
    store: memoryStore(),
    clock,
    topology: shape,
    appId: 'app',
    instanceId: 'one',
    deadLetters: toys.deadLetters,
    codeVersion: 'test',
    metrics: createStreamsMetrics(new Registry()),
    logger: silentLogger,
    limits: { batchRecords: 1 },
    onFailure: (error) => assert.fail(String(error)),
  });
  thread.start();
  for (let turn = 0; turn < steps; turn++) {
    clock.step(10);
    for (let times = 0; times < 5; times++) await setImmediate();
  }
  await thread.stop();
  const found = { from, said: await all(log, said), passes: await all(log, passes), returns: await all(log, returns) };
  await log.close();
  return found;
}

async function all(log: Log, { name: topic }: Topic<string>): Promise<BatchRecord[]> {
  const fetcher = log.fetcher();
  fetcher.assign({ topic, partition: 0 }, 0);
  const found = await fetcher.poll({ maxWaitMs: 0, maxBytes: 1 << 20 });
  await fetcher.close();
  return found.flatMap(({ batches }) => batches.flatMap((batch: RecordBatch) => [...batch.records()]));
}

const textOf = ({ value }: BatchRecord) => JSON.parse(value!.toString()) as string;

test('in a backlog each goes its whole way before those far behind it begin', async () => {
  const { from, said: words, returns: back } = await run(Array(20).fill('go'), { steps: 400 });
  const order = words.map(textOf).filter((word) => word !== 'go');
  assert.equal(order.length, 60);
  for (let at = 0; at < 15; at++) {
    // A commit in flight isn't read yet, so a few begin meanwhile.
    assert.ok(order.indexOf(`return ${at}`) < order.indexOf(`ask ${at + 5}`), order.join(', '));
  }
  // Also over two hops it is the time of the first.
  assert.deepEqual(
    back.map(({ headers }) => eventTimeIn(headers)),
    back.map((_, at) => from + at),
  );
  assert.ok(back.every(({ timestamp }) => timestamp >= from + 10_000));
  // What leaves the topology carries nothing.
  assert.ok(words.every(({ headers }) => headers.length === 0));
});

test('what a timer sends stems from nothing: it is of its own time', async () => {
  const { passes: sent } = await run(['later'], { steps: 100 });
  assert.deepEqual(
    sent.map(({ headers }) => headers),
    [[]],
  );
});

/** Gives nothing of `asks` until `polls` polls have passed. */
function slow(log: Log, polls: number): Log {
  return {
    ...delegateLog(log),
    fetcher() {
      const fetcher = log.fetcher();
      const place = { topic: asks.name, partition: 0 };
      let left = polls;
      return {
        ...delegateFetcher(fetcher),
        assign(partition, offset) {
          fetcher.assign(partition, offset);
          if (partition.topic === place.topic) fetcher.pause(place);
        },
        resume(partition) {
          if (partition.topic !== place.topic || left <= 0) fetcher.resume(partition);
        },
        poll(limits) {
          left--;
          return fetcher.poll(limits);
        },
      };
    },
  };
}

test("what is known to be there and isn't fetched yet is waited for", async () => {
  const { said: words } = await run(['go'], { steps: 400, on: (log) => slow(log, 4), passed: ['newer'] });
  const order = words.map(textOf).filter((word) => word !== 'go');
  assert.ok(order.indexOf('ask 0') >= 0);
  assert.ok(order.indexOf('ask 0') < order.indexOf('pass newer'), order.join(', '));
});

test('but not for ever: a broker may be away', async () => {
  const withheld = (log: Log) => slow(log, Number.POSITIVE_INFINITY);
  const before = await run(['go'], { steps: 400, on: withheld, passed: ['newer'] });
  assert.deepEqual(before.said.map(textOf), []);
  const after = await run(['go'], { steps: 700, on: withheld, passed: ['newer'] });
  assert.deepEqual(after.said.map(textOf), ['pass newer', 'return newer', 'go']);
});
