// What registries rewrite is the same schema; what changes bytes or their meaning is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AvroDefinition, AvroSchema } from '../../schemas/avro.ts';
import { isSameSchema } from '../../schemas/confluent/same-schema.ts';
import { schemaTable } from '../../schemas/table.generated.ts';

const money = { type: 'record', namespace: 'shop', name: 'Money', doc: 'An amount.', fields: [] } as const;
const order: AvroDefinition = {
  type: 'record',
  namespace: 'shop',
  name: 'Order',
  doc: 'An order.',
  aliases: ['Purchase'],
  fields: [
    { name: 'total', type: money, doc: 'All.' },
    { name: 'paid', type: ['null', 'Money'], default: null },
    { name: 'lines', type: { type: 'array', items: { type: 'map', values: 'Money' } } },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['a', 'b'], default: 'a' } },
  ],
};
const [total, ...rest] = order.fields!;

function rewritten(change: (text: string) => string): AvroSchema {
  return JSON.parse(change(JSON.stringify(order)));
}

test('another order of attributes, other ways to write a name, other words: one schema', () => {
  const same: readonly AvroSchema[] = [
    rewritten((text) => text.replace('"An order."', '"Something else."').replace(',"doc":"All."', '')),
    rewritten((text) => text.replace(',"namespace":"shop","name":"Money"', ',"name":"Money"')),
    rewritten((text) => text.replaceAll('"Money"', '"shop.Money"').replace('"Status"', '"shop.Status"')),
    rewritten((text) => text.replace('"namespace":"shop","name":"Order"', '"name":"shop.Order"')),
    rewritten((text) => text.replace('"Purchase"', '"shop.Purchase"').replace('"null"', '{"type":"null"}')),
    Object.fromEntries(Object.entries(order).reverse()) as unknown as AvroDefinition,
  ];
  for (const each of same) assert.ok(isSameSchema(each, order), JSON.stringify(each));
});

test('other bytes, another meaning: another schema', () => {
  const other: readonly AvroSchema[] = [
    { ...order, fields: [...rest, total!] },
    { ...order, fields: rest },
    { ...order, namespace: 'store' },
    { ...order, aliases: [] },
    rewritten((text) => text.replace(',"default":null', '')),
    rewritten((text) => text.replace('["null","Money"]', '["Money","null"]')),
    rewritten((text) => text.replace('"b"', '"c"')),
    rewritten((text) => text.replace(',"logicalType":"timestamp-millis"', '')),
    rewritten((text) => text.replace('"values":"Money"', '"values":"string"')),
  ];
  for (const each of other) assert.ok(!isSameSchema(each, order), JSON.stringify(each));
});

test('each of our schemas is itself and no other', () => {
  const all = Object.values(schemaTable).map(({ schema }) => schema);
  for (const one of all)
    assert.deepEqual(
      all.filter((other) => isSameSchema(one, other)),
      [one],
    );
});
