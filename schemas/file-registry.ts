// The schema registry that is a directory: schemas/history, see history.ts. Its ids are fixed once they have landed.
// For one process at a time: two that register at once could take the same id.
import { StockstreamError } from '../base/errors.ts';
import { shortName } from './avro.ts';
import { incompatibility } from './compatibility.ts';
import { readHistory, recordVersion } from './history.ts';
import type { SchemaRegistry } from './registry.ts';

/** @param directory is made by the first registration if it doesn't exist */
export function fileRegistry(directory: string): SchemaRegistry {
  return {
    async register(subject, schema) {
      const name = shortName(subject);
      const versions = readHistory(directory).get(name) ?? [];
      const text = JSON.stringify(schema);
      const known = versions.findLast((version) => JSON.stringify(version.schema) === text);
      if (known) return known.id;
      const older = versions.map((version) => version.schema);
      const problem = incompatibility(schema, older);
      if (problem) throw new StockstreamError('SCHEMA_INCOMPATIBLE', { subject, ...problem });
      return recordVersion(directory, name, schema).id;
    },

    async versions(subject) {
      return readHistory(directory).get(shortName(subject)) ?? [];
    },

    async byId(id) {
      const versions = [...readHistory(directory).values()].flat();
      const found = versions.find((version) => version.id === id);
      if (!found) throw new StockstreamError('SCHEMA_UNKNOWN', { id });
      return found.schema;
    },
  };
}
