// What shoppers want most, in a category or over all. Ranks know ids and scores; what is shown of a product is read where
// products are, and what isn't for sale any more is passed over.

import { scoreOfRank } from '../../schemas/popularity.ts';
import { decodeRankCursor, encodeRankCursor } from '../../views/ranks/cursor.ts';
import type { RankedProduct, RankQuery } from '../../views/ranks/ranks.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { PopularPage, PopularQuery } from '../shapes/popularity.ts';

const cacheSeconds = 30;
/** So many reads of a rank at most for one page, should all that was popular be off sale. */
const mostReads = 5;

export function popularRoute(app: App, gateway: Gateway): void {
  app.get(
    '/v1/popular',
    {
      ...config('public', ['RANKS_CURSOR_INVALID', 'RANKS_UNAVAILABLE']),
      schema: {
        ...about(
          'Products',
          'List what is popular',
          'By what shoppers look at, choose, wish for, put into carts and buy.',
        ),
        querystring: PopularQuery,
        response: { 200: PopularPage },
      },
    },
    async (request, reply) => {
      const { category = '', window = 'all', limit = 24, cursor } = request.query;
      const rank = { category, window };
      const after = cursor === undefined ? undefined : decodeRankCursor(rank, cursor);
      const { products, last } = await pageOf(gateway, { ...rank, limit, after });
      reply.header('cache-control', `public, max-age=${cacheSeconds}`);
      return { products, cursor: last && encodeRankCursor(rank, last) };
    },
  );
}

/** `last`: the last one of the rank that was looked at; undefined at its end. */
async function pageOf(gateway: Gateway, { limit, ...query }: RankQuery) {
  const products: Awaited<ReturnType<typeof shownOf>> = [];
  let last = query.after;
  for (let reads = 0; reads < mostReads; reads++) {
    const wanted = limit - products.length;
    // One more than wanted tells whether there is a next page.
    const ranked = await gateway.ranks.top({ ...query, after: last, limit: wanted + 1 });
    const page = ranked.slice(0, wanted);
    products.push(...(await shownOf(gateway, query, page)));
    if (ranked.length <= wanted) return { products, last: undefined };
    last = page.at(-1);
    if (products.length === limit) break;
  }
  return { products, last };
}

async function shownOf(
  { products, imageUrls, clock }: Gateway,
  { category, window }: Pick<RankQuery, 'category' | 'window'>,
  ranked: readonly RankedProduct[],
) {
  const ids = ranked.map(({ productId }) => productId);
  const found = await products.getMany(ids);
  const now = clock.now();
  return ranked.flatMap(({ productId, score }) => {
    const product = found.get(productId);
    // It may have moved to another category since it was ranked.
    const isThere = category === '' || `${product?.category}/`.startsWith(`${category}/`);
    if (product === undefined || product.status !== 'active' || !isThere) return [];
    const { title, brand, price, images } = product;
    const shown = Math.round((window === 'all' ? scoreOfRank(score, now) : score) * 100) / 100;
    return [
      {
        productId,
        title,
        category: product.category,
        brand,
        price,
        image: imageUrls.shown(images[0] ?? ''),
        score: shown,
      },
    ];
  });
}
