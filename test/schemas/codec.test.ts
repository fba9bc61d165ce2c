// The generated codecs hold against avsc, which knows nothing of them: the same bytes for every value of every record, the
// same value or refusal for whatever bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import avro from 'avsc';
import fc from 'fast-check';
import { avroType } from '../../schemas/avro.ts';
import { AvroReader, type Codec, writeLong, writeText } from '../../schemas/codec.ts';
import { codecs } from '../../schemas/codecs.generated.ts';
import { AvroSerde, serdeOf } from '../../schemas/serde.ts';
import { type RecordName, schemaTable } from '../../schemas/table.generated.ts';
import type { OrderState, StockState } from '../../schemas/types.generated.ts';
import { arbitraryOf } from './arbitrary.ts';

const names = Object.keys(schemaTable) as RecordName[];
const room = 65_536;

function read(codec: Codec<unknown>, bytes: Buffer): unknown {
  const reader = new AvroReader();
  // Not at the beginning, as in a batch.
  reader.open(Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(3, 0xff)]), 3, 3 + bytes.length);
  const value = codec.read(reader);
  assert.equal(reader.at, 3 + bytes.length);
  return value;
}

/** What comes out, or that it is refused. */
function outcome(work: () => unknown): unknown {
  try {
    return { value: work() };
  } catch {
    return 'refused';
  }
}

for (const name of names) {
  const codec = codecs[name] as Codec<unknown>;
  const { schema } = schemaTable[name];
  const type = avroType(schema);
  const values = arbitraryOf(schema);
  const byAvsc = new AvroSerde<unknown>(name, schemaTable[name]);
  const ours = serdeOf(name) as AvroSerde<unknown>;

  test(`${name}: written and read as avsc does`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = type.toBuffer(value);
        const target = Buffer.alloc(room, 0xee);
        // Half a character alone is left to avsc.
        fc.pre(JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(value)));
        assert.equal(codec.write(target, 2, value), 2 + bytes.length);
        assert.deepEqual(target.subarray(2, 2 + bytes.length), bytes);
        assert.deepEqual(read(codec, bytes), value);
        assert.deepEqual(read(codec, bytes), type.fromBuffer(bytes));
      }),
    );
  });

  test(`${name}: damaged bytes give what avsc gives`, () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 0, max: 255 }), (value, at, byte) => {
        const target = Buffer.alloc(room);
        const bytes = target.subarray(0, ours.encode(value, target, 0));
        bytes[at % bytes.length] = byte;
        const cut = bytes.subarray(0, at % bytes.length);
        for (const each of [bytes, cut]) {
          const expected = outcome(() => byAvsc.decode(each));
          assert.deepEqual(
            outcome(() => ours.decode(each)),
            expected,
          );
          const among = Buffer.concat([bytes, each, bytes]);
          assert.deepEqual(
            outcome(() => ours.decodeAt(among, bytes.length, bytes.length + each.length)),
            expected,
          );
        }
      }),
    );
  });

  test(`${name}: any room is enough or told, and nothing is written beyond`, () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (value, share) => {
        const { length } = type.toBuffer(value);
        const target = Buffer.alloc(length + 20, 0xee);
        const has = Math.floor((length + 5) * share);
        assert.equal(ours.encode(value, target.subarray(0, has), 0), has < length + 5 ? -1 : has);
        assert.ok(target.subarray(has).every((byte) => byte === 0xee));
      }),
      { numRuns: 20 },
    );
  });
}

