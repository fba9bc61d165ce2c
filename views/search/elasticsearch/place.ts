// Where a page ended: what its last hit was sorted by, and what mistyped words may mean, for the next page must be of the
// same list.
import { StockstreamError } from '../../../base/errors.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { SearchQuery } from '../search.ts';
import { type Meant, nothingElse } from './text-query.ts';

export interface Place {
  readonly after: LastHit | undefined;
  readonly meant: Meant;
}

export interface LastHit {
  /** One or two: what is like the words comes after what has them, whatever the order. */
  readonly values: readonly number[];
  readonly id: string;
}

export const beginning: Place = { after: undefined, meant: nothingElse };

/** Whether hits are sorted by having the words themselves before anything else; by relevance they are anyway. */
export function isInTiers({ sort }: SearchQuery, meant: Meant): boolean {
  return sort !== 'relevance' && meant.size > 0;
}

export function cursorAfter(query: SearchQuery, meant: Meant, { values, id }: LastHit): string {
  const [first = 0, second = null] = values;
  return encodeCursor(query, [first, second, id, meant.size === 0 ? null : JSON.stringify([...meant])]);
}

/** @throws SEARCH_CURSOR_INVALID */
export function placeOf(query: SearchQuery, cursor: string): Place {
  const [first, second, id, meantText] = decodeCursor(query, cursor, 4);
  const meant = meantIn(meantText);
  const values = [first, second].filter((each) => typeof each === 'number');
  if (meant === undefined || values.length !== (isInTiers(query, meant) ? 2 : 1) || typeof id !== 'string') {
    throw new StockstreamError('SEARCH_CURSOR_INVALID');
  }
  return { after: { values, id }, meant };
}

function meantIn(text: unknown): Meant | undefined {
  if (text === null) return nothingElse;
  try {
    const entries: unknown = JSON.parse(String(text));
    return Array.isArray(entries) && entries.every(isEntry) ? new Map(entries) : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(entry: unknown): entry is [string, string[]] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Array.isArray(entry[1])) return false;
  return entry[1].every((word) => typeof word === 'string');
}
