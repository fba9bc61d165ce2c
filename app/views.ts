// The views that a worker keeps: which topic, through which projection, into the documents.
import type { Topics } from '../schemas/topics.ts';
import { type View, view } from '../streams/view.ts';
import type { Cache, CacheWrite } from '../views/cache/cache.ts';
import { projectCache } from '../views/cache/project-cache.ts';
import { projectCatalogChanges } from '../views/catalog-changes.ts';
import { collections } from '../views/collections.ts';
import type { Documents, DocumentWrite } from '../views/documents/documents.ts';
import type { ExpiryRecords, ExpiryWrite } from '../views/expiry/expiry-records.ts';
import { projectExpiry } from '../views/expiry/project-expiry.ts';
import { projectFeedRuns, projectFeeds } from '../views/feeds.ts';
import { firstGeneration, generationSuffix } from '../views/generations.ts';
import { projectImports, projectImportTallies } from '../views/imports.ts';
import { projectListings } from '../views/listings.ts';
import { projectMails } from '../views/mails.ts';
import { projectNetwork } from '../views/network.ts';
import { projectOrders } from '../views/orders.ts';
import { projectProductTypes } from '../views/product-types.ts';
import { projectProducts } from '../views/products.ts';
import { projectRanks } from '../views/ranks/project-ranks.ts';
import type { Ranks, RankWrite } from '../views/ranks/ranks.ts';
import { projectRatings, projectReviews } from '../views/reviews.ts';
import type { Search, SearchWrite } from '../views/search/search.ts';
import { projectStock } from '../views/stock.ts';
import { projectStockChanges } from '../views/stock-changes.ts';
import { projectUsers } from '../views/users.ts';
import { projectZeroResults } from '../views/zero-results.ts';
import type { ViewSet } from './view-sets.ts';

export const searchName = 'search';

/** All views of a set. */
export function viewsOf(set: ViewSet, topics: Topics): View<unknown>[] {
  return [...sharedViewsOf(set, topics), ...ownViewsOf(set, topics)];
}

/** Those that this process alone fills, on the thread that reads them. */
export function ownViewsOf({ generation, search, ownIndex }: ViewSet, topics: Topics): View<unknown>[] {
  if (search === undefined || ownIndex === undefined) return [];
  const suffix = [generationSuffix(generation), ownIndex].filter((part) => part !== '').join('-');
  return [searchView(search, topics, suffix) as View<unknown>];
}

/** Those that the workers fill. */
export function sharedViewsOf({ generation, documents, search, cache, ...set }: ViewSet, topics: Topics) {
  const into = viewsInto(documents, topics, generation) as View<unknown>[];
  if (search !== undefined && set.ownIndex === undefined)
    into.push(searchView(search, topics, generationSuffix(generation)) as View<unknown>);
  if (cache !== undefined) into.push(cacheView(cache, topics, generation) as View<unknown>);
  if (!set.ranksFollow) into.push(ranksView(set.ranks, topics, generation) as View<unknown>);
  return into;
}

/** Into the documents; each is called as its collection is. */
export function viewsInto(sink: Documents, topics: Topics, of = firstGeneration): View<DocumentWrite>[] {
  const into = { sink, generation: generationSuffix(of) };
  return [
    view(collections.orders.name, { topic: topics.orderEvents, projection: projectOrders, ...into }),
    view(collections.products.name, { topic: topics.products, projection: projectProducts, ...into }),
    view(collections.productTypes.name, { topic: topics.productTypes, projection: projectProductTypes, ...into }),
    view(collections.stock.name, { topic: topics.stockLevels, projection: projectStock, ...into }),
    view(collections.users.name, { topic: topics.users, projection: projectUsers, ...into }),
    view(collections.outbox.name, { topic: topics.mails, projection: projectMails, ...into }),
    view(collections.stockChanges.name, { topic: topics.stockEvents, projection: projectStockChanges, ...into }),
    view(collections.catalogChanges.name, { topic: topics.catalogEvents, projection: projectCatalogChanges, ...into }),
    view(collections.feeds.name, { topic: topics.feeds, projection: projectFeeds, ...into }),
    view(collections.feedRuns.name, { topic: topics.feedPositions, projection: projectFeedRuns, ...into }),
    view(collections.imports.name, { topic: topics.imports, projection: projectImports, ...into }),
    view(collections.network.name, { topic: topics.logisticsEvents, projection: projectNetwork, ...into }),
    view(collections.reviews.name, { topic: topics.reviewEvents, projection: projectReviews, ...into }),
    view(collections.ratings.name, { topic: topics.ratings, projection: projectRatings, ...into }),
    view(collections.zeroResults.name, { topic: topics.zeroResults, projection: projectZeroResults, ...into }),
    view(collections.importTallies.name, { topic: topics.importTallies, projection: projectImportTallies, ...into }),
  ];
}

function searchView(sink: Search, topics: Topics, generation: string): View<SearchWrite> {
  return view(searchName, { topic: topics.listings, projection: projectListings, sink, generation });
}

function cacheView(sink: Cache, topics: Topics, of: string): View<CacheWrite> {
  const generation = generationSuffix(of);
  return view(projectCache.name, { topic: topics.products, projection: projectCache, sink, generation });
}

function ranksView(sink: Ranks, topics: Topics, of: string): View<RankWrite> {
  return view(projectRanks.name, {
    topic: topics.popularity,
    projection: projectRanks,
    sink,
    generation: generationSuffix(of),
  });
}

/** Drops what a view of the set has. */
export async function emptyView({ documents, search, ranks }: ViewSet, name: string): Promise<void> {
  if (name === searchName) await search?.clear();
  else if (name === projectRanks.name) await ranks.clear();
  // What is in the cache is never old: it ends by itself within a minute.
  else if (name !== projectCache.name) await documents.clear(name);
}

/** What names a view of a generation. */
export function viewIn(generation: string, name: string): Pick<View<unknown>, 'name' | 'generation'> {
  return { name, generation: generationSuffix(generation) };
}

/** It can't be rebuilt: what it lacks vanishes within minutes, and is read from the order until then. */
export function expiryView(sink: ExpiryRecords, topics: Topics): View<ExpiryWrite> {
  return view(projectExpiry.name, { topic: topics.orderEvents, projection: projectExpiry, sink });
}
