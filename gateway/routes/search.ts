// What shoppers search with: a page of what is found, and what the text may become while they type. Answers come from the
// search's index, which may be a second old.
import { Type } from 'typebox';
import type { Ways } from '../../views/delivery/delivery.ts';
import type { ListingDocument } from '../../views/search/search.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { SearchNews } from '../search-news.ts';
import { answerOf, searchQueryOf } from '../search-query.ts';
import { SearchAnswer, SearchParams, SuggestAnswer, SuggestParams } from '../shapes/search.ts';
import { shopperOf, visitHeaderShape } from '../shopper.ts';
import { invalidRequest } from '../validation.ts';

const cacheSeconds = 30;

export function searchRoutes(app: App, gateway: Gateway): void {
  addSearch(app, gateway);
  addSuggest(app, gateway);
}

function addSearch(app: App, gateway: Gateway): void {
  const { search, searchSettings, imageUrls, clock, random, metrics } = gateway;
  const news = new SearchNews({ ...gateway, zeroResults: metrics.searchesWithoutResults });
  app.get(
    '/v1/search',
    {
      ...config('optional', ['SEARCH_CURSOR_INVALID', 'SEARCH_UNAVAILABLE']),
      schema: {
        ...about(
          'Search',
          'Search for products',
          'Every word must be found, in one of its forms, with a typo or as a synonym. `attr.<name>=<value>` filters by an attribute, as `attr.color=red`; given several times, one of the values. Prices are in the minor unit.',
        ),
        headers: Type.Object(visitHeaderShape),
        querystring: SearchParams,
        response: { 200: SearchAnswer },
      },
    },
    async (request, reply) => {
      const params = request.query;
      const ways = waysOf(gateway, params);
      const { query, understood } = searchQueryOf(params, searchSettings.current, ways);
      const page = await search.search(query);
      if (query.cursor === undefined && understood.text !== '') {
        const { text } = understood;
        const { language } = query;
        const fact = { query: text, language, category: params.category ?? '', results: page.total };
        news.tell({ ...fact, eventId: random.uuid(), shopperId: shopperOf(request) ?? random.uuid() });
      }
      const now = clock.now();
      const arrivalOf = ({ warehouses, weightGrams, hazardous }: ListingDocument) =>
        ways?.arrival(warehouses, { weightGrams, hazardous, cash: false }, now);
      const { hits, ...answer } = answerOf(page, arrivalOf);
      const shown = hits.map((hit) => ({ ...hit, image: imageUrls.shown(hit.image) }));
      return reply.header('cache-control', 'no-store').send({ hits: shown, ...answer });
    },
  );
}

function addSuggest(app: App, { search }: Gateway): void {
  app.get(
    '/v1/suggest',
    {
      ...config('public', ['SEARCH_UNAVAILABLE']),
      schema: {
        ...about(
          'Search',
          'Suggest while somebody types',
          'Texts, products and categories; its last word may be a beginning.',
        ),
        querystring: SuggestParams,
        response: { 200: SuggestAnswer },
      },
    },
    async (request, reply) => {
      const { q: text, language = 'en', limit = 8 } = request.query;
      const { terms, products, categories } = await search.suggest({ text, language, limit });
      reply.header('cache-control', `public, max-age=${cacheSeconds}`);
      return { terms, categories, products: products.map(({ id: listingId, ...rest }) => ({ listingId, ...rest })) };
    },
  );
}

/** @throws REQUEST_INVALID if only a part of a place is told */
function waysOf({ delivery }: Gateway, { country, postalCode }: SearchParams): Ways | undefined {
  if (postalCode === undefined && country === undefined) return undefined;
  if (country === undefined || postalCode === undefined) {
    const path = country === undefined ? 'country' : 'postalCode';
    throw invalidRequest([{ path, message: 'querystring: country and postalCode are needed together' }]);
  }
  return delivery.waysTo({ country, postalCode });
}
