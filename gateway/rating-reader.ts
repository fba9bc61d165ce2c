// What buyers think of a product, for its page: read from the documents, and remembered for some seconds, for a rating that is
// a moment old does no harm and pages are read all the time.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import type { Rating } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';

/** As it is shown. */
export interface RatingSummary {
  /** To two decimals; 0 without any review. */
  readonly average: number;
  readonly reviews: number;
  /** How many gave one star, two, ... five. */
  readonly stars: readonly number[];
}

const rememberedMs = 10_000;
const mostRemembered = 10_000;
const unrated: RatingSummary = { average: 0, reviews: 0, stars: [0, 0, 0, 0, 0] };

interface Remembered {
  readonly summary: Promise<RatingSummary>;
  readonly until: number;
}

export class RatingReader {
  readonly #documents: Documents;
  readonly #clock: Clock;
  readonly #known = new LRUCache<string, Remembered>({ max: mostRemembered });

  constructor({ documents, clock }: { readonly documents: Documents; readonly clock: Clock }) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** @throws DOCUMENTS_UNAVAILABLE */
  get(productId: string): Promise<RatingSummary> {
    const now = this.#clock.monotonic();
    const known = this.#known.peek(productId);
    if (known !== undefined && known.until > now) return known.summary;
    const summary = this.#read(productId);
    this.#known.set(productId, { summary, until: now + rememberedMs });
    summary.catch(() => this.forget(productId));
    return summary;
  }

  /** It is another one by now. */
  forget(productId: string): void {
    this.#known.delete(productId);
  }

  async #read(productId: string): Promise<RatingSummary> {
    const document = await this.#documents.get(collections.ratings.name, productId);
    if (document === undefined) return unrated;
    const { average, reviews, stars } = document.fields as unknown as Rating;
    return { average: average / 100, reviews, stars };
  }
}
