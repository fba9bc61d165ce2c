// Tables and indexes. One table a collection:
//
//     id TEXT PRIMARY KEY | position INTEGER | fields BLOB (JSONB; NULL once the document was deleted)
//
// Indexes are over expressions of `fields` and leave deleted documents out.
import type { DatabaseSync } from 'node:sqlite';
import type { CollectionSpec, IndexSpec } from '../documents.ts';
import { checkFieldPath, checkName } from '../names.ts';

/** The condition of every index; a query must repeat it to use one. */
export const present = 'fields IS NOT NULL';

/** What reads select. */
export const columns = 'id, json(fields) AS content, position';

export function tableOf(collection: string): string {
  checkName(collection);
  return `"${collection}"`;
}

/** A field's value as SQL: a string, a number, 1 or 0 for booleans, NULL for null and missing. */
export function fieldExpression(path: string): string {
  return path === 'id' ? 'id' : `json_extract(fields, ${pathLiteral(path)})`;
}

/** Where a field is, as SQLite's JSON functions are told. */
export function pathLiteral(path: string): string {
  checkFieldPath(path);
  return `'$.${path}'`;
}

/**
 * Makes a collection what `spec` says; existing documents stay. Of indexes that serve a query equally well SQLite takes
 * the youngest, so they are made from the last to the first, and all made again if they aren't just these.
 */
export function makeCollection(database: DatabaseSync, { name, indexes }: CollectionSpec): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS ${tableOf(name)} (
      id TEXT PRIMARY KEY NOT NULL,
      position INTEGER NOT NULL,
      fields BLOB
    )`);
  const made = indexes.filter(({ isOfList }) => !isOfList);
  const wanted = made.map((index) => indexStatement(name, index)).reverse();
  const existing = database
    .prepare(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid`,
    )
    .all(name);
  if (existing.map(({ sql }) => sql).join() === wanted.join()) return;
  for (const index of existing) database.exec(`DROP INDEX "${index.name}"`);
  for (const statement of wanted) database.exec(statement);
}

/** Index names are one space in a database, so the collection's comes first. */
function indexStatement(collection: string, { name, fields }: IndexSpec): string {
  checkName(name);
  const parts = [...fields.map(fieldExpression), 'id'];
  return `CREATE INDEX "${collection}.${name}" ON ${tableOf(collection)} (${parts.join(', ')}) WHERE ${present}`;
}
