// Records the schemas as they are now in history/ and generates again: `node schemas/record.ts`, before a change lands.
// Refuses a schema that cannot read what a recorded version wrote; nothing is recorded then.
import { join } from 'node:path';
import { StockstreamError } from '../base/errors.ts';
import { readSchemas } from './assemble.ts';
import { incompatibility } from './compatibility.ts';
import { fileRegistry } from './file-registry.ts';
import { writeGenerated } from './generate.ts';
import { readHistory } from './history.ts';
import { subjectOf } from './registry.ts';

/** @throws SCHEMA_INCOMPATIBLE */
export async function recordSchemas(directory: string): Promise<void> {
  const schemas = readSchemas(directory);
  const historyDirectory = join(directory, 'history');
  const history = readHistory(historyDirectory);
  for (const [name, schema] of schemas) {
    const recorded = (history.get(name) ?? []).map((version) => version.schema);
    const problem = incompatibility(schema, recorded);
    if (problem) throw new StockstreamError('SCHEMA_INCOMPATIBLE', { subject: subjectOf(name), ...problem });
  }
  const registry = fileRegistry(historyDirectory);
  for (const [name, schema] of schemas) await registry.register(subjectOf(name), schema);
  writeGenerated(directory);
}

if (import.meta.main) await recordSchemas(import.meta.dirname);
