// Wishes about reviews on their way: appended, waited for, and looked for in the view, so that who was answered can read what
// was written. Reviews are of products, never of variants.
import { unreachable } from '../base/assert.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import { reviewIdOf } from '../schemas/ids.ts';
import { topics } from '../schemas/topics.ts';
import type { Product, Review, ReviewCommand, ReviewEvent, ReviewRefusalReason } from '../schemas/types.generated.ts';
import type { ProductReader } from '../views/cache/product-reader.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { EventTail } from './event-tail.ts';
import { Expectation } from './expectation.ts';
import type { LogWriter } from './log-writer.ts';
import type { RatingReader } from './rating-reader.ts';
import { Refusal } from './refusal.ts';
import { lookFor, type Waiting } from './waiting.ts';

export interface ReviewDeskOptions {
  readonly documents: Documents;
  readonly products: ProductReader;
  readonly ratings: RatingReader;
  readonly writer: LogWriter;
  readonly tail: EventTail;
  readonly waiting: Waiting;
  /** How long to wait for the decision, and then for the view. Milliseconds. */
  readonly waitMs: number;
}

export type ReviewWish = Pick<ReviewCommand, 'commandId' | 'reviewId' | 'productId' | 'actor' | 'command'>;

const refusalCodes: { readonly [Reason in ReviewRefusalReason]?: ErrorCode } = {
  not_delivered: 'REVIEW_NOT_ALLOWED',
  already_reviewed: 'REVIEW_EXISTS',
  unknown_review: 'REVIEW_NOT_FOUND',
  not_author: 'REVIEW_NOT_FOUND',
  own_review: 'REVIEW_IS_OWN',
  not_owner: 'NOT_OWNER',
  card_number: 'CARD_NUMBER_REFUSED',
};

export class ReviewDesk {
  readonly #options: ReviewDeskOptions;

  constructor(options: ReviewDeskOptions) {
    this.#options = options;
  }

  /** The product that is reviewed: of a variant, what it is a variant of. @throws PRODUCT_NOT_FOUND */
  async productOf(id: string): Promise<Product> {
    const { products } = this.#options;
    const product = await products.get(id);
    const reviewed = product?.variantOf == null ? product : await products.get(product.variantOf);
    if (reviewed === undefined) throw new Refusal('PRODUCT_NOT_FOUND');
    return reviewed;
  }

  /** As the view has it, published or not. */
  async find(reviewId: string): Promise<Review | undefined> {
    const document = await this.#options.documents.get(collections.reviews.name, reviewId);
    return document?.fields as unknown as Review | undefined;
  }

  async own(productId: string, customerId: string): Promise<Review | undefined> {
    return await this.find(reviewIdOf(productId, customerId));
  }

  /**
   * Appends the wish, waits for what is decided, and for the view to show it.
   * @returns the review as it is then, null if there is none any more, undefined if it wasn't decided in time
   * @throws REVIEW_NOT_ALLOWED, REVIEW_EXISTS, REVIEW_NOT_FOUND, REVIEW_IS_OWN, NOT_OWNER, CARD_NUMBER_REFUSED, REVIEW_REFUSED
   */
  async ask(wish: ReviewWish): Promise<Review | null | undefined> {
    const { writer, tail, waiting, waitMs, ratings } = this.#options;
    const { productId, commandId } = wish;
    const decision = new Expectation(waiting, tail.reviews, productId, (event) => event.commandId === commandId);
    try {
      await writer.append(topics.reviews, productId, { ...wish, at: waiting.clock.now() });
      const event = await decision.within(waitMs);
      if (event === undefined) return undefined;
      const review = reviewIn(event);
      await this.#shown(event.reviewId, review);
      ratings.forget(productId);
      return review;
    } finally {
      decision.close();
    }
  }

  /** Resolves when the view shows the review, or something newer; or when that takes too long. */
  async #shown(reviewId: string, review: Review | null): Promise<void> {
    const { waiting, waitMs } = this.#options;
    await lookFor(waiting, waitMs, async () => {
      const found = await this.find(reviewId);
      const isShown = review === null ? found === undefined : (found?.version ?? 0) >= review.version;
      return isShown ? true : undefined;
    });
  }
}

function reviewIn({ outcome }: ReviewEvent): Review | null {
  switch (outcome.type) {
    case 'ReviewChanged':
      return outcome.review;
    case 'ReviewDeleted':
      return null;
    case 'ReviewRefused':
      throw new Refusal(refusalCodes[outcome.reason] ?? 'REVIEW_REFUSED', {
        details: { reason: outcome.reason.replaceAll('_', ' ') },
      });
    default:
      return unreachable(outcome);
  }
}