test('numbers of any size', () => {
  const long = avro.Type.forSchema('long');
  const edge = fc
    .integer({ min: 0, max: 52 })
    .chain((bits) => fc.constantFrom(2 ** bits - 1, 2 ** bits, 2 ** bits + 1));
  const numbers = fc.oneof(fc.integer(), fc.maxSafeInteger(), edge).map((value) => value % 2 ** 52);
  fc.assert(
    fc.property(numbers, fc.boolean(), (value, isNegative) => {
      const number = isNegative ? 0 - value : value;
      const bytes = long.toBuffer(number);
      const target = Buffer.alloc(12);
      assert.deepEqual(target.subarray(0, writeLong(target, 0, number)), bytes);
      const reader = new AvroReader();
      reader.open(bytes, 0, bytes.length);
      assert.equal(reader.int(), number);
    }),
  );
  for (const bad of [2 ** 52, -(2 ** 52), 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1' as unknown as number])
    assert.throws(() => writeLong(Buffer.alloc(12), 0, bad));
});

test('text of any length and script', () => {
  const string = avro.Type.forSchema('string');
  const piece = fc.constantFrom('x', 'ö', '漢', '😀', '\0', '\x7f', '\x80');
  const lengths = fc.constantFrom(0, 1, 11, 12, 13, 24, 25, 62, 63, 64, 127, 8_190, 8_191, 8_192);
  fc.assert(
    fc.property(piece, lengths, fc.string({ unit: 'grapheme' }), (one, length, other) => {
      const text = other + one.repeat(length);
      const bytes = string.toBuffer(text);
      const target = Buffer.alloc(room, 0xee);
      assert.deepEqual(target.subarray(0, writeText(target, 0, text)), bytes);
      const reader = new AvroReader();
      reader.open(bytes, 0, bytes.length);
      assert.equal(reader.text(), text);
    }),
  );
});

test('a list in several blocks, with their sizes in bytes before them, as other programs may write it', () => {
  const stock: StockState = {
    offer: {
      sellerId: 's',
      status: 'active',
      price: { amount: 1, currency: 'EUR' },
      weightGrams: 1,
      customerLimit: null,
      version: 1,
      hasVariants: false,
    },
    warehouses: ['a', 'b', 'c', 'd'].map((warehouseId) => ({ warehouseId, onHand: 1, held: 0, sequence: null })),
    takenIn: 4,
    committed: 0,
    version: 1,
  };
  const whole = avroType(schemaTable.StockState.schema).toBuffer(stock);
  const item = Buffer.from([2, 0x61, 2, 0, 0]);
  const list = whole.indexOf(item) - 1;
  const items = whole.subarray(list + 1, list + 1 + 4 * item.length);
  const blocks = [
    Buffer.from([2]),
    items.subarray(0, item.length),
    Buffer.from([3, 2 * 2 * item.length]),
    items.subarray(item.length, 3 * item.length),
    Buffer.from([2]),
    items.subarray(3 * item.length),
  ];
  const bytes = Buffer.concat([whole.subarray(0, list), ...blocks, whole.subarray(list + 1 + items.length)]);
  assert.deepEqual(read(codecs.StockState as Codec<unknown>, bytes), stock);
});

test('what the codec does not take, avsc takes or names', () => {
  const facts = { customerId: 'c', sequence: 1, expiresAt: 2, lines: [], limited: false, attempt: 0 };
  const state = { phase: { type: 'AwaitingReservations', facts, answers: [] } } as unknown as OrderState;
  assert.throws(() => codecs.OrderState.write(Buffer.alloc(room), 0, state), 'the field checkout is not there');
  const target = Buffer.alloc(room);
  const bytes = target.subarray(0, serdeOf('OrderState').encode(state, target, 0));
  assert.deepEqual(serdeOf('OrderState').decode(bytes), {
    phase: { type: 'AwaitingReservations', facts: { ...facts, checkout: null }, answers: [] },
  });
  const bad = { phase: { type: 'AwaitingReservations', facts: { ...facts, customerId: 1 }, answers: [] } };
  assert.throws(() => serdeOf('OrderState').encode(bad as unknown as OrderState, target, 0), {
    code: 'RECORD_INVALID',
    message: 'A value of OrderState cannot be encoded: phase.facts.customerId is 1.',
  });
});

test('half a character alone is written as avsc writes it', () => {
  const string = avro.Type.forSchema('string');
  for (const text of ['\ud800', `${'x'.repeat(80)}\udc00`, `a\ud800b`]) {
    assert.throws(() => writeText(Buffer.alloc(100), 0, text));
    assert.ok(string.toBuffer(text).length > text.length);
  }
});
