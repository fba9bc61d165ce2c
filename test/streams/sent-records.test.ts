// What the records of a batch send comes out as it was sent, whenever it was encoded; of a compacted topic the last of a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { Encodings } from '../../state/encodings.ts';
import { OutputBatches } from '../../streams/output-batches.ts';
import { SentRecords } from '../../streams/sent-records.ts';
import { toyTopic } from './toys.ts';

const events = toyTopic<unknown>('events', { partitions: 2 });
const levels = { ...toyTopic<unknown>('levels', { partitions: 2 }), cleanup: 'compact' as const };

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      topic: fc.constantFrom(events, levels),
      key: fc.constantFrom('a', 'b', 'ä', 'a long key, longer than what is copied byte by byte: 😀😀😀'),
      value: fc.string({ maxLength: 80 }),
      eventTime: fc.option(fc.nat(), { nil: undefined }),
    }),
  },
  fc.constant('encode' as const),
  fc.record({ dropped: fc.nat(3) }),
);

test('what is sent comes out in order, by partition, whenever it is encoded and whatever is taken back', () => {
  const property = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const [sent, encodings] = [new SentRecords(), new Encodings()];
    const model: { topic: typeof events; key: string; value: string; eventTime: number | undefined }[] = [];
    for (const each of steps) {
      if (each === 'encode') sent.encode(encodings);
      else if ('dropped' in each) {
        const length = sent.length;
        for (let count = 0; count < each.dropped; count++) sent.push(levels, 'a', 'dropped', undefined);
        sent.truncate(length);
      } else {
        sent.push(each.topic, each.key, each.value, each.eventTime);
        model.push(each);
      }
    }
    sent.encode(encodings);
    assert.equal(sent.waiting, 0);
    const outputs = new OutputBatches();
    outputs.addSent(sent, 7, encodings.bytes);
    const expected = model.filter(
      (each, index) =>
        each.topic === events || !model.slice(index + 1).some(({ topic, key }) => topic === levels && key === each.key),
    );
    const found = [...outputs].map(({ topic, partition, builder }) => {
      const records = [...new RecordBatch(builder.finish(0)).records()];
      return {
        topic,
        partition,
        texts: records.map(({ key, value, headers }) => [key?.toString(), value?.toString(), headers.length]),
      };
    });
    const wanted = Map.groupBy(expected, ({ topic, key }) => `${topic.name} ${partitionOf(key, 2)}`);
    assert.equal(found.length, wanted.size);
    for (const { topic, partition, texts } of found) {
      const of = wanted.get(`${topic} ${partition}`) ?? [];
      assert.deepEqual(
        texts,
        of.map(({ key, value, eventTime }) => [key, JSON.stringify(value), eventTime === undefined ? 0 : 1]),
      );
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test('what cannot be encoded waits, with all behind it, and can be forgotten', () => {
  const [sent, encodings] = [new SentRecords(), new Encodings()];
  let isUnfit = true;
  sent.push(events, 'a', 1, undefined);
  sent.push(events, 'a', { toJSON: () => (isUnfit ? assert.fail('as told') : 2) }, undefined);
  for (const value of [3, 4]) sent.push(levels, 'a', value, undefined);
  for (let tries = 0; tries < 2; tries++) {
    assert.throws(() => sent.encode(encodings), /as told/);
    assert.equal(sent.waiting, 3);
  }
  assert.throws(() => new OutputBatches().addSent(sent, 7, encodings.bytes), /encoded before/);
  assert.throws(() => sent.truncate(0), /stays/);
  isUnfit = false;
  sent.encode(encodings);
  const { spans } = sent;
  const each = Array.from({ length: sent.encoded }, (_, index) => index);
  const values = each.map((index) => encodings.bytes.toString('utf8', spans.valueStart(index), spans.valueEnd(index)));
  assert.deepEqual([values[0], values[1], values[3]], ['1', '2', '4']);
  assert.deepEqual(
    each.map((index) => sent.isReplaced(index)),
    [false, false, true, false],
  );
  sent.clear();
  assert.deepEqual([sent.length, sent.waiting], [0, 0]);
});
