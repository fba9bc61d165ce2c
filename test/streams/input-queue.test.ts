// The fixed order in which a task takes its records, and the positions that it commits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Fetched } from '../../log/log.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { InputQueue, type InputRecord, mergeQueues } from '../../streams/input-queue.ts';
import { toyTopic } from './toys.ts';

function fetched(topic: string, base: number, timestamps: readonly number[], gap = 0): Fetched {
  const builder = new RecordBatchBuilder();
  for (const timestamp of timestamps) builder.append(timestamp, `${topic}${timestamp}`, Buffer.from('{}'));
  const batch = new RecordBatch(builder.finish(base));
  const nextOffset = base + timestamps.length + gap;
  return { topic, partition: 0, batches: timestamps.length > 0 ? [batch] : [], nextOffset, endOffset: nextOffset };
}

const queueOf = (topic: string, ...timestamps: number[]) => {
  const queue = new InputQueue(toyTopic(topic), 0, 0);
  queue.add(fetched(topic, 0, timestamps));
  return queue;
};

const keys = (records: readonly InputRecord[]) => records.map(({ key }) => key);

test('the earliest head first; of equal times the earlier source; never out of a partition order', () => {
  const queues = [queueOf('a', 5, 1, 9), queueOf('b', 3, 5, 5)];
  assert.deepEqual(keys(mergeQueues(queues, 10)), ['b3', 'a5', 'a1', 'b5', 'b5', 'a9']);
  assert.equal(queues[0]!.length, 3, 'nothing is consumed');
});

test('what carries an event time is taken by it, however late it was written', () => {
  const builder = new RecordBatchBuilder();
  for (const time of [2, 6]) {
    builder.eventTime = time;
    builder.append(100, `loop${time}`, Buffer.from('{}'));
  }
  const loop = new InputQueue(toyTopic('loop'), 0, 0);
  const batches = [new RecordBatch(builder.finish(0))];
  loop.add({ topic: 'loop', partition: 0, batches, nextOffset: 2, endOffset: 2 });
  const merged = mergeQueues([queueOf('a', 1, 5, 9), loop], 10);
  assert.deepEqual(keys(merged), ['a1', 'loop2', 'a5', 'loop6', 'a9']);
  assert.deepEqual(
    merged.map(({ timestamp, eventTime }) => [timestamp, eventTime]),
    [1, 100, 5, 100, 9].map((timestamp, index) => [timestamp, [1, 2, 5, 6, 9][index]]),
  );
});

test('the same ranges give the same order, however they arrived and wherever the batch was cut', () => {
  const times = fc.array(fc.nat(20), { maxLength: 12 });
  fc.assert(
    fc.property(times, times, fc.nat(24), (a, b, cut) => {
      const taken = mergeQueues([queueOf('a', ...a), queueOf('b', ...b)], cut);
      const of = (topic: string) => taken.filter((record) => record.topic === topic).length;
      const again = [queueOf('a', ...a), queueOf('b', ...b)];
      again[0]!.confine(0, of('a'));
      again[1]!.confine(0, of('b'));
      assert.deepEqual(keys(mergeQueues(again, 1000)), keys(taken));
    }),
  );
});

test("what isn't fetched yet may come first: behind its place nothing is taken", () => {
  const queues = [queueOf('a', 1, 5), queueOf('b', 2, 9)];
  queues[0]!.expect(3);
  assert.deepEqual(keys(mergeQueues(queues, 10)), ['a1', 'b2', 'a5']);
  queues[0]!.add(fetched('a', 2, [7]));
  assert.deepEqual(keys(mergeQueues(queues, 10)), ['a1', 'b2', 'a5', 'a7', 'b9']);
});

test('the position follows what was consumed, past the gap behind the last record', () => {
  const queue = new InputQueue(toyTopic('a'), 0, 10);
  queue.add(fetched('a', 8, [1, 2, 3, 4], 2));
  assert.equal(queue.length, 2, 'records before the position are skipped');
  queue.consume();
  assert.equal(queue.position, 11);
  queue.consume();
  assert.equal(queue.position, 14);
});

test('a fetch without records moves an idle queue on, and the last record of a busy one', () => {
  const idle = new InputQueue(toyTopic('a'), 0, 4);
  idle.add(fetched('a', 4, [], 3));
  assert.equal(idle.position, 7);
  const busy = queueOf('a', 1);
  busy.add(fetched('a', 1, [], 5));
  assert.equal(busy.position, 0);
  busy.consume();
  assert.equal(busy.position, 6);
});

test('a confined queue ends at its bound, gaps included', () => {
  const queue = queueOf('a', 1, 2, 3, 4);
  queue.confine(0, 3);
  assert.deepEqual(keys(mergeQueues([queue], 10)), ['a1', 'a2', 'a3']);
  for (let times = 0; times < 3; times++) queue.consume();
  assert.equal(queue.position, 3);
  queue.confine(3, 9);
  queue.consume();
  assert.equal(queue.position, 9);
});

test('bytes are counted while records wait', () => {
  const queue = queueOf('a', 1, 2);
  const both = queue.bytes;
  assert.ok(both > 0);
  queue.consume();
  assert.equal(queue.bytes, both / 2);
  queue.consume();
  assert.equal(queue.bytes, 0);
});
