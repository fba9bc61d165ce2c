// One view held against a fold of its topic: documents, the search, the ranks, the cache. What differs twice, some time apart,
// is no news under way but damage. Documents are written anew one by one; the search and ranks guard their writes by
// positions that a damaged entry has, too, so they are rebuilt; what is in the cache ends by itself within a minute.
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import { sameValue } from '../../base/same-value.ts';
import type { ViewCheck, ViewDifference } from '../../gateway/reconciliation.ts';
import type { Log } from '../../log/log.ts';
import type { TopicEntry, Topics } from '../../schemas/topics.ts';
import type { View } from '../../streams/view.ts';
import type { Archive } from '../../views/archive/archive.ts';
import type { Cache, CacheWrite } from '../../views/cache/cache.ts';
import { collections } from '../../views/collections.ts';
import type { DocumentWrite } from '../../views/documents/documents.ts';
import { type Ranks, type RankWrite, rankWindows } from '../../views/ranks/ranks.ts';
import type { ListingDocument, Search, SearchWrite } from '../../views/search/search.ts';
import { partitionsOf } from '../view-lag.ts';
import type { ViewSet } from '../view-sets.ts';
import { searchName, viewsInto, viewsOf } from '../views.ts';
import { clock } from '../wire/places.ts';
import { emptyRanks } from '../wire/ranks.ts';
import { compareView } from './compare-view.ts';
import { readRecords } from './read-topic.ts';
import { rewriteDocuments } from './rewrite-documents.ts';
import { wholeOrders } from './whole-orders.ts';

export interface CheckViewParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly appId: string;
  readonly set: ViewSet;
  readonly archive: Archive;
  readonly signal: AbortSignal;
  readonly patienceMs: number;
}

interface Looked {
  readonly compared: number;
  /** By subject. */
  readonly wrong: ReadonlyMap<string, ViewDifference>;
}

const page = 500;
const topLength = 100;
const lookAgainMs = 1_500;

/** Undefined if there is no such view. @throws RECONCILIATION_INCOMPLETE if the view lags */
export async function checkView(parts: CheckViewParts, name: string, repair: boolean): Promise<ViewCheck | undefined> {
  // Ranks that a process fills by itself are looked at, too.
  const view = viewsOf({ ...parts.set, ranksFollow: false }, parts.topics).find((each) => each.name === name);
  const look = view && lookerOf(parts, view);
  if (look === undefined) return undefined;
  const first = await look();
  if (first.wrong.size === 0) return { view: name, ...told(first), outcome: 'same' };
  await sleep(clock, lookAgainMs, parts.signal);
  const again = await look();
  const lasting = new Map([...again.wrong].filter(([subject]) => first.wrong.has(subject)));
  const found = { compared: again.compared, wrong: lasting };
  if (lasting.size === 0) return { view: name, ...told(found), outcome: 'same' };
  if (!repair) return { view: name, ...told(found), outcome: 'different' };
  const isOfDocuments = viewsInto(parts.set.documents, parts.topics).some((each) => each.name === name);
  if (!isOfDocuments) return { view: name, ...told(found), outcome: name === 'product-cache' ? 'passing' : 'rebuild' };
  const { documents } = parts.set;
  const left = await rewriteDocuments({ ...parts, documents }, name, [...lasting.keys()]);
  return { view: name, ...told(found), outcome: left.size === 0 ? 'repaired' : 'different' };
}

function told({ compared, wrong }: Looked): Pick<ViewCheck, 'compared' | 'differences' | 'examples'> {
  return { compared, differences: wrong.size, examples: [...wrong.values()].slice(0, 20) };
}

function lookerOf(parts: CheckViewParts, view: View<unknown>): (() => Promise<Looked>) | undefined {
  const { search, cache, ranks, documents, generation } = parts.set;
  if (view.name === searchName && search) return () => lookAtSearch(parts, view as View<SearchWrite>, search);
  if (view.sink === cache) return () => lookAtCache(parts, view as View<CacheWrite>, cache as Cache);
  if (view.sink === ranks) return () => lookAtRanks(parts, view as View<RankWrite>, ranks);
  const own = viewsInto(documents, parts.topics, generation).find((each) => each.name === view.name);
  return own && (() => lookAtDocuments(parts, own));
}

