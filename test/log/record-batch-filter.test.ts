// Taking records out of a batch: what stays is as it was.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RecordBatch } from '../../log/record-batch.ts';
import { filterBatch } from '../../log/record-batch-filter.ts';
import { build, records } from './arbitraries.ts';

describe('filtering a batch', () => {
  it('keeps the chosen records, their offsets, and the bounds of the batch', () => {
    fc.assert(
      fc.property(records, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (all, keep) => {
        const producer = { producerId: 5, producerEpoch: 1, baseSequence: 3, transactional: true };
        const batch = new RecordBatch(build(all).finish(100, producer));
        const bytes = filterBatch(batch, ({ offset }) => keep[offset - 100] ?? false);
        const kept = [...batch.records()].filter(({ offset }) => keep[offset - 100]);
        if (bytes === undefined) assert.equal(kept.length, 0);
        else {
          const filtered = new RecordBatch(bytes);
          assert.equal(filtered.damage(), undefined);
          assert.deepEqual([...filtered.records()], kept);
          assert.deepEqual([filtered.baseOffset, filtered.nextOffset], [batch.baseOffset, batch.nextOffset]);
          assert.equal(filtered.maxTimestamp, Math.max(...kept.map(({ timestamp }) => timestamp)));
          assert.equal(filtered.isTransactional, true);
          assert.equal(bytes === batch.bytes, kept.length === all.length);
        }
      }),
    );
  });
});
