// What is popular is in the cache before somebody asks: after a start, after a cache was lost, and again before it is old.
// It only reads ahead; a round that fails is tried again with the next one.
import { type Clock, sleep } from '../base/clock.ts';
import { isStockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ProductReader } from '../views/cache/product-reader.ts';
import type { Ranks } from '../views/ranks/ranks.ts';

export interface WarmProductsParts {
  readonly ranks: Pick<Ranks, 'top'>;
  readonly products: Pick<ProductReader, 'preload'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Several times before an entry of the cache is old. */
const everyMs = 15_000;
const most = 500;

/** Runs until what it gives is called; that resolves when nothing runs any more. */
export function keepProductsWarm({ ranks, products, clock, logger }: WarmProductsParts): () => Promise<void> {
  const stopping = new AbortController();
  const round = async () => {
    // By the day, so that the night empties nothing.
    const popular = await ranks.top({ window: 'day', category: '', limit: most });
    await products.preload(popular.map(({ productId }) => productId));
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => {
        if (!isStockstreamError(error)) throw error;
        logger.info({ err: error }, 'popular products are not read ahead for now');
      });
      await sleep(clock, everyMs, stopping.signal);
    }
  };
  const done = run();
  return async () => {
    stopping.abort();
    await done;
  };
}
