// The product types as every gateway holds them: the fold of their topic, so that a type which was written through any
// gateway counts here a moment later.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { ProductType } from '../schemas/types.generated.ts';
import { FollowedTopic } from './followed-topic.ts';
import type { TypeLookup } from './product-body.ts';

export interface ProductTypesOptions {
  readonly log: Log;
  readonly partitions: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Later it says of a type that it doesn't know it, which a seller can try again. */
const longestStartMs = 10_000;

export class ProductTypes implements TypeLookup {
  readonly #followed: FollowedTopic<ProductType>;
  readonly #types = new Map<string, ProductType>();

  constructor(options: ProductTypesOptions) {
    const take = (key: string, type: ProductType | null) => {
      if (type === null || type.isDeleted) this.#types.delete(key);
      else this.#types.set(key, type);
    };
    this.#followed = new FollowedTopic({ ...options, topic: topics.productTypes, take });
  }

  start(): Promise<void> {
    return this.#followed.start(longestStartMs);
  }

  close(): Promise<void> {
    return this.#followed.close();
  }

  /** Undefined if there is none of this name, or no more. */
  get(type: string): ProductType | undefined {
    return this.#types.get(type);
  }
}
