// A find as SQL. A page goes on from a place in the order of (sort field, id), so each page is a seek in an index.
import { assert } from '../../../base/assert.ts';
import type { CursorPosition } from '../cursor.ts';
import type { Condition, FindQuery } from '../documents.ts';
import { columns, fieldExpression, pathLiteral, present, tableOf } from './schema.ts';

type Parameter = string | number;

/** A part of a WHERE, with what its question marks stand for. */
interface Clause {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** A stretch of the sorted documents, with the order within it. */
interface Stretch extends Clause {
  readonly order: string;
}

/**
 * Statements that together give what follows `after`, in order: run the next one only if the one before gave fewer than
 * are wanted. The last parameter, the number of rows, is the caller's to add.
 */
export function findStatements(collection: string, query: FindQuery, after: CursorPosition | undefined): Clause[] {
  const conditions = Object.entries(query.where).flatMap(([field, condition]) => clausesOf(field, condition));
  return stretches(query.sort, after).map((stretch) => {
    const clauses = [...conditions, stretch];
    return {
      sql: `
        SELECT ${columns} FROM ${tableOf(collection)}
        WHERE ${present}${clauses.map(({ sql }) => ` AND ${sql}`).join('')}
        ORDER BY ${stretch.order} LIMIT ?`,
      parameters: clauses.flatMap(({ parameters }) => parameters),
    };
  });
}

function clausesOf(field: string, condition: Condition): Clause[] {
  const value = fieldExpression(field);
  if (condition === null) return [{ sql: `${value} IS NULL`, parameters: [] }];
  if (typeof condition !== 'object') return [{ sql: `${value} = ?`, parameters: [toParameter(condition)] }];
  if ('in' in condition) {
    return [{ sql: `${value} IN (SELECT value FROM json_each(?))`, parameters: [JSON.stringify(condition.in)] }];
  }
  if ('contains' in condition) {
    const sql = `EXISTS (SELECT 1 FROM json_each(fields, ${pathLiteral(field)}) WHERE value = ?)`;
    return [{ sql, parameters: [condition.contains] }];
  }
  const clauses: Clause[] = [];
  if (condition.gte !== undefined) clauses.push({ sql: `${value} >= ?`, parameters: [condition.gte] });
  if (condition.lt !== undefined) clauses.push({ sql: `${value} < ?`, parameters: [condition.lt] });
  return clauses;
}

/**
 * NULL comes first ascending and last descending, and compares with nothing, so those documents are a stretch of their
 * own. Written in the one way that SQLite takes for a seek: not with row values, and sorted by no more than it must.
 */
function stretches({ field, direction }: FindQuery['sort'], after: CursorPosition | undefined): Stretch[] {
  assert(direction === 'asc' || direction === 'desc', 'a sort goes asc or desc');
  const key = fieldExpression(field);
  const ascending = direction === 'asc';
  const [way, than] = ascending ? ['ASC', '>'] : ['DESC', '<'];
  const order = field === 'id' ? `id ${way}` : `${key} ${way}, id ${way}`;
  if (after === undefined) return [{ sql: 'TRUE', parameters: [], order }];
  if (after.value === null) {
    const missing = { sql: `${key} IS NULL AND id ${than} ?`, parameters: [after.id], order: `id ${way}` };
    return ascending ? [missing, { sql: `${key} IS NOT NULL`, parameters: [], order }] : [missing];
  }
  const value = toParameter(after.value);
  const sql = `${key} ${than}= ? AND (${key} ${than} ? OR id ${than} ?)`;
  const known = { sql, parameters: [value, value, after.id], order };
  return ascending ? [known] : [known, { sql: `${key} IS NULL`, parameters: [], order: `id ${way}` }];
}

function toParameter(value: string | number | boolean): Parameter {
  return typeof value === 'boolean' ? Number(value) : value;
}
