// What every engine behind the search port must do. Registers its tests when called; an engine gives places to open.
// Relevance has a suite of its own.
import { after, describe, it } from 'node:test';
import type { Search } from '../../views/search/search.ts';
import { facets } from './search-facets.ts';
import { filters, sorts } from './search-filters.ts';
import { highlights } from './search-highlights.ts';
import type { MakeSearchPlace, OpenSearch } from './search-listings.ts';
import { anyQueryFindsWhatAScanFinds, replaysChangeNothing } from './search-model.ts';
import { cursors } from './search-pages.ts';
import { ranking } from './search-ranking.ts';
import { spelling, suggests } from './search-suggest.ts';
import { synonyms, text } from './search-text.ts';
import { guards, life, writes } from './search-writes.ts';

export function searchSuite(name: string, makePlace: MakeSearchPlace): void {
  describe(name, () => {
    const place = makePlace();
    let opened: Promise<Search> | undefined;
    const open: OpenSearch = async () => {
      opened ??= place.open();
      const search = await opened;
      await search.clear();
      return search;
    };
    after(async () => {
      await (await opened)?.close();
      await place.remove();
    });

    describe('writes', () => writes(open));
    describe('guards', () => guards(open));
    describe('life', () => life(makePlace));
    describe('text', () => text(open));
    describe('synonyms', () => synonyms(open));
    describe('highlights', () => highlights(open));
    describe('filters', () => filters(open));
    describe('sorts', () => sorts(open));
    describe('ranking', () => ranking(open));
    describe('facets', () => facets(open));
    describe('cursors', () => cursors(open));
    describe('suggestions', () => suggests(open));
    describe('spelling', () => spelling(open));
    it('any replay leaves what a plain fold leaves', () => replaysChangeNothing(makePlace));
    it('any query finds, sorts, counts and pages what a plain scan does', () => anyQueryFindsWhatAScanFinds(open));
  });
}
