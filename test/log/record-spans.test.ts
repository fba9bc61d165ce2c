// Spans are what a list of plain objects would be, however many there are and however often they are forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecordSpans } from '../../log/record-spans.ts';

const position = fc.nat(1 << 30);
const record = fc.record({ key: fc.tuple(position, position), value: fc.option(fc.tuple(position, position)) });

test('spans keep what they are told, until they are cleared', () => {
  const property = fc.property(
    fc.array(fc.array(record, { maxLength: 400 }), { maxLength: 4 }),
    fc.nat(3),
    (rounds, room) => {
      const spans = new RecordSpans(room);
      for (const records of rounds) {
        for (const { key, value } of records) {
          const index = spans.add();
          spans.setKey(index, ...key);
          if (value !== null) spans.setValue(index, ...value);
        }
        assert.equal(spans.count, records.length);
        const told = records.map(({ key, value }) => [...key, ...(value ?? [-1, -1])]);
        const found = records.map((_, at) => [
          spans.keyStart(at),
          spans.keyEnd(at),
          spans.valueStart(at),
          spans.valueEnd(at),
        ]);
        assert.deepEqual(found, told);
        const bytes = told.map(([keyStart = 0, keyEnd = 0, start = 0, end = 0]) => keyEnd - keyStart + end - start);
        assert.deepEqual(
          records.map((_, at) => spans.bytesOf(at)),
          bytes,
        );
        spans.clear();
        assert.equal(spans.count, 0);
      }
    },
  );
  fc.assert(property, { numRuns: 100 });
});
