// Searches as they are sent, several at once, and what comes back. If one of them fails, all do: rather no answer than one
// that lacks what is in a shard that is away.
import type { Client, estypes } from '@elastic/elasticsearch';
import type { ListingDocument } from '../search.ts';
import { refusalFailure } from './failures.ts';

/** One search of several that are sent together. */
export interface Part {
  readonly header: estypes.MsearchMultisearchHeader;
  readonly body: estypes.MsearchMultisearchBody;
}

interface Stored {
  readonly listing: ListingDocument;
}

export type Hit = estypes.SearchHit<Stored>;
export type Answer = estypes.SearchResponse<Stored>;

/** Gives an answer for each. @throws SEARCH_UNAVAILABLE, SEARCH_REFUSED */
export type Ask = <const Parts extends readonly Part[]>(parts: Parts) => Promise<{ [Each in keyof Parts]: Answer }>;

/** @throws SEARCH_UNAVAILABLE, SEARCH_REFUSED, the client's errors */
export async function askFor(client: Client, index: string, parts: readonly Part[]): Promise<Answer[]> {
  const searches = parts.flatMap(({ header, body }) => [{ ...header, allow_partial_search_results: false }, body]);
  const { responses } = await client.msearch<Stored>({ index, searches });
  return responses.map((answer) => {
    if (!('error' in answer)) return answer;
    const { status = 0, error } = answer;
    const { type, reason } = error.root_cause?.[0] ?? error;
    throw refusalFailure({ status, type, reason: reason ?? 'it says no more' });
  });
}

/** Of listings as they are stored. */
export function listingOf({ _source: source }: Hit): ListingDocument {
  if (source === undefined) throw new Error('a hit has its listing');
  return source.listing;
}

/** One that moves between shards may be seen in both for a moment. */
export function hitsOf({ hits: { hits } }: Answer): Hit[] {
  const byId = new Map<string | undefined, Hit>();
  for (const hit of hits) if (!byId.has(hit._id)) byId.set(hit._id, hit);
  return [...byId.values()];
}

export function totalOf({ hits: { total = 0 } }: Answer): number {
  return typeof total === 'number' ? total : total.value;
}
