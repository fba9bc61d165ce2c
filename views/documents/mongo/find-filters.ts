// A find as filters of MongoDB. A page goes on from a place in the order of (sort field, id), as everywhere: a server
// that has an index on both seeks there. Conditions on one field stand side by side, so none hides another.
import type { Filter, SortDirection } from 'mongodb';
import { assert } from '../../../base/assert.ts';
import type { CursorPosition } from '../cursor.ts';
import type { Condition, FindQuery } from '../documents.ts';
import { checkFieldPath } from '../names.ts';
import type { StoredForm } from './stored-form.ts';

type Clause = Filter<StoredForm>;

interface FoundIn {
  readonly filter: Clause;
  readonly sort: Record<string, SortDirection>;
}

/** What is no document any more has nothing else than this. */
export const present = { _deleted: { $exists: false } } as const;

/**
 * Finds that together give what follows `after`, in order: run the next one only if the one before gave fewer than are
 * wanted. Two at most: documents whose sort field is null or missing come first ascending and last descending, and no
 * comparison finds them.
 */
export function findFilters(query: FindQuery, after: CursorPosition | undefined): FoundIn[] {
  const { field, direction } = query.sort;
  assert(direction === 'asc' || direction === 'desc', 'a sort goes asc or desc');
  const order = direction === 'asc' ? 1 : -1;
  const path = pathOf(field);
  const sort = path === '_id' ? { _id: order } : { [path]: order, _id: order };
  const conditions = Object.entries(query.where).flatMap(([name, condition]) => clausesOf(pathOf(name), condition));
  return stretches(path, order, after).map((stretch) => {
    return { filter: { $and: [present, ...conditions, ...stretch] }, sort } as FoundIn;
  });
}

export function pathOf(field: string): string {
  if (field === 'id') return '_id';
  checkFieldPath(field);
  return field;
}

function clausesOf(path: string, condition: Condition): Clause[] {
  if (condition === null || typeof condition !== 'object') return [{ [path]: { $eq: condition } }];
  if ('in' in condition) return [{ [path]: { $in: condition.in } }];
  if ('contains' in condition) return [{ [path]: { $elemMatch: { $eq: condition.contains } } }];
  const clauses: Clause[] = [];
  if (condition.gte !== undefined) clauses.push({ [path]: { $gte: condition.gte } });
  if (condition.lt !== undefined) clauses.push({ [path]: { $lt: condition.lt } });
  return clauses;
}

function stretches(path: string, order: 1 | -1, after: CursorPosition | undefined): Clause[][] {
  if (after === undefined) return [[]];
  const { value, id } = after;
  const than = order === 1 ? '$gt' : '$lt';
  const beyondId = { _id: { [than]: id } };
  if (value === null) {
    const missing = [{ [path]: null }, beyondId];
    return order === 1 ? [missing, [{ [path]: { $ne: null } }]] : [missing];
  }
  const known = [{ [path]: { [`${than}e`]: value } }, { $or: [{ [path]: { [than]: value } }, beyondId] }];
  return order === 1 ? [known] : [known, [{ [path]: null }]];
}
