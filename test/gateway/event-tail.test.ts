// The tail of the events: what it hears, remembers and forgets, and how it comes back from a fault.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { EventTail } from '../../gateway/event-tail.ts';
import { Expectation } from '../../gateway/expectation.ts';
import { TopicTail } from '../../gateway/topic-tail.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Fetcher, Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { topics } from '../../schemas/topics.ts';
import type { OrderEvent } from '../../schemas/types.generated.ts';
import { delegateFetcher, delegateLog } from '../log/delegates.ts';
import { eventually } from './test-gateway.ts';

const { serde, name, partitions: count } = topics.orderEvents;

function event(orderId: string, sequence: number): OrderEvent {
  return { orderId, sequence, customerId: 'c', at: 1, event: { type: 'OrderCancelled', reason: 'other' } };
}

function batchOf(...events: OrderEvent[]): RecordBatchBuilder {
  const builder = new RecordBatchBuilder();
  for (const each of events) builder.encode(1, each.orderId, each, serde);
  return builder;
}

function feed(tail: TopicTail<OrderEvent>, ...events: OrderEvent[]): void {
  for (const cursor = new RecordBatch(batchOf(...events).finish(0)).cursor(); cursor.next(); ) tail.take(cursor);
}

test('a topic tail tells those who listen to the key, and remembers the newest keys', () => {
  const tail = new TopicTail(topics.orderEvents, 2);
  const heard: number[] = [];
  const stop = tail.listen('a', ({ sequence }) => {
    heard.push(sequence, tail.recent('a').length);
  });
  feed(tail, event('a', 1), event('b', 1), event('a', 2));
  assert.deepEqual(heard, [1, 1, 2, 2], 'it is remembered before it is told');
  stop();
  stop();
  assert.equal(tail.listening, 0);
  feed(tail, event('c', 1));
  assert.deepEqual(tail.recent('b'), [], 'b was the oldest');
  assert.deepEqual(
    tail.recent('a').map(({ sequence }) => sequence),
    [1, 2],
  );
  tail.forget();
  assert.deepEqual(tail.recent('a'), []);
});

test('listeners of one key come and go without touching each other', () => {
  const tail = new TopicTail(topics.orderEvents, 0);
  const heard: string[] = [];
  const stopFirst = tail.listen('a', () => {
    heard.push('first');
    stopFirst();
  });
  const stopSecond = tail.listen('a', () => heard.push('second'));
  feed(tail, event('a', 1), event('a', 2));
  assert.deepEqual(heard, ['first', 'second', 'second']);
  stopSecond();
  assert.deepEqual([tail.listening, tail.recent('a')], [0, []]);
});

test('an expectation finds what comes before it is waited for, and ends in time', async () => {
  const clock = new SteppedClock();
  const closing = new AbortController();
  const waiting = { clock, closing: closing.signal };
  const tail = new TopicTail(topics.orderEvents, 0);
  const found = new Expectation(waiting, tail, 'a', ({ sequence }) => sequence === 2);
  feed(tail, event('a', 1), event('a', 2), event('a', 3));
  assert.equal((await found.within(1_000))?.sequence, 2);
  assert.equal(clock.nextTimerAt(), undefined, 'no timer is left');
  found.close();
  const missed = new Expectation(waiting, tail, 'a', () => false);
  const late = missed.within(1_000);
  clock.step(1_000);
  assert.equal(await late, undefined);
  missed.close();
  const closed = new Expectation(waiting, tail, 'a', () => true);
  const given = closed.within(1_000);
  closed.close();
  assert.equal(await given, undefined);
  const last = new Expectation(waiting, tail, 'a', () => true);
  const hoped = last.within(1_000);
  closing.abort();
  assert.equal(await hoped, undefined, 'nobody waits for a gateway that closes');
  assert.equal(await last.within(1_000), undefined);
  last.close();
  assert.equal(tail.listening, 0);
});

/** A log whose fetchers fail when told to. */
function fragile(log: Log, faults: { next?: Error }): Log {
  return {
    ...delegateLog(log),
    fetcher() {
      const fetcher = log.fetcher();
      const poll: Fetcher['poll'] = async (limits) => {
        if (faults.next) throw faults.next;
        return fetcher.poll(limits);
      };
      return { ...delegateFetcher(fetcher), poll };
    },
  };
}

test('the tail hears what comes after its start, skips what it cannot read, and comes back from a fault', async () => {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  await log.admin.createTopics(Object.values(topics));
  const producer = await log.producer();
  const append = (orderId: string, batch: RecordBatchBuilder) =>
    producer.append(name, partitionOf(orderId, count), batch);
  await append('a', batchOf(event('a', 1)));
  const partitions = new Map(Object.values(topics).map((topic) => [topic.name, topic.partitions]));
  const faults: { next?: Error } = {};
  const tail = new EventTail({ log: fragile(log, faults), partitions, clock, logger: silentLogger });
  await tail.start();
  const garbage = new RecordBatchBuilder().append(1, 'a', Buffer.from('garbage')).append(1, 'a', null);
  await append('a', garbage);
  await append('a', batchOf(event('a', 2)));
  await eventually(() => tail.orders.recent('a').length === 1 || undefined);
  const heard: number[] = [];
  tail.orders.listen('a', ({ sequence }) => heard.push(sequence));
  await append('a', batchOf(event('a', 3)));
  await eventually(() => heard.length > 0 || undefined);
  assert.deepEqual(heard, [3]);

  faults.next = new Error('out of range');
  await append('a', batchOf(event('a', 4)));
  await eventually(() => tail.failure);
  assert.equal(tail.failure, 'out of range');
  assert.deepEqual(tail.orders.recent('a'), [], 'what it remembers may have a gap, so it is forgotten');
  await append('a', batchOf(event('a', 5)));
  delete faults.next;
  clock.step(1_000);
  await eventually(() => (tail.failure === undefined ? true : void clock.step(1_000)));
  await append('a', batchOf(event('a', 6)));
  await eventually(() => heard.at(-1) === 6 || undefined);
  await tail.close();
  await log.close();
});
