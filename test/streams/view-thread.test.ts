// A view's loop: everything reaches the destination, again and again if need be; nothing is dropped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { StockstreamError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { createViewMetrics } from '../../streams/metrics.ts';
import { view } from '../../streams/view.ts';
import { ViewThread } from '../../streams/view-thread.ts';
import { toys, toyTopic } from './toys.ts';

const topic = toyTopic<{ text: string }>('texts', { partitions: 3 });
const topics = [topic, toys.deadLetters].map(({ name, partitions }) => ({
  name,
  partitions,
  cleanup: 'delete' as const,
}));

/** A destination that can be away. */
class Shelf {
  readonly texts: string[] = [];
  calls = 0;
  flushed = 0;
  failure: unknown;
  flushFailure: unknown;

  async apply(writes: readonly string[]): Promise<void> {
    this.calls++;
    if (this.failure !== undefined) throw this.failure;
    this.texts.push(...writes);
  }

  async flush(): Promise<void> {
    if (this.flushFailure !== undefined) throw this.flushFailure;
    this.flushed = this.texts.length;
  }
}

async function bench() {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock, offsetGaps: true });
  await log.admin.createTopics(topics);
  const shelf = new Shelf();
  const failures: unknown[] = [];
  const producer = await log.producer();
  const send = async (key: string, text: string | null) => {
    const builder = new RecordBatchBuilder().append(clock.now(), key, text === null ? null : Buffer.from(text));
    await producer.append(topic.name, partitionOf(key, 3), builder);
  };
  const start = (on: Log = log) => {
    const projection = {
      name: 'shelve',
      project: ({ value }: { value: { text: string } }) => {
        if (value.text === 'poison') throw new Error('poison');
        return [value.text];
      },
    };
    const thread = new ViewThread({
      log: on,
      clock,
      view: view('shelf', { topic, projection, sink: shelf }),
      appId: 'test',
      instanceId: '0',
      deadLetters: toys.deadLetters,
      codeVersion: 'test',
      metrics: createViewMetrics(new Registry()),
      logger: silentLogger,
      sessionTimeoutMs: 5_000,
      onFailure: (error) => failures.push(error),
    });
    thread.start();
    return thread;
  };
  const until = async (condition: () => boolean | Promise<boolean>, label = condition.toString()) => {
    for (let turns = 0; !(await condition()); turns++) {
      assert.ok(turns < 2_000, `it never came to: ${label}`);
      await new Promise(setImmediate);
      clock.step(10);
    }
  };
  const offsets = () =>
    log.admin.committedOffsets(
      'test-view-shelf',
      [0, 1, 2].map((partition) => ({ topic: topic.name, partition })),
    );
  return { clock, log, shelf, failures, send, start, until, offsets };
}

const json = (text: string) => JSON.stringify({ text });

test('all records arrive, and offsets are committed after them', async () => {
  const { shelf, send, start, until, offsets, log } = await bench();
  for (const key of ['a', 'b', 'c', 'd']) await send(key, json(key));
  const thread = start();
  await until(() => shelf.texts.length === 4);
  await until(async () => (await offsets()).some((offset) => offset !== undefined));
  await thread.stop();
  assert.equal(thread.state, 'stopped');
  assert.equal(shelf.flushed, 4, 'durable before the offsets are');
  assert.deepEqual([...shelf.texts].sort(), ['a', 'b', 'c', 'd']);
  await log.close();
});

test('stopping commits the offsets, so that a new thread goes on behind them', async () => {
  const { shelf, send, start, until, log } = await bench();
  await send('a', json('one'));
  const first = start();
  await until(() => shelf.texts.length === 1);
  await first.stop();
  await send('a', json('two'));
  const second = start();
  await until(() => shelf.texts.length === 2);
  assert.deepEqual(shelf.texts, ['one', 'two']);
  await second.stop();
  await log.close();
});

test('a destination that is away pauses the view, says why, and loses nothing', async () => {
  const { shelf, send, start, until, offsets, log } = await bench();
  shelf.failure = new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'test' });
  await send('a', json('one'));
  const thread = start();
  await until(() => shelf.calls > 3);
  assert.match(thread.waitingFor ?? '', /./);
  await send('a', json('two'));
  assert.deepEqual(await offsets(), [undefined, undefined, undefined]);
  shelf.failure = undefined;
  await until(() => shelf.texts.length === 2);
  assert.deepEqual(shelf.texts, ['one', 'two']);
  assert.equal(thread.waitingFor, undefined);
  await thread.stop();
  await log.close();
});

