// Requests of any size are written whole: room is made while they grow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFetch } from '../../../log/kafka/wire/fetch.ts';
import { RequestWriter } from '../../../log/kafka/wire/request-writer.ts';

test('a fetch of many partitions is as long as its parts', () => {
  const partitionBytes = 33;
  const lengthOf = (count: number) => {
    const partitions = Array.from({ length: count }, (_, partition) => {
      return { topicId: 'x'.repeat(16), partition, leaderEpoch: 1, offset: 2 };
    });
    const session = { sessionId: 1, sessionEpoch: 1, maxWaitMs: 1, maxBytes: 1, partitionMaxBytes: 1 };
    return encodeFetch({ ...session, partitions, forgotten: [] }).finish().length;
  };
  for (const count of [2, 12, 13, 14, 15, 16, 42, 120]) {
    assert.equal(lengthOf(count), lengthOf(1) + (count - 1) * partitionBytes, `${count} partitions`);
  }
});

test('every kind of value makes room for itself', () => {
  const kinds: readonly [(writer: RequestWriter) => void, number][] = [
    [(writer) => writer.int8(1), 1],
    [(writer) => writer.int16(1), 2],
    [(writer) => writer.int32(1), 4],
    [(writer) => writer.int64(1), 8],
    [(writer) => writer.text('text'), 5],
    [(writer) => writer.raw(Buffer.from('raw')), 3],
  ];
  for (const [write, bytes] of kinds) {
    const writer = new RequestWriter();
    for (let count = 0; count < 3_000; count++) write(writer);
    assert.equal(writer.finish().length, 3_000 * bytes);
  }
});
