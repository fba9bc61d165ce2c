// The codec against kafkajs: each reads what the other writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RecordBatch } from '../../log/record-batch.ts';
import { build, records } from './arbitraries.ts';
import { oracleDecode, oracleEncode } from './kafkajs-codec.ts';

/** kafkajs keeps headers in an object: one value a key, and keys that aren't array indexes or object members. */
const plain = records.map((all) =>
  all.map((record) => ({
    ...record,
    headers: record.headers.map(({ key, value }, index) => ({ key: `h${index}${key}`, value })),
  })),
);

describe('kafkajs', () => {
  it('reads what we write', async () => {
    await fc.assert(
      fc.asyncProperty(plain, fc.nat(2 ** 40), async (all, baseOffset) => {
        const producer = { producerId: 2 ** 33 + 5, producerEpoch: 4, baseSequence: 17, transactional: true };
        const read = await oracleDecode(build(all).finish(baseOffset, producer));
        assert.equal(read.firstOffset, String(baseOffset));
        assert.equal(read.lastOffsetDelta, all.length - 1);
        assert.equal(read.inTransaction, true);
        assert.deepEqual(
          [read.producerId, read.producerEpoch, read.firstSequence],
          [String(producer.producerId), producer.producerEpoch, producer.baseSequence],
        );
        assert.deepEqual(
          read.records.map(({ offset, timestamp, key, value, headers }) => ({
            offset,
            timestamp,
            key,
            value,
            headers,
          })),
          all.map(({ timestamp, key, value, headers }, index) => ({
            offset: String(baseOffset + index),
            timestamp: String(timestamp),
            key,
            value,
            headers: Object.fromEntries(headers.map((header) => [header.key, header.value])),
          })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('writes what we read', async () => {
    await fc.assert(
      fc.asyncProperty(plain, fc.nat(2 ** 40), async (all, baseOffset) => {
        const batch = new RecordBatch(await oracleEncode(all, baseOffset));
        assert.equal(batch.damage(), undefined);
        assert.deepEqual([batch.producerId, batch.producerEpoch, batch.baseSequence], [7, 3, 11]);
        assert.equal(batch.maxTimestamp, Math.max(...all.map(({ timestamp }) => timestamp)));
        const expected = all.map((record, index) => ({ offset: baseOffset + index, ...record }));
        assert.deepEqual([...batch.records()], expected);
      }),
      { numRuns: 60 },
    );
  });

  it('writes the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(plain, async (all) => {
        const producer = { producerId: 7, producerEpoch: 3, baseSequence: 11, transactional: false };
        const [ours, theirs] = [build(all).finish(5, producer), await oracleEncode(all, 5)];
        // The leader epoch, outside the CRC, is -1 from a producer and 0 from kafkajs.
        theirs.writeInt32BE(-1, 12);
        assert.deepEqual(ours, theirs);
      }),
      { numRuns: 60 },
    );
  });
});
