// One run of the search's bench: a catalogue in, every kind of query some times, some at the same time, and what is
// found held against what must be. Then the judged cases, on an index of their own.
import { build } from 'hdr-histogram-js';
import type { Search, SearchWrite } from '../../views/search/search.ts';
import { shardOf } from '../../views/search/search.ts';
import type { SearchSettings } from '../../views/search/search-settings.ts';
import { type Engine, enginePlace } from './engines.ts';
import { judgedCases } from './judged/cases.ts';
import { type CaseResult, evaluate } from './judged/evaluate.ts';
import { judgedListings } from './judged/shelf.ts';
import { Catalogue } from './listings.ts';
import { kinds, queriesOf, suggestionsOf } from './queries.ts';

export interface SearchBench {
  readonly engine: Engine;
  readonly elasticsearch: string;
  readonly listings: number;
  /** Of each kind. */
  readonly queries: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly settings: SearchSettings;
}

export interface KindResult {
  readonly kind: string;
  readonly p50ms: number;
  readonly p99ms: number;
  readonly queriesPerSecond: number;
  /** Of the queries, those that found something. */
  readonly answered: number;
}

export interface SearchResult {
  readonly listingsPerSecond: number;
  readonly indexMb: number;
  readonly openMs: number;
  readonly peakRssMb: number;
  readonly kinds: readonly KindResult[];
  readonly ndcg: number;
  readonly cases: readonly CaseResult[];
  readonly problems: readonly string[];
}

const batchSize = 1_000;
const warmUps = 50;
/** Of queries made from a listing that is there. What is sold out, or in no common word, isn't found. */
const leastAnswered = 0.5;

export async function runSearchBench(bench: SearchBench, say: (line: string) => void): Promise<SearchResult> {
  const place = enginePlace(bench.engine, bench.elasticsearch);
  const catalogue = new Catalogue(bench.listings, bench.seed);
  let search = await place.open();
  try {
    const listingsPerSecond = await importAll(search, catalogue);
    say(`  ${Math.round(listingsPerSecond)} listings/s`);
    const indexMb = (await search.size()) / 1e6;
    await search.close();
    const started = performance.now();
    search = await place.open();
    await search.count();
    const openMs = performance.now() - started;
    const results: KindResult[] = [];
    const problems: string[] = [];
    for (const kind of Object.keys(kinds)) {
      const { result, wrong } = await measureKind(search, catalogue, kind, bench);
      results.push(result);
      problems.push(...wrong);
      say(kindLine(result));
    }
    const suggested = await measureSuggestions(search, catalogue, bench);
    results.push(suggested);
    say(kindLine(suggested));
    if ((await search.count()) !== bench.listings) problems.push(`the index has ${await search.count()} listings`);
    const peakRssMb = process.resourceUsage().maxRSS / 1024;
    const { ndcg, results: cases } = await judge(bench);
    return { listingsPerSecond, indexMb, openMs, peakRssMb, kinds: results, ndcg, cases, problems };
  } finally {
    await search.close();
    await place.remove();
  }
}

/** The judged cases alone. */
export async function judge({ engine, elasticsearch, settings }: SearchBench) {
  const place = enginePlace(engine, elasticsearch);
  const search = await place.open();
  try {
    await search.apply(judgedListings().map((listing, offset) => putOf(listing, offset)));
    await search.refresh();
    return await evaluate(search, judgedCases(), settings);
  } finally {
    await search.close();
    await place.remove();
  }
}

async function importAll(search: Search, catalogue: Catalogue): Promise<number> {
  let spent = 0;
  for (let from = 0; from < catalogue.count; from += batchSize) {
    const length = Math.min(batchSize, catalogue.count - from);
    const writes = Array.from({ length }, (_, index) => putOf(catalogue.listing(from + index), from + index));
    // What making the listings takes is the bench's own.
    const started = performance.now();
    await search.apply(writes);
    spent += performance.now() - started;
  }
  const started = performance.now();
  await search.flush();
  await search.refresh();
  return catalogue.count / ((spent + performance.now() - started) / 1000);
}

function putOf(listing: ReturnType<Catalogue['listing']>, offset: number): SearchWrite {
  const shard = shardOf(listing.category, listing.popularityRange);
  const position = { topic: 'listings', partition: 0, offset };
  return { kind: 'put', id: listing.id, position, listing, shard, formerShards: [] };
}

async function measureKind(search: Search, catalogue: Catalogue, kind: string, bench: SearchBench) {
  const queries = queriesOf(catalogue, kind, bench.queries, bench.seed);
  for (const { query } of queries.slice(0, warmUps)) await search.search(query);
  const wrong: string[] = [];
  let answered = 0;
  const times = await timed(queries, bench.concurrency, async ({ query, expected }) => {
    const { hits } = await search.search(query);
    if (hits.length > 0) answered++;
    if (expected === undefined || hits[0]?.listing.id === expected) return;
    wrong.push(`${kind}: ${query.terms.map(({ text }) => text).join(' ')} doesn't find ${expected}`);
  });
  const share = answered / queries.length;
  if (share < leastAnswered) wrong.push(`${kind}: ${(share * 100).toFixed(0)} % of the queries find something`);
  return { result: { kind, ...times, answered: share }, wrong: wrong.slice(0, 5) };
}

async function measureSuggestions(search: Search, catalogue: Catalogue, bench: SearchBench): Promise<KindResult> {
  const queries = suggestionsOf(catalogue, bench.queries, bench.seed);
  for (const query of queries.slice(0, warmUps)) await search.suggest(query);
  let answered = 0;
  const times = await timed(queries, bench.concurrency, async (query) => {
    const { terms, products } = await search.suggest(query);
    if (terms.length + products.length > 0) answered++;
  });
  return { kind: 'suggest', ...times, answered: answered / queries.length };
}

/** Runs `work` for each, so many at the same time; each time is that of one. */
async function timed<T>(items: readonly T[], concurrency: number, work: (item: T) => Promise<void>) {
  const histogram = build({ useWebAssembly: false });
  let next = 0;
  const started = performance.now();
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      const from = performance.now();
      await work(item);
      histogram.recordValue(Math.round((performance.now() - from) * 1000));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  return { p50ms: at(50), p99ms: at(99), queriesPerSecond: items.length / ((performance.now() - started) / 1000) };
}

function kindLine({ kind, p50ms, p99ms, queriesPerSecond, answered }: KindResult): string {
  const figures = `p50 ${p50ms.toFixed(1).padStart(7)} ms   p99 ${p99ms.toFixed(1).padStart(7)} ms`;
  const share = `${(answered * 100).toFixed(0).padStart(3)} % find something`;
  return `  ${kind.padEnd(22)}${figures}   ${queriesPerSecond.toFixed(0).padStart(6)}/s   ${share}`;
}
