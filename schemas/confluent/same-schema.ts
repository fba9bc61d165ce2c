// Whether two texts are one schema. Registries rewrite what they are given: they order the attributes in their own way,
// drop a namespace that is the enclosing one's, write names short or whole. Documentation may differ, for bytes don't.
import { isDeepStrictEqual } from 'node:util';
import type { AvroDefinition, AvroSchema } from '../avro.ts';

export function isSameSchema(one: AvroSchema, other: AvroSchema): boolean {
  return isDeepStrictEqual(normal(one, ''), normal(other, ''));
}

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/** Names are whole, what is only for people is gone. `enclosing` is the namespace around. */
function normal(schema: AvroSchema, enclosing: string): unknown {
  if (typeof schema === 'string') return primitives.has(schema) ? schema : wholeName(schema, enclosing);
  if (isUnion(schema)) return schema.map((branch) => normal(branch, enclosing));
  const { doc, namespace, name, aliases, type, fields, items, values, ...others } = schema;
  if (typeof type !== 'string' || (primitives.has(type) && Object.keys(others).length === 0)) {
    return normal(type, enclosing);
  }
  const whole = name === undefined ? undefined : wholeName(name, namespace ?? enclosing);
  const inside = whole === undefined ? enclosing : whole.slice(0, Math.max(0, whole.lastIndexOf('.')));
  return {
    ...others,
    type,
    name: whole,
    aliases: aliases?.map((alias) => wholeName(alias, inside)),
    fields: fields?.map(({ doc, ...field }) => ({ ...field, type: normal(field.type, inside) })),
    items: items && normal(items, inside),
    values: values && normal(values, inside),
  };
}

function wholeName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

/** `Array.isArray` that knows readonly arrays. */
function isUnion(schema: readonly AvroSchema[] | AvroDefinition): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}
