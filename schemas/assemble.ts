// Reads the .avsc files and makes each record's schema whole: a name that is defined in shared/ is replaced by its
// definition where it is first used. For the generator, the recorder and their tests; the program never reads files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AvroDefinition, AvroSchema } from './avro.ts';

/** Whole schemas by record name, in the order of the names. */
export type Schemas = ReadonlyMap<string, AvroDefinition>;

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/**
 * The values of topics and of state stores, whole.
 * @param directory where the .avsc files are: topics' values in it, shared definitions in shared/, stores' in state/
 * @throws Error if two files define one name, or one uses a name that none defines
 */
export function readSchemas(directory: string): Schemas {
  const shared = readDefinitions(join(directory, 'shared'));
  const values = [...readDefinitions(directory), ...readDefinitions(join(directory, 'state'))];
  values.sort(([one], [other]) => (one < other ? -1 : 1));
  const whole = new Map<string, AvroDefinition>();
  for (const [name, definition] of values) {
    if (whole.has(name) || shared.has(name)) throw new Error(`two files define ${name}`);
    whole.set(name, inline(definition, shared, new Set()) as AvroDefinition);
  }
  return whole;
}

function readDefinitions(directory: string): Map<string, AvroDefinition> {
  const files = readdirSync(directory).filter((file) => file.endsWith('.avsc'));
  return new Map(
    files.sort().map((file) => {
      const definition = JSON.parse(readFileSync(join(directory, file), 'utf8')) as AvroDefinition;
      return [definition.name ?? file, definition];
    }),
  );
}

/** `known` holds the names that were defined further up in the same schema: those stay references. */
function inline(schema: AvroSchema, shared: ReadonlyMap<string, AvroDefinition>, known: Set<string>): AvroSchema {
  if (typeof schema === 'string') {
    if (primitives.has(schema) || known.has(schema)) return schema;
    const definition = shared.get(schema);
    if (definition === undefined) throw new Error(`no file defines ${schema}`);
    return inline(definition, shared, known);
  }
  if (isUnion(schema)) return schema.map((branch) => inline(branch, shared, known));
  if (schema.name !== undefined) known.add(schema.name);
  const { fields, items, values } = schema;
  return {
    ...schema,
    ...(fields && { fields: fields.map((field) => ({ ...field, type: inline(field.type, shared, known) })) }),
    ...(items && { items: inline(items, shared, known) }),
    ...(values && { values: inline(values, shared, known) }),
  };
}

/** `Array.isArray` that knows readonly arrays. */
export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}