test('a log that is out of reach as the view starts is asked until it answers', async () => {
  const { shelf, send, start, until, failures, log } = await bench();
  await send('a', json('one'));
  let asked = 0;
  const session = log.session();
  const { producer } = session;
  session.producer = async () => {
    if (++asked < 4) throw new StockstreamError('LOG_UNREACHABLE', { broker: 'any', reason: 'test' });
    return await producer.call(session);
  };
  const thread = start(session);
  await until(() => shelf.texts.length === 1);
  assert.deepEqual([asked, failures], [4, []]);
  await thread.stop();
  await log.close();
});

test('offsets that could not be committed are committed later, even if nothing more comes', async () => {
  const { clock, shelf, send, start, until, offsets, log } = await bench();
  shelf.flushFailure = new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'test' });
  await send('a', json('one'));
  const thread = start();
  await until(() => shelf.texts.length === 1);
  const end = clock.now() + 3_000;
  await until(() => clock.now() > end);
  assert.deepEqual(await offsets(), [undefined, undefined, undefined]);
  shelf.flushFailure = undefined;
  await until(async () => (await offsets()).some((offset) => offset === 1));
  await thread.stop();
  await log.close();
});

test('a thread that stops while its destination is away reads the records again next time', async () => {
  const { shelf, send, start, until, log } = await bench();
  shelf.failure = new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'test' });
  await send('a', json('one'));
  const first = start();
  await until(() => shelf.calls > 0);
  const stopped = first.stop();
  await stopped;
  shelf.failure = undefined;
  const second = start();
  await until(() => shelf.texts.length === 1);
  await second.stop();
  await log.close();
});

test('another member takes its share while the destination is away', async () => {
  const { shelf, send, start, until, log } = await bench();
  shelf.failure = new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'test' });
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await send(key, json(key));
  const first = start();
  await until(() => shelf.calls > 0);
  const second = start(log.session());
  await until(() => second.partitions.length > 0 && first.partitions.length > 0);
  shelf.failure = undefined;
  await until(() => new Set(shelf.texts).size === 6);
  await Promise.all([first.stop(), second.stop()]);
  await log.close();
});

test('records that cannot be projected go to the dead letters', async () => {
  const { shelf, send, start, until, log } = await bench();
  await send('a', '{no json');
  await send('a', json('poison'));
  await send('a', null);
  await send('a', json('good'));
  const thread = start();
  await until(() => shelf.texts.length === 1);
  await until(async () => (await log.admin.offsets([{ topic: 'dead-letters', partition: 0 }], 'latest'))[0] === 3);
  await thread.stop();
  await log.close();
});

test('a fault of the destination that does not pass fails the thread', async () => {
  const { shelf, send, start, until, failures, log } = await bench();
  shelf.failure = new Error('broken');
  await send('a', json('one'));
  const thread = start();
  await until(() => failures.length === 1);
  assert.equal(thread.state, 'failed');
  await log.close();
});

test('a view is current once it has taken what was there before it started, also behind an aborted transaction', async () => {
  const { clock, shelf, send, start, until, log } = await bench();
  for (const key of ['a', 'b', 'c', 'd']) await send(key, json(key));
  const producer = await log.transactionalProducer('aborting');
  const aborted = new RecordBatchBuilder().append(clock.now(), 'e', Buffer.from(json('e')));
  const transaction = producer.begin();
  await transaction.append(topic.name, partitionOf('e', 3), aborted);
  await transaction.abort();
  shelf.failure = new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'test' });
  const thread = start();
  assert.equal(thread.isCurrent, false);
  await until(() => shelf.calls > 2);
  assert.equal(thread.isCurrent, false);
  shelf.failure = undefined;
  await until(() => thread.isCurrent);
  assert.deepEqual([...shelf.texts].sort(), ['a', 'b', 'c', 'd']);
  await thread.stop();
  await log.close();
});

test('a view is current again once it has taken what was there when that was noted', async () => {
  const { shelf, send, start, until, log } = await bench();
  await send('a', json('a'));
  const thread = start();
  await until(() => thread.isCurrent);
  shelf.failure = new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'test' });
  await send('b', json('b'));
  await thread.noteEnds();
  assert.equal(thread.isCurrent, false);
  const calls = shelf.calls;
  await until(() => shelf.calls > calls + 2);
  assert.equal(thread.isCurrent, false);
  shelf.failure = undefined;
  await until(() => thread.isCurrent);
  assert.deepEqual(shelf.texts, ['a', 'b']);
  await thread.stop();
  await log.close();
});
