// The wire format: what goes in comes out, for every record, every version, every damage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isStockstreamError } from '../../base/errors.ts';
import type { Serde } from '../../base/serde.ts';
import type { AvroDefinition } from '../../schemas/avro.ts';
import { AvroSerde, bindSchemas, bytesSerde, serdeOf, unbound } from '../../schemas/serde.ts';
import { type RecordName, schemaTable } from '../../schemas/table.generated.ts';
import type { OrderCommand } from '../../schemas/types.generated.ts';
import { arbitraryOf } from './arbitrary.ts';

const names = Object.keys(schemaTable) as RecordName[];
const command: OrderCommand = {
  commandId: 'c1',
  orderId: 'o1',
  actor: 'ann',
  at: 1_700_000_000_000,
  command: { type: 'CancelOrder', reason: 'by_customer' },
};

function encoded<V>(serde: Serde<V>, value: V): Buffer {
  const target = Buffer.alloc(65_536);
  const end = serde.encode(value, target, 0);
  assert.ok(end > 0, 'it has room');
  return target.subarray(0, end);
}

for (const name of names) {
  const serde = serdeOf(name) as Serde<unknown>;
  const values = arbitraryOf(schemaTable[name].schema);

  test(`${name}: every value comes back as it was`, () => {
    fc.assert(fc.property(values, (value) => assert.deepEqual(serde.decode(encoded(serde, value)), value)));
  });

  test(`${name}: damaged bytes are told, never trusted`, () => {
    const damage = fc.tuple(values, fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(damage, ([value, at, byte]) => {
        const bytes = encoded(serde, value);
        bytes[at % bytes.length] = byte;
        assertDecodesOrSays(serde, bytes);
        assertDecodesOrSays(serde, bytes.subarray(0, at % bytes.length));
      }),
    );
  });
}

function assertDecodesOrSays(serde: Serde<unknown>, bytes: Buffer): void {
  try {
    serde.decode(bytes);
  } catch (error) {
    assert.ok(
      isStockstreamError(error, 'RECORD_UNDECODABLE') || isStockstreamError(error, 'SCHEMA_UNKNOWN'),
      `${error}`,
    );
  }
}

test('the bytes are the Confluent wire format, in the same bytes for good', () => {
  // Magic 0, id 19, then "c1", "o1", "ann", the time, branch 0 (CancelOrder), symbol 2 (by_customer).
  const parts = ['00', '00000013', '046331', '046f31', '06616e6e', '80a0abfef962', '00', '04'];
  assert.equal(encoded(serdeOf('OrderCommand'), command).toString('hex'), parts.join(''));
});

test('encode says -1 when there is no room, and writes where it is told', () => {
  const serde = serdeOf('OrderCommand');
  const whole = encoded(serde, command);
  for (let room = 0; room < whole.length; room++) assert.equal(serde.encode(command, Buffer.alloc(room), 0), -1);
  const target = Buffer.alloc(whole.length + 7, 0xff);
  assert.equal(serde.encode(command, target, 7), target.length);
  assert.deepEqual(target, Buffer.concat([Buffer.alloc(7, 0xff), whole]));
});

