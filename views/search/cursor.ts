// The opaque text that leads to a search's next page: base64url of [query, values] in JSON, the values being what an
// engine needs to go on after the page's last hit. It is no secret, since a made-up one shows nothing that the query
// wouldn't.
import { createHash } from 'node:crypto';
import { StockstreamError } from '../../base/errors.ts';
import type { SearchQuery } from './search.ts';

export type CursorValue = string | number | null;

export function encodeCursor(query: SearchQuery, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([fingerprint(query), ...values])).toString('base64url');
}

/**
 * @param count of values that the engine's cursors have
 * @throws SEARCH_CURSOR_INVALID if `cursor` isn't one of this query's
 */
export function decodeCursor(query: SearchQuery, cursor: string, count: number): readonly CursorValue[] {
  const [made, ...values] = parse(cursor);
  if (made !== fingerprint(query) || values.length !== count || !values.every(isCursorValue)) {
    throw new StockstreamError('SEARCH_CURSOR_INVALID');
  }
  return values;
}

function parse(cursor: string): readonly unknown[] {
  try {
    const entry: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(entry) ? entry : [];
  } catch {
    return [];
  }
}

/**
 * Of what the caller asks for. Not of page size and facets, nor of what changes by itself between two pages: ways of
 * delivery, whose hours pass, synonyms and weights, which operators edit.
 */
function fingerprint({ terms, language, filters, sort }: SearchQuery): string {
  const { delivery, attributes = {}, ...others } = filters;
  const parts = [terms.map(({ text }) => text), language, sort, sorted(others), sorted(attributes)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}

function sorted(filters: object): readonly (readonly [string, unknown])[] {
  return Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function isCursorValue(value: unknown): value is CursorValue {
  return value === null || typeof value === 'string' || typeof value === 'number';
}
