// products -> the cache: the product as it stands, for those that are in it.
import type { Product } from '../../schemas/types.generated.ts';
import type { Projection } from '../../streams/api.ts';
import { toJson } from '../document-write.ts';
import type { CacheWrite } from './cache.ts';

export const projectCache: Projection<Product, CacheWrite> = {
  name: 'product-cache',

  project({ value, timestamp: at }) {
    const { productId: id, version } = value;
    return [{ id, version, value: toJson(value), at }];
  },
};
