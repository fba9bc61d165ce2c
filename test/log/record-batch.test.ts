// The codec against itself: what is written is read back, and damage is named instead of believed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { batchHeaderBytes, RecordBatch, readInt64, writeInt64 } from '../../log/record-batch.ts';
import { mostBytesOf, RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { build, records } from './arbitraries.ts';

describe('a record batch', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(records, fc.nat(2 ** 40), (all, baseOffset) => {
        const producer = { producerId: 2 ** 40 + 1, producerEpoch: 12, baseSequence: 99, transactional: true };
        const batch = new RecordBatch(build(all).finish(baseOffset, producer));
        assert.equal(batch.damage(), undefined);
        assert.equal(batch.baseOffset, baseOffset);
        assert.equal(batch.nextOffset, baseOffset + all.length);
        assert.equal(batch.maxTimestamp, Math.max(...all.map(({ timestamp }) => timestamp)));
        const { producerId, producerEpoch, baseSequence, isTransactional: transactional } = batch;
        assert.deepEqual({ producerId, producerEpoch, baseSequence, transactional }, producer);
        assert.equal(batch.isControl, false);
        const expected = all.map((record, index) => ({ offset: baseOffset + index, ...record }));
        assert.deepEqual([...batch.records()], expected);
      }),
    );
  });

  it('tells a null from an empty key or value', () => {
    const batch = new RecordBatch(
      new RecordBatchBuilder().append(1, null, null).append(1, '', Buffer.alloc(0)).finish(0),
    );
    assert.deepEqual(
      [...batch.records()].map(({ key, value }) => [key, value?.length]),
      [
        [null, undefined],
        [Buffer.alloc(0), 0],
      ],
    );
  });

  it('holds records larger than its first capacity, and many of them', () => {
    const large = Buffer.alloc(3_000_000, 'x');
    const builder = new RecordBatchBuilder(64).append(1, 'large', large);
    for (let index = 0; index < 20_000; index++) builder.append(index, `k${index}`, null);
    const batch = new RecordBatch(builder.finish(0));
    assert.equal(batch.damage(), undefined);
    const cursor = batch.cursor();
    assert.ok(cursor.next());
    assert.deepEqual(cursor.value(), large);
    for (let index = 0; index < 20_000; index++) {
      assert.ok(cursor.next());
      assert.equal(cursor.keyText(), `k${index}`);
      assert.equal(cursor.value(), null);
    }
    assert.equal(cursor.next(), false);
  });

  it('takes little more memory than was expected, and the bytes of what came', () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => `key-${index}`);
    const expected = keys.reduce((sum, key) => sum + mostBytesOf(key.length + 100), 0);
    const [builder, unexpecting] = [new RecordBatchBuilder(), new RecordBatchBuilder()];
    builder.expect(expected);
    for (const each of [builder, unexpecting]) {
      each.eventTime = 2 ** 42;
      for (const [index, key] of keys.entries()) each.append(index * 2 ** 30, key, Buffer.alloc(100, key));
    }
    const bytes = builder.finish(7);
    assert.deepEqual(bytes, unexpecting.finish(7));
    const room = bytes.buffer.byteLength;
    assert.ok(room >= batchHeaderBytes + expected && room <= (batchHeaderBytes + expected) * 1.25, `${room} bytes`);
    builder.expect(1);
    assert.deepEqual(builder.finish(7), bytes, 'nor is anything lost by it later');
  });

  it('lets an encoder write values, growing its scratch, and drops a record whose encoder throws', () => {
    const text = {
      encode(value: string, target: Buffer, at: number): number {
        if (value === 'bad') throw new TypeError('a bad value');
        const length = Buffer.byteLength(value);
        return at + length > target.length ? -1 : at + target.write(value, at);
      },
    };
    const long = 'é'.repeat(100_000);
    const builder = new RecordBatchBuilder().encode(5, 'a', long, text);
    assert.throws(() => builder.encode(9, 'b', 'bad', text), /a bad value/);
    builder.encode(6, 'c', 'short', text);
    assert.equal(builder.slice(builder.valueStart, builder.valueEnd).toString(), 'short');
    const read = [...new RecordBatch(builder.finish(3)).records()];
    assert.deepEqual(
      read.map(({ offset, timestamp, key, value }) => [offset, timestamp, String(key), String(value)]),
      [
        [3, 5, 'a', long],
        [4, 6, 'c', 'short'],
      ],
    );
  });

  it('marks where each record lies', () => {
    const batch = new RecordBatch(
      new RecordBatchBuilder().append(1, 'a', Buffer.from('1')).append(2, 'b', null).finish(0),
    );
    const cursor = batch.cursor();
    let end = batchHeaderBytes;
    while (cursor.next()) {
      assert.equal(cursor.recordStart, end);
      end = cursor.recordEnd;
    }
    assert.equal(end, batch.bytes.length);
  });
});

describe('damaged bytes', () => {
  const drain = (batch: RecordBatch) => {
    for (const { key, value } of batch.records())
      assert.ok((key?.length ?? 0) + (value?.length ?? 0) <= batch.bytes.length);
  };

  it('are named when truncated', () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, cut) => {
        const bytes = build(all).finish(7);
        const short = bytes.subarray(0, cut % bytes.length);
        if (short.length < 8) assert.throws(() => new RecordBatch(short), RangeError);
        else assert.equal(typeof new RecordBatch(short).damage(), 'string');
        assert.equal(RecordBatch.endOf(short, 0), undefined);
      }),
    );
  });

  it('are named wherever a bit flips, but for the base offset and the leader epoch, which brokers rewrite', () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, flip) => {
        const bytes = build(all).finish(7);
        const bit = flip % (bytes.length * 8);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const byte = bit >> 3;
        const free = byte < 8 || (byte >= 12 && byte < 16);
        assert.equal(new RecordBatch(bytes).damage() === undefined, free);
      }),
    );
  });

  it('end in a RangeError or in other records, never in a loop or a read outside', () => {
    fc.assert(
      fc.property(
        records,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (all, changes) => {
          const bytes = build(all).finish(7);
          for (const [at, byte] of changes) bytes[21 + (at % (bytes.length - 21))] = byte;
          try {
            drain(new RecordBatch(bytes));
          } catch (error) {
            assert.ok(error instanceof RangeError, String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of the length field never make a walk over batches stand still', () => {
    const bytes = build([{ timestamp: 1, key: null, value: null, headers: [] }]).finish(0);
    assert.equal(RecordBatch.endOf(bytes, 0), bytes.length);
    for (const length of [-12, 0, 48, -(2 ** 31)]) {
      bytes.writeInt32BE(length, 8);
      assert.throws(() => RecordBatch.endOf(bytes, 0), RangeError);
    }
  });
});

describe('a 64-bit field', () => {
  it('holds every safe integer', () => {
    const bytes = Buffer.alloc(8);
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        writeInt64(bytes, 0, value);
        assert.equal(readInt64(bytes, 0), value);
        assert.equal(bytes.readBigInt64BE(0), BigInt(value));
      }),
    );
  });
});
