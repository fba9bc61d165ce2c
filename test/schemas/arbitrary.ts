// Arbitrary values of a schema, in the shape that the serdes take, with the extremes that Avro and JavaScript share.
import fc from 'fast-check';
import { isUnion } from '../../schemas/assemble.ts';
import type { AvroDefinition, AvroSchema } from '../../schemas/avro.ts';

/** The largest long, either way. */
const largestLong = 2 ** 52 - 1;

/** Map keys: assigning to `__proto__` sets no key, so it can't be one. */
const mapKey = fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__');

export function arbitraryOf(schema: AvroSchema): fc.Arbitrary<unknown> {
  return build(schema, new Map());
}

function build(schema: AvroSchema, known: Map<string, AvroDefinition>): fc.Arbitrary<unknown> {
  if (typeof schema === 'string') return scalar(schema) ?? build(known.get(schema)!, known);
  if (isUnion(schema)) return fc.oneof(...schema.map((branch) => build(branch, known)));
  if (schema.name !== undefined) known.set(schema.name, schema);
  if (schema.symbols) return fc.constantFrom(...schema.symbols);
  if (schema.items) return fc.array(fieldValue(schema.items, known), { maxLength: 4 });
  if (schema.values)
    return fc.dictionary(mapKey, fieldValue(schema.values, known), { maxKeys: 4, noNullPrototype: true });
  if (schema.fields === undefined) return build(schema.type, known);
  const fields = schema.fields.map((field) => [field.name, fieldValue(field.type, known)] as const);
  return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
}

/** Branches of a union of records carry their names. */
function fieldValue(schema: AvroSchema, known: Map<string, AvroDefinition>): fc.Arbitrary<unknown> {
  if (!isUnion(schema) || schema.includes('null')) return build(schema, known);
  const branches = schema.map((branch) => {
    const values = build(branch, known) as fc.Arbitrary<object>;
    const type = typeof branch === 'string' ? branch : (branch as AvroDefinition).name;
    return values.map((value) => ({ ...value, type }));
  });
  return fc.oneof(...branches);
}

function scalar(name: string): fc.Arbitrary<unknown> | undefined {
  switch (name) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.maxSafeInteger().map((value) => value % (largestLong + 1));
    case 'double':
      return fc.double({ noNaN: true });
    case 'string':
      return fc.string({ unit: 'binary' });
    default:
      return undefined;
  }
}