async function lookAtDocuments(parts: CheckViewParts, view: View<DocumentWrite>): Promise<Looked> {
  const { documents } = parts.set;
  const reading = { ...parts, documents, tail: Number.POSITIVE_INFINITY };
  const complete = (ids: readonly string[], found: Parameters<typeof wholeOrders>[2]) =>
    wholeOrders({ ...parts, documents }, ids, found);
  const isOfOrders = view.name === collections.orders.name;
  const compared = await compareView({ ...reading, ...(isOfOrders && { complete }) }, view);
  if (compared === undefined) throw new StockstreamError('RECONCILIATION_INCOMPLETE', { topic: view.topic.name });
  const wrong = compared.findings.flatMap(({ repair, subject, expected, found }) => {
    return repair?.kind === 'rewrite-document' ? [[repair.documentId, { subject, expected, found }] as const] : [];
  });
  return { compared: compared.counts.view?.checked ?? 0, wrong: new Map(wrong) };
}

async function lookAtSearch(parts: CheckViewParts, view: View<SearchWrite>, search: Search): Promise<Looked> {
  const expected = new Map<string, ListingDocument | undefined>();
  await eachWrite(parts, view, (write) => expected.set(write.id, write.kind === 'put' ? write.listing : undefined));
  await search.refresh();
  for (let after: string | undefined; ; ) {
    const some = await search.scan(after, page);
    for (const { id } of some) if (!expected.has(id)) expected.set(id, undefined);
    after = some.at(-1)?.id;
    if (some.length < page) break;
  }
  const wrong = new Map<string, ViewDifference>();
  const ids = [...expected.keys()];
  for (let from = 0; from < ids.length; from += page) {
    const some = ids.slice(from, from + page);
    const found = await search.getMany(some);
    for (const [index, id] of some.entries()) compare(wrong, `search/${id}`, expected.get(id), found[index]);
  }
  return { compared: ids.length, wrong };
}

/** By what shoppers see of them: the top of each. */
async function lookAtRanks(parts: CheckViewParts, view: View<RankWrite>, ranks: Ranks): Promise<Looked> {
  const fold = emptyRanks();
  const categories = new Set(['']);
  await eachWrite(parts, view, (write) => {
    for (const category of write.categories) categories.add(category);
    void fold.apply([write]);
  });
  const wrong = new Map<string, ViewDifference>();
  for (const category of categories) {
    for (const window of rankWindows) {
      const query = { window, category, limit: topLength };
      compare(wrong, `ranks/${window}/${category}`, await fold.top(query), await ranks.top(query));
    }
  }
  return { compared: categories.size * rankWindows.length, wrong };
}

/** Of what is in it: the rest is read from the documents when somebody asks. */
async function lookAtCache(parts: CheckViewParts, view: View<CacheWrite>, cache: Cache): Promise<Looked> {
  const expected = new Map<string, CacheWrite>();
  await eachWrite(parts, view, (write) => expected.set(write.id, write));
  const wrong = new Map<string, ViewDifference>();
  const ids = [...expected.keys()];
  for (let from = 0; from < ids.length; from += page) {
    const some = ids.slice(from, from + page);
    const found = await cache.look(some);
    const leases = found.flatMap((each, index) =>
      each.kind === 'fill' ? [{ id: some[index]!, lease: each.lease }] : [],
    );
    await cache.release(leases);
    for (const [index, id] of some.entries()) {
      const each = found[index]!;
      const entry = each.kind === 'hit' ? each.entry : each.kind === 'fill' ? each.old : undefined;
      const { version, value } = expected.get(id)!;
      if (entry?.version === version) compare(wrong, `cache/${id}`, value, entry.value);
    }
  }
  return { compared: ids.length, wrong };
}

function compare(wrong: Map<string, ViewDifference>, subject: string, expected: unknown, found: unknown): void {
  if (sameValue(asJson(expected), asJson(found))) return;
  wrong.set(subject, { subject, expected: JSON.stringify(expected) ?? '', found: JSON.stringify(found) ?? '' });
}

/** A field that is undefined is none. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What the view's records project to, from the beginning of its topic to its end. */
async function eachWrite<Write>(
  { log, signal }: CheckViewParts,
  view: View<Write>,
  visit: (write: Write) => void,
): Promise<void> {
  const places = partitionsOf(view);
  const [starts, ends] = [await log.admin.offsets(places, 'earliest'), await log.admin.offsets(places, 'latest')];
  const stretches = places.map(({ partition }, index) => ({ partition, from: starts[index]!, to: ends[index]! }));
  const topic = view.topic as TopicEntry<unknown>;
  await readRecords({ log, topic, stretches, signal }, (record) => {
    try {
      for (const write of view.projection.project(record)) visit(write);
    } catch {
      // A dead letter, and not in the view.
    }
  });
}
