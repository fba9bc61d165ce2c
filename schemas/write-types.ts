// Writes TypeScript for Avro schemas: an interface a record, a literal union an enum, with the docs as comments.
// A record that is a branch of a union of records gets `type: '<Name>'`; it must not be used outside such a union.
import { isUnion, type Schemas } from './assemble.ts';
import type { AvroDefinition, AvroSchema } from './avro.ts';

interface Found {
  readonly definitions: Map<string, AvroDefinition>;
  /** Names of records by how they are used. */
  readonly tagged: Set<string>;
  readonly plain: Set<string>;
}

const scalars: { readonly [avro: string]: string } = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Buffer',
  string: 'string',
};

/**
 * The whole file's text, the same for the same schemas.
 * @throws Error naming each record or field that has no doc, and each record that is used both tagged and plain
 */
export function writeTypes(schemas: Schemas): string {
  const found: Found = { definitions: new Map(), tagged: new Set(), plain: new Set() };
  for (const schema of schemas.values()) collect(schema, found);
  const faults = faultsOf(found);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const names = [...found.definitions.keys()].sort();
  const values = [...schemas.keys()].map((name) => `  readonly ${name}: ${name};`).join('\n');
  const blocks = [
    '// Written by `npm run generate` from the .avsc files: do not edit.',
    ...names.map((name) => typeText(name, found)),
    `/** The values of topics and stores by name. */\nexport interface RecordTypes {\n${values}\n}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function collect(schema: AvroSchema, found: Found): void {
  if (typeof schema === 'string') return;
  if (isUnion(schema)) {
    for (const branch of schema) collect(branch, found);
    if (isTagged(schema, found)) for (const branch of schema) found.tagged.add(nameOf(branch));
    return;
  }
  if (schema.name !== undefined) found.definitions.set(schema.name, schema);
  for (const field of schema.fields ?? []) collect(field.type, found);
  for (const part of [schema.items, schema.values]) if (part !== undefined) collect(part, found);
  for (const used of directUses(schema)) found.plain.add(used);
}

/** Names that a definition uses outside a tagged union. */
function directUses(schema: AvroDefinition): string[] {
  const parts = [...(schema.fields ?? []).map((field) => field.type), schema.items, schema.values];
  return parts.flatMap((part) => {
    if (part === undefined) return [];
    if (!isUnion(part)) return [nameOf(part)];
    return part.includes('null') ? part.map(nameOf) : [];
  });
}

function isTagged(union: readonly AvroSchema[], { definitions }: Found): boolean {
  return union.every((branch) => definitions.get(nameOf(branch))?.type === 'record');
}

function nameOf(schema: AvroSchema): string {
  if (typeof schema === 'string') return schema;
  return isUnion(schema) ? '' : (schema.name ?? '');
}

function faultsOf({ definitions, tagged, plain }: Found): string[] {
  const undocumented = [...definitions.values()].flatMap((definition) => [
    ...(definition.doc ? [] : [`${definition.name} has no doc`]),
    ...(definition.fields ?? [])
      .filter((field) => !field.doc)
      .map((field) => `${definition.name}.${field.name} has no doc`),
  ]);
  const twofold = [...tagged].filter((name) => plain.has(name)).map((name) => `${name} is used both tagged and plain`);
  const clashing = [...tagged].filter((name) => definitions.get(name)?.fields?.some((field) => field.name === 'type'));
  return [...undocumented, ...twofold, ...clashing.map((name) => `${name} has a field called type`)];
}

function typeText(name: string, found: Found): string {
  const { doc, symbols, fields = [] } = found.definitions.get(name)!;
  if (symbols) return `/** ${doc} */\nexport type ${name} =\n${symbols.map((symbol) => `  | '${symbol}'`).join('\n')};`;
  const lines = fields.map((field) => `  /** ${field.doc} */\n  readonly ${field.name}: ${typeOf(field.type)};`);
  if (found.tagged.has(name)) lines.unshift(`  readonly type: '${name}';`);
  return `/** ${doc} */\nexport interface ${name} {\n${lines.join('\n')}\n}`;
}

function typeOf(schema: AvroSchema): string {
  if (typeof schema === 'string') return scalars[schema] ?? schema;
  if (isUnion(schema)) return schema.toSorted(nullLast).map(typeOf).join(' | ');
  if (schema.items !== undefined) return `readonly ${elementOf(typeOf(schema.items))}[]`;
  if (schema.values !== undefined) return `{ readonly [key: string]: ${typeOf(schema.values)} }`;
  return schema.name ?? typeOf(schema.type);
}

const nullLast = (one: AvroSchema, other: AvroSchema) => Number(one === 'null') - Number(other === 'null');

function elementOf(type: string): string {
  return type.includes(' ') ? `(${type})` : type;
}