test('an invalid value is named by its path', () => {
  const bad = { ...command, command: { type: 'CancelOrder', reason: 'bored' } } as unknown as OrderCommand;
  assert.throws(() => serdeOf('OrderCommand').encode(bad, Buffer.alloc(100), 0), {
    code: 'RECORD_INVALID',
    message: 'A value of OrderCommand cannot be encoded: command.reason is "bored".',
  });
  const untagged = { ...command, command: { reason: 'expired' } } as unknown as OrderCommand;
  assert.throws(() => serdeOf('OrderCommand').encode(untagged, Buffer.alloc(100), 0), /: command is \{"reason"/);
  for (const at of [0.5, Number.NaN, 2 ** 52, -(2 ** 52)]) {
    assert.throws(() => serdeOf('OrderCommand').encode({ ...command, at }, Buffer.alloc(100), 0), {
      code: 'RECORD_INVALID',
    });
  }
});

test('bytes that end early, go on, or carry another id are refused with the reason', () => {
  const serde = serdeOf('OrderCommand');
  const whole = encoded(serde, command);
  assert.throws(() => serde.decode(whole.subarray(0, -1)), /OrderCommand: it ends too early/);
  assert.throws(() => serde.decode(Buffer.concat([whole, Buffer.alloc(2)])), /OrderCommand: 2 bytes are left over/);
  assert.throws(() => serde.decode(Buffer.from('{}')), { code: 'RECORD_UNDECODABLE' });
  const stranger = Buffer.from(whole);
  stranger.writeInt32BE(424_242, 1);
  assert.throws(() => serde.decode(stranger), { code: 'SCHEMA_UNKNOWN', details: { id: 424_242 } });
});

test('a block length beyond the record ends at once instead of filling the memory', () => {
  const lines = new AvroSerde<unknown>('Lines', { id: 1, schema: record([['lines', array]]), older: [] });
  const huge = Buffer.from([0, 0, 0, 0, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f]);
  assert.throws(() => lines.decode(huge), /a block of 2147483647 items is longer than the record/);
});

const array = { type: 'array', items: 'string' } as const;
type FieldList = readonly (readonly [name: string, type: AvroDefinition['type'], fallback?: unknown])[];

function record(fields: FieldList, name = 'Lines'): AvroDefinition {
  const withDefault = (fallback: unknown) => (fallback === undefined ? {} : { default: fallback });
  return {
    type: 'record',
    name,
    fields: fields.map(([field, type, fallback]) => ({ name: field, type, ...withDefault(fallback) })),
  };
}

test('what an older version wrote reads in the current shape', () => {
  const created = record([['lines', array]], 'Created');
  const before = record([
    ['id', 'string'],
    ['gone', array],
    ['event', [created]],
  ]);
  const ended = record(
    [['reason', { type: 'enum', name: 'Reason', symbols: ['other', 'new'], default: 'other' }]],
    'Ended',
  );
  const after = record([
    ['id', 'string'],
    ['note', ['null', 'string'], null],
    ['event', [created, ended]],
  ]);
  const writer = new AvroSerde<unknown>('Lines', { id: 3, schema: before, older: [] });
  const reader = new AvroSerde<unknown>('Lines', { id: 8, schema: after, older: [{ id: 3, schema: before }] });
  const bytes = encoded(writer, { id: 'x', gone: ['a', 'b'], event: { type: 'Created', lines: ['l'] } });
  const expected = { id: 'x', note: null, event: { type: 'Created', lines: ['l'] } };
  assert.deepEqual(reader.decode(bytes), expected);
  assert.deepEqual(reader.decode(bytes), expected, 'the cached resolver does the same');
  const ending = { id: 'x', note: 'n', event: { type: 'Ended', reason: 'new' } };
  assert.deepEqual(reader.decode(encoded(reader, ending)), ending);
});

test('what a newer version wrote reads as far as this one knows it', () => {
  const created = record([['lines', array]], 'Created');
  const reasons = (symbols: string[]) => ({ type: 'enum', name: 'Reason', symbols, default: 'other' }) as const;
  const ended = (symbols: string[]) => record([['reason', reasons(symbols)]], 'Ended');
  const now = record([
    ['id', 'string'],
    ['event', [created, ended(['other'])]],
  ]);
  const later = record([
    ['at', 'long'],
    ['id', 'string'],
    ['event', [record([['by', 'string']], 'Shipped'), created, ended(['other', 'new'])]],
  ]);
  const writer = new AvroSerde<unknown>('Lines', { id: 8, schema: later, older: [] });
  const reader = new AvroSerde<unknown>('Lines', { id: 3, schema: now, older: [] });
  reader.bind({ ...unbound, registered: () => [{ id: 8, schema: later }] });
  const read = (event: unknown) => reader.decode(encoded(writer, { at: 5, id: 'x', event }));
  assert.deepEqual(read({ type: 'Created', lines: ['l'] }), { id: 'x', event: { type: 'Created', lines: ['l'] } });
  assert.deepEqual(read({ type: 'Ended', reason: 'new' }), { id: 'x', event: { type: 'Ended', reason: 'other' } });
  assert.throws(() => read({ type: 'Shipped', by: 'ann' }), {
    code: 'RECORD_UNDECODABLE',
    message: /no branch for Ship/,
  });
});

test('ids can be mapped to those of a registry, and back', () => {
  const serde = serdeOf('OrderCommand');
  try {
    bindSchemas({ ...unbound, idOf: (id) => id + 1000 });
    const bytes = encoded(serde, command);
    assert.equal(bytes.readInt32BE(1), schemaTable.OrderCommand.id + 1000);
    assert.deepEqual(serde.decode(bytes), command);
  } finally {
    bindSchemas(unbound);
  }
  assert.equal(encoded(serde, command).readInt32BE(1), schemaTable.OrderCommand.id);
});

test('bytes of dead letters pass as they are', () => {
  const bytes = Buffer.from('anything');
  assert.deepEqual(bytesSerde.decode(encoded(bytesSerde, bytes)), bytes);
  assert.equal(bytesSerde.encode(bytes, Buffer.alloc(7), 0), -1);
});
