// The opaque text that leads to the next page of a rank: base64url of [window, category, score, id] in JSON. It says which
// product was last; it is no secret, since a made-up one shows nothing that the rank wouldn't.
import { StockstreamError } from '../../base/errors.ts';
import type { RankedProduct, RankQuery } from './ranks.ts';

type Rank = Pick<RankQuery, 'window' | 'category'>;

export function encodeRankCursor({ window, category }: Rank, { score, productId }: RankedProduct): string {
  return Buffer.from(JSON.stringify([window, category, score, productId])).toString('base64url');
}

/** @throws RANKS_CURSOR_INVALID if `cursor` isn't one of this rank's */
export function decodeRankCursor(rank: Rank, cursor: string): RankedProduct {
  const [window, category, score, productId] = parse(cursor);
  const isOfRank = window === rank.window && category === rank.category;
  if (!isOfRank || typeof score !== 'number' || typeof productId !== 'string') {
    throw new StockstreamError('RANKS_CURSOR_INVALID');
  }
  return { score, productId };
}

function parse(cursor: string): readonly unknown[] {
  try {
    const entry: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(entry) ? entry : [];
  } catch {
    return [];
  }
}
