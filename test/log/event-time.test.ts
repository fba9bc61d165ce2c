// Event times survive whatever is done to a batch, beside other headers and without them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventTimeHeader, eventTimeIn, readEventTime } from '../../log/event-time.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';

const json = {
  encode: (value: number, target: Buffer, at: number) => at + target.write(String(value), at),
};

test('each record carries its own, and one that has none carries nothing', () => {
  const times = fc.array(fc.option(fc.nat(2 ** 43), { nil: undefined }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(times, fc.boolean(), (given, isAbsorbed) => {
      const builder = new RecordBatchBuilder();
      for (const [index, time] of given.entries()) {
        builder.eventTime = time;
        builder.encode(1_000 + index, `k${index}`, index, json);
      }
      const whole = isAbsorbed ? new RecordBatchBuilder().append(1, 'first', null).absorb(builder) : builder;
      const batch = new RecordBatch(whole.finish(5));
      assert.equal(batch.damage(), undefined);
      const found = [...batch.records()].slice(isAbsorbed ? 1 : 0);
      assert.deepEqual(
        found.map(({ headers }) => eventTimeIn(headers)),
        given,
      );
      assert.deepEqual(
        found.map(({ value }) => String(value)),
        given.map((_, index) => String(index)),
      );
      const quick: (number | undefined)[] = [];
      for (const cursor = batch.cursor(); cursor.next(); ) {
        quick.push(readEventTime(cursor.bytes, cursor.headersStart, cursor.recordEnd));
      }
      assert.deepEqual(quick.slice(isAbsorbed ? 1 : 0), given);
    }),
  );
});

test('it is an ordinary header: others stand beside it, and those that are given go before it', () => {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(1_700_000_000_000n);
  const carried = { key: eventTimeHeader, value: time };
  const other = { key: 'trace', value: Buffer.from('x') };
  const builder = new RecordBatchBuilder().append(1, 'both', null, [other, carried]);
  builder.eventTime = 7;
  builder.append(1, 'own', null, [other]).append(1, 'carried', null);
  const [both, own, last] = new RecordBatch(builder.finish(0)).records();
  assert.equal(eventTimeIn(both!.headers), 1_700_000_000_000);
  assert.deepEqual(own!.headers, [other]);
  assert.equal(eventTimeIn(last!.headers), 7);
  assert.equal(eventTimeIn([{ key: eventTimeHeader, value: Buffer.from('soon') }]), undefined);
});
