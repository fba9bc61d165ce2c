// Text in records: the bytes are those that Avro asks for, whatever characters, however long, wherever the room ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import avro from 'avsc';
import fc from 'fast-check';
import { avroType } from '../../schemas/avro.ts';

const schema = {
  type: 'record',
  name: 'Text',
  fields: [
    { name: 'a', type: 'string' },
    { name: 'b', type: 'string' },
  ],
};
const ours = avroType(schema);
const plain = avro.Type.forSchema(schema as Parameters<typeof avro.Type.forSchema>[0]);

const lengths = fc.constantFrom(0, 1, 39, 40, 41, 62, 63, 64, 65, 127, 128, 8_190, 8_191, 8_192, 9_000);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  lengths.map((length) => 'x'.repeat(length)),
  lengths.map((length) => `${'x'.repeat(length)}ö`),
  lengths.map((length) => `😀${'x'.repeat(length)}`),
  fc.constant('\ud800 alone'),
);

test('as the library writes it', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = plain.toBuffer({ a, b });
      const target = Buffer.alloc(bytes.length, 0xee);
      assert.equal(ours.encode({ a, b }, target, 0), bytes.length);
      assert.deepEqual(target, bytes);
    }),
  );
});

test('without room for all of it, it says so and writes nothing beyond', () => {
  fc.assert(
    fc.property(text, text, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (a, b, share) => {
      const { length } = plain.toBuffer({ a, b });
      const target = Buffer.alloc(length + 8, 0xee);
      assert.ok(ours.encode({ a, b }, target.subarray(0, Math.floor(length * share)), 0) < 0);
      assert.ok(target.subarray(length).every((byte) => byte === 0xee));
    }),
  );
});

test('what is no text is refused', () => {
  assert.throws(() => ours.encode({ a: 1, b: '' }, Buffer.alloc(9), 0), /not a string: 1/);
});
