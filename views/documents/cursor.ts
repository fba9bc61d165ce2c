// The opaque text that leads to the next page: base64url of [query, sort value, id], all in JSON. It says where the last
// page ended, and of which query; it is no secret, since a made-up one shows nothing that the query wouldn't.
import { createHash } from 'node:crypto';
import { StockstreamError } from '../../base/errors.ts';
import type { FindQuery, Json, StoredDocument } from './documents.ts';

/** The last document of a page, by what it was sorted by. */
export interface CursorPosition {
  readonly value: string | number | boolean | null;
  readonly id: string;
}

export function encodeCursor(collection: string, query: FindQuery, last: StoredDocument): string {
  const entry = [fingerprint(collection, query), sortValue(last, query.sort.field), last.id];
  return Buffer.from(JSON.stringify(entry)).toString('base64url');
}

/** @throws DOCUMENTS_CURSOR_INVALID if `cursor` isn't one of this query's */
export function decodeCursor(collection: string, query: FindQuery, cursor: string): CursorPosition {
  const [made, value, id] = parse(cursor);
  if (made !== fingerprint(collection, query) || !isScalar(value) || typeof id !== 'string') {
    throw new StockstreamError('DOCUMENTS_CURSOR_INVALID');
  }
  return { value, id };
}

function parse(cursor: string): readonly unknown[] {
  try {
    const entry: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(entry) ? entry : [];
  } catch {
    return [];
  }
}

/** Of all that a page depends on but its size. */
function fingerprint(collection: string, { where, sort }: FindQuery): string {
  const conditions = Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([collection, conditions, sort.field, sort.direction]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function sortValue({ id, fields }: StoredDocument, path: string): CursorPosition['value'] {
  if (path === 'id') return id;
  let value: Json | undefined = fields;
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap)[name] : undefined;
  }
  return isScalar(value) ? value : null;
}

type JsonMap = { readonly [field: string]: Json | undefined };

function isScalar(value: unknown): value is CursorPosition['value'] {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
