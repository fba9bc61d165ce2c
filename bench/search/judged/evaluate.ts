// How good a ranking is: nDCG@10 of each judged case, and the faults of those that must hold. A case's nDCG is 1 if the best
// answers come first and falls the later they come. It tells one set of weights from another.
import type { Search } from '../../../views/search/search.ts';
import type { SearchSettings } from '../../../views/search/search-settings.ts';
import { type JudgedCase, queryOf } from './cases.ts';

export interface CaseResult {
  readonly judged: JudgedCase;
  /** Ids as ranked. */
  readonly found: readonly string[];
  /** In words; none if all holds. */
  readonly faults: readonly string[];
  /** 0 to 1; undefined where nothing is to be found. */
  readonly ndcg: number | undefined;
}

export interface Evaluation {
  readonly results: readonly CaseResult[];
  /** The mean of all cases that have one. */
  readonly ndcg: number;
}

const depth = 10;
const topCount = 5;

/** Asks each case of an index that has the judged listings and no others. */
export async function evaluate(
  search: Search,
  cases: readonly JudgedCase[],
  settings: SearchSettings,
): Promise<Evaluation> {
  const results: CaseResult[] = [];
  for (const judged of cases) {
    const page = await search.search(queryOf(judged, settings));
    const found = page.hits.map(({ listing }) => listing.id);
    results.push({ judged, found, faults: faultsOf(judged, found, page.didYouMean), ndcg: ndcgOf(judged, found) });
  }
  const values = results.flatMap(({ ndcg }) => (ndcg === undefined ? [] : [ndcg]));
  return { results, ndcg: values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length) };
}

function faultsOf(judged: JudgedCase, found: readonly string[], didYouMean: string | undefined): string[] {
  const { first, good, fair, never, isNothing } = judged;
  const top = found.slice(0, Math.max(topCount, good.length));
  const faults = [
    ...(first !== undefined && found[0] !== first ? [`${first} is not first`] : []),
    ...good.filter((id) => !top.includes(id)).map((id) => `${id} is not among the first ${top.length}`),
    ...fair.filter((id) => !found.includes(id)).map((id) => `${id} is not found`),
    ...never.filter((id) => found.includes(id)).map((id) => `${id} is found`),
    ...(isNothing && found.length > 0 ? ['something is found'] : []),
    ...(judged.didYouMean === undefined || judged.didYouMean === didYouMean ? [] : [`it proposes ${didYouMean}`]),
  ];
  return faults.map((fault) => `${judged.name}: ${fault}; found ${top.join(' ') || 'nothing'}`);
}

function ndcgOf({ first, good, fair }: JudgedCase, found: readonly string[]): number | undefined {
  const grades = new Map([
    ...fair.map((id) => [id, 1] as const),
    ...good.map((id) => [id, 3] as const),
    ...(first === undefined ? [] : [[first, 3] as const]),
  ]);
  if (grades.size === 0) return undefined;
  const ideal = [...grades.values()].sort((a, b) => b - a);
  return gainOf(found.map((id) => grades.get(id) ?? 0)) / gainOf(ideal);
}

/** Discounted by the logarithm of the place. */
function gainOf(grades: readonly number[]): number {
  return grades.slice(0, depth).reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
}
