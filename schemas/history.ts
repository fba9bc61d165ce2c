// The recorded history of the schemas: every version of a record that ever landed, so that old bytes stay readable.
// Files only; what is compatible with what is said in compatibility.ts.
//
//   history/index.json              { "<Record>": [id of version 1, id of version 2, ...] }, ids are never used twice
//   history/<Record>/<version>.avsc the whole schema as it was, never edited
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AvroDefinition } from './avro.ts';

export interface RecordedVersion {
  /** The id in the wire format, unless a registry gives another. */
  readonly id: number;
  readonly schema: AvroDefinition;
}

/** Versions by record name, oldest first. */
export type History = ReadonlyMap<string, readonly RecordedVersion[]>;

type Index = { readonly [record: string]: readonly number[] };

/** Reads the history of `directory`; one that doesn't exist is empty. */
export function readHistory(directory: string): History {
  const index = readIndex(directory);
  return new Map(
    Object.entries(index).map(([name, ids]) => [
      name,
      ids.map((id, at) => ({ id, schema: JSON.parse(readFileSync(versionFile(directory, name, at + 1), 'utf8')) })),
    ]),
  );
}

/** Adds a version and returns it. The caller has checked that it's compatible and not the newest one already. */
export function recordVersion(directory: string, name: string, schema: AvroDefinition): RecordedVersion {
  const index = readIndex(directory);
  const ids = index[name] ?? [];
  const id = Math.max(0, ...Object.values(index).flat()) + 1;
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(versionFile(directory, name, ids.length + 1), `${JSON.stringify(schema, null, 2)}\n`, { flag: 'wx' });
  const grown = Object.entries({ ...index, [name]: [...ids, id] }).sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(indexFile(directory), `${JSON.stringify(Object.fromEntries(grown), null, 2)}\n`);
  return { id, schema };
}

function readIndex(directory: string): Index {
  const file = indexFile(directory);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

const indexFile = (directory: string) => join(directory, 'index.json');
const versionFile = (directory: string, name: string, version: number) => join(directory, name, `${version}.avsc`);
