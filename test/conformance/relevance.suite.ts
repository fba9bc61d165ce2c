// How good what is found is: the judged cases of bench/search/judged, with the weights and synonyms that a shop begins
// with. Every engine behind the search port passes it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { judgedCases } from '../../bench/search/judged/cases.ts';
import { type Evaluation, evaluate } from '../../bench/search/judged/evaluate.ts';
import { judgedListings } from '../../bench/search/judged/shelf.ts';
import type { Search } from '../../views/search/search.ts';
import { defaultSearchSettings } from '../../views/search/search-settings.ts';
import { fill, type MakeSearchPlace } from './search-listings.ts';

/** Below it, the order of what is found got worse. */
const leastNdcg = 0.95;

export function relevanceSuite(name: string, makePlace: MakeSearchPlace): void {
  const cases = judgedCases();
  describe(`${name}: relevance`, () => {
    const place = makePlace();
    let search: Search | undefined;
    let evaluation: Evaluation | undefined;
    before(async () => {
      search = await place.open();
      await search.clear();
      await fill(search, judgedListings());
      evaluation = await evaluate(search, cases, defaultSearchSettings);
    });
    after(async () => {
      await search?.close();
      await place.remove();
    });

    for (const kind of new Set(cases.map((each) => each.kind))) {
      it(kind, () => {
        const results = evaluation?.results.filter(({ judged }) => judged.kind === kind) ?? [];
        assert.ok(results.length > 0);
        assert.deepEqual(
          results.flatMap(({ faults }) => faults),
          [],
        );
      });
    }

    it(`nDCG@10 of all is at least ${leastNdcg}`, () => {
      assert.ok((evaluation?.ndcg ?? 0) >= leastNdcg, `it is ${evaluation?.ndcg}`);
    });
  });
}
