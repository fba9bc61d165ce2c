// How products are read: through which cache, whether a view fills it from the stream, and what stands in for it.
import { systemClock as clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Cache } from '../../views/cache/cache.ts';
import { openMemoryCache } from '../../views/cache/memory/memory-cache.ts';
import { ProductReader } from '../../views/cache/product-reader.ts';
import type { Documents } from '../../views/documents/documents.ts';
import type { Config } from '../config-schema.ts';
import { openedLate } from '../opened-late.ts';

export interface OpenProducts {
  readonly products: ProductReader;
  /** What a view of the stream fills; undefined where no gateway would find it. */
  readonly cache: Cache | undefined;
  close(): Promise<void>;
}

const memoryBytes = 64 * 1024 * 1024;
const standInBytes = 8 * 1024 * 1024;

/** @param set of the generation of views: before the keys in Redis */
export function openProducts(
  config: Config,
  { documents, set, logger }: { readonly documents: Documents; readonly set: string; readonly logger: Logger },
): OpenProducts {
  if (config.cache === 'redis') {
    const standIn = openMemoryCache({ clock, mostBytes: standInBytes });
    const cache = redisCache(config, set, logger);
    const products = new ProductReader({ documents, cache, standIn, clock });
    return { products, cache, close: () => cache.close() };
  }
  const cache = openMemoryCache({ clock, mostBytes: memoryBytes });
  const products = new ProductReader({ documents, cache, standIn: cache, clock });
  // On the embedded log the worker is in this process, too; else the gateway has to hear of what changes by itself.
  return { products, cache: config.log === 'embedded' ? cache : undefined, close: () => cache.close() };
}

/** Nothing waits for it at the start: products can be read without. */
function redisCache({ redis: url = '', topicPrefix, appId }: Config, set: string, logger: Logger): Cache {
  return openedLate(async () => {
    const { openRedisCache } = await import('../../views/cache/redis/redis-cache.ts');
    return await openRedisCache({ url, prefix: `${topicPrefix}${appId}:products${set}:`, logger });
  });
}
