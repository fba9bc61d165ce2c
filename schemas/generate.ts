// Writes types.generated.ts, codecs.generated.ts and table.generated.ts from the .avsc files and their history:
// `npm run generate`.
// A schema that isn't recorded yet gets id 0, which a test refuses: `node schemas/record.ts` records it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSchemas, type Schemas } from './assemble.ts';
import { type History, readHistory } from './history.ts';
import { writeCodecs } from './write-codecs.ts';
import { writeTypes } from './write-types.ts';

/** File name to text: what the generated files should be now. */
export function generate(directory: string): { readonly [file: string]: string } {
  const schemas = readSchemas(directory);
  return {
    'types.generated.ts': writeTypes(schemas),
    'codecs.generated.ts': writeCodecs(schemas),
    'table.generated.ts': writeTable(schemas, readHistory(join(directory, 'history'))),
  };
}

function writeTable(schemas: Schemas, history: History): string {
  const entries = [...schemas].map(([name, schema]) => {
    const versions = history.get(name) ?? [];
    const text = JSON.stringify(schema);
    const current = versions.findLast((version) => JSON.stringify(version.schema) === text);
    const older = versions.filter((version) => version !== current);
    return `  ${name}: ${JSON.stringify({ id: current?.id ?? 0, schema, older })},`;
  });
  return [
    '// Written by `npm run generate` from the .avsc files and history/: do not edit.',
    "import type { AvroDefinition } from './avro.ts';",
    "import type { RecordTypes } from './types.generated.ts';",
    '',
    '/** A recorded version: its id in schemas/history and its whole schema. */',
    'export interface SchemaVersion {\n  readonly id: number;\n  readonly schema: AvroDefinition;\n}',
    '',
    '/** The current schema of a record, and the older versions that may still be in the log. */',
    'export interface SchemaEntry extends SchemaVersion {\n  readonly older: readonly SchemaVersion[];\n}',
    '',
    'export type RecordName = keyof RecordTypes;',
    '',
    'export const schemaTable: { readonly [Name in RecordName]: SchemaEntry } = {',
    ...entries,
    '};',
    '',
  ].join('\n');
}

export function writeGenerated(directory: string): void {
  for (const [file, text] of Object.entries(generate(directory))) writeFileSync(join(directory, file), text);
}

if (import.meta.main) writeGenerated(import.meta.dirname);
