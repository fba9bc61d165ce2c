// Puts a listing together from news of its parts, and tells it if what it shows has changed.
import { sameValue } from '../../base/same-value.ts';
import type { Listing, ListingPart, ListingState } from '../../schemas/types.generated.ts';
import type { Context, Processor } from '../../streams/api.ts';
import { requireKey } from '../require-key.ts';
import { listingOf, unknownListing, withPart } from './listing.ts';

export interface ListingWiring {
  readonly stores: { readonly listings: ListingState };
  readonly outputs: { readonly listings: Listing };
  readonly timers: never;
}

export const assembleListing: Processor<ListingPart, ListingWiring> = {
  name: 'assemble-listing',

  process(record, context) {
    const { listingId, ...part } = record.value;
    requireKey(record, listingId);
    changeListing(context, listingId, (state) => withPart(state, part));
  },
};

/** Changes what a listing is made from; the listing is told if it is another one then. */
export function changeListing(
  context: Pick<Context<ListingWiring>, 'stores' | 'now' | 'forward'>,
  listingId: string,
  change: (state: ListingState) => ListingState,
): void {
  const { listings } = context.stores;
  const before = listings.get(listingId) ?? unknownListing;
  const after = change(before);
  if (sameValue(before, after)) return;
  const content = listingOf(listingId, after);
  // What nobody was ever shown needn't be taken away.
  const isSeen = content !== undefined && (content.isForSale || before.version > 0);
  const isNews = isSeen && !sameValue(content, listingOf(listingId, before));
  const version = isNews ? before.version + 1 : before.version;
  listings.put(listingId, { ...after, version });
  if (isNews) context.forward('listings', listingId, { ...content, version, updatedAt: context.now });
}
