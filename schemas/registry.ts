// The schema registry port: versions of schemas under subjects, found again by their ids. A subject is a record's full
// name. Adapters (file-registry.ts, confluent/) implement it; test/conformance/registry.suite.ts is the contract.
import type { AvroDefinition } from './avro.ts';
import { bindSchemas } from './serde.ts';
import { type RecordName, type SchemaVersion, schemaTable } from './table.generated.ts';

export interface SchemaRegistry {
  /**
   * The id of this very schema; it becomes the subject's newest version if it isn't one yet.
   * @throws SCHEMA_INCOMPATIBLE if it cannot read what an older version wrote
   */
  register(subject: string, schema: AvroDefinition): Promise<number>;
  /** All versions of a subject, oldest first; none if there is no such subject. */
  versions(subject: string): Promise<readonly SchemaVersion[]>;
  /** @throws SCHEMA_UNKNOWN */
  byId(id: number): Promise<AvroDefinition>;
}

/** The registry's name for a record of ours. */
export function subjectOf(record: string): string {
  return `stockstream.${record}`;
}

/**
 * Makes this thread's serdes use the ids of `registry`, registering every version that it lacks, and read what newer
 * programs write. Called once at start, before the first record. Without it, ids are those of schemas/history, which is
 * what the embedded log uses.
 *
 * A newer program registers before it writes. Its versions that are there already are taken in now; one that comes
 * later is asked for when its first record is met, see `learn`.
 */
export async function useRegistry(registry: SchemaRegistry): Promise<void> {
  const ids = new Map<number, number>();
  const registered = new Map<string, readonly SchemaVersion[]>();
  for (const name of Object.keys(schemaTable) as RecordName[]) {
    const { id, schema, older } = schemaTable[name];
    const versions = [...older, { id, schema }].sort((one, other) => one.id - other.id);
    for (const version of versions) ids.set(version.id, await registry.register(subjectOf(name), version.schema));
    registered.set(name, await registry.versions(subjectOf(name)));
  }
  bindSchemas({
    idOf: (id) => ids.get(id) ?? id,
    registered: (name) => registered.get(name) ?? [],
    byId: (id) => registry.byId(id),
  });
}
