// Each write as one statement, whose own WHERE is the guard by position. The statement depends on the write's shape
// alone: its collection, its kind, the names of its fields. A projection has few shapes, so each is prepared once.
import { assert } from '../../../base/assert.ts';
import type { DocumentWrite } from '../documents.ts';
import { checkName } from '../names.ts';
import { tableOf } from './schema.ts';

/** Equal for writes that one statement serves. Throws for names that aren't names, so none gets into a statement. */
export function shapeOf(write: DocumentWrite): string {
  checkName(write.collection);
  const shape = `${write.kind} ${write.collection}`;
  if (write.kind === 'delete') return shape;
  const set = Object.keys(write.set);
  for (const name of set) checkName(name);
  if (write.kind === 'insert') return shape;
  const append = Object.keys(write.append ?? {});
  for (const name of append) {
    checkName(name);
    assert(!set.includes(name), `${name} is set or appended to, not both`);
  }
  return `${shape} ${set.join()} ${append.join()}`;
}

// ?1 id, ?2 position, ?3 the fields to set as one JSON object, ?4 likewise the elements to append, if there are any.

export function parametersOf(write: DocumentWrite): (string | number)[] {
  const parameters: (string | number)[] = [write.id, write.position.offset];
  if (write.kind !== 'delete') parameters.push(JSON.stringify(write.set));
  if (hasAppend(write)) parameters.push(JSON.stringify(write.append));
  return parameters;
}

export function sqlOf(write: DocumentWrite): string {
  const table = tableOf(write.collection);
  switch (write.kind) {
    case 'upsert':
      return upsertSql(table, Object.keys(write.set), Object.keys(write.append ?? {}));
    case 'insert':
      return `
        INSERT INTO ${table} (id, position, fields) VALUES (?1, ?2, jsonb(?3))
        ON CONFLICT (id) DO UPDATE SET position = excluded.position, fields = excluded.fields
        WHERE excluded.position > position AND fields IS NULL`;
    case 'delete':
      return `
        INSERT INTO ${table} (id, position, fields) VALUES (?1, ?2, NULL)
        ON CONFLICT (id) DO UPDATE SET position = excluded.position, fields = NULL
        WHERE excluded.position > position`;
  }
}

function hasAppend(write: DocumentWrite): write is DocumentWrite & { kind: 'upsert' } {
  return write.kind === 'upsert' && write.append !== undefined && Object.keys(write.append).length > 0;
}

/** `->` gives a member as JSON, and `[#]` is the place after the last element of an array. */
function upsertSql(table: string, set: readonly string[], append: readonly string[]): string {
  const replaced = set.map((name) => `, '$.${name}', ?3 -> '$.${name}'`).join('');
  const appended = append.map((name) => `, '$.${name}[#]', ?4 -> '$.${name}'`).join('');
  return `
    INSERT INTO ${table} (id, position, fields) VALUES (?1, ?2, jsonb_set(jsonb(?3)${appended}))
    ON CONFLICT (id) DO UPDATE SET
      position = excluded.position,
      fields = iif(fields IS NULL, excluded.fields, jsonb_set(fields${replaced}${appended}))
    WHERE excluded.position > position`;
}
