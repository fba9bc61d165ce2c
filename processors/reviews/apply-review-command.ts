// Decides a wish about a review, keeps the review, and tells what it is now and how the product is rated. Who has received
// the product may write one review of it. A repeated wish changes nothing.
import { unreachable } from '../../base/assert.ts';
import type {
  ListingState,
  Rating,
  Review,
  ReviewCommand,
  ReviewEvent,
  ReviewOutcome,
  ReviewState,
  ReviewVote,
  VerifiedPurchase,
} from '../../schemas/types.generated.ts';
import type { Context, Processor } from '../../streams/api.ts';
import { requireKey } from '../require-key.ts';
import {
  answered,
  type Change,
  deleted,
  edited,
  moderated,
  reported,
  submitted,
  type VoteChange,
  voted,
} from './change-review.ts';
import { ratingAfter, unrated } from './rating.ts';

interface ReviewWiring {
  readonly stores: {
    readonly reviews: ReviewState;
    readonly reviewVotes: ReviewVote;
    readonly reviewOutcomes: ReviewOutcome;
    readonly ratings: Rating;
    readonly verifiedPurchases: VerifiedPurchase;
    readonly listings: ListingState;
  };
  readonly outputs: { readonly reviewEvents: ReviewEvent; readonly ratings: Rating };
  readonly timers: never;
}

export const applyReviewCommand: Processor<ReviewCommand, ReviewWiring> = {
  name: 'apply-review-command',

  process(record, context) {
    const { value: asked } = record;
    requireKey(record, asked.productId);
    const { reviewOutcomes, reviews } = context.stores;
    const { reviews: key, reviewOutcomes: outcomeKey } = keysOf(asked);
    const known = reviewOutcomes.get(outcomeKey);
    const before = reviews.get(key)?.review;
    const change = known === undefined ? decide(context, asked, before) : repeated(known, before);
    const kept = 'refusal' in change ? change : keep(context, asked, { before, after: change.review });
    if (known === undefined) {
      reviewOutcomes.put(outcomeKey, { at: context.now, refusal: 'refusal' in change ? change.refusal : null });
    }
    tell(context, asked, kept);
  },

  prefetch: ({ key, value }) => {
    const { reviews, reviewVotes, reviewOutcomes, verifiedPurchases } = keysOf(value);
    const keys = { reviews: [reviews], reviewOutcomes: [reviewOutcomes] };
    switch (value.command.type) {
      case 'SubmitReview':
        return { ...keys, ratings: [key], verifiedPurchases: [verifiedPurchases] };
      case 'EditReview':
      case 'DeleteReview':
      case 'ModerateReview':
        return { ...keys, ratings: [key] };
      case 'VoteReview':
        return { ...keys, reviewVotes: [reviewVotes] };
      case 'ReportReview':
        return { ...keys, ratings: [key], reviewVotes: [reviewVotes] };
      case 'AnswerReview':
        return { ...keys, listings: [key] };
      default:
        return unreachable(value.command);
    }
  },
};

function decide(context: Context<ReviewWiring>, asked: ReviewCommand, before: Review | undefined): Change {
  const { stores, now } = context;
  const { reviewVotes: voteKey, verifiedPurchases } = keysOf(asked);
  const by = { ...asked, now };
  const { command } = asked;
  switch (command.type) {
    case 'SubmitReview': {
      const hasReceived = stores.verifiedPurchases.get(verifiedPurchases) !== undefined;
      return submitted(by, { content: command.content, before, hasReceived });
    }
    case 'EditReview':
      return edited(by, before, command.content);
    case 'DeleteReview':
      return deleted(by, before);
    case 'ModerateReview':
      return moderated(before, command.approve, command.reason);
    case 'AnswerReview': {
      const isOwner = stores.listings.get(asked.productId)?.product?.sellerId === asked.actor;
      return isOwner ? answered(before, command.text, now) : { refusal: 'not_owner' };
    }
    case 'VoteReview':
      return withVote(
        context,
        voteKey,
        voted(by, { before, vote: stores.reviewVotes.get(voteKey) }, command.isHelpful),
      );
    case 'ReportReview':
      return withVote(context, voteKey, reported(by, { before, vote: stores.reviewVotes.get(voteKey) }));
    default:
      return unreachable(command);
  }
}

function withVote({ stores }: Context<ReviewWiring>, key: string, change: VoteChange): Change {
  if ('refusal' in change || change.vote === undefined) return change;
  const { isHelpful, hasReported } = change.vote;
  if (isHelpful || hasReported) stores.reviewVotes.put(key, change.vote);
  else stores.reviewVotes.delete(key);
  return change;
}

/** Of a wish that was decided: what it led to then may have changed since. */
function repeated({ refusal }: ReviewOutcome, review: Review | undefined): Change {
  return refusal === null ? { review } : { refusal };
}

/** Gives it as it is kept. */
function keep(
  context: Context<ReviewWiring>,
  asked: ReviewCommand,
  { before, after }: { before: Review | undefined; after: Review | undefined },
): Change {
  if (before === after) return { review: after };
  const { stores } = context;
  const { reviews: key } = keysOf(asked);
  const review = after && { ...after, version: after.version + 1 };
  if (review === undefined) stores.reviews.delete(key);
  else stores.reviews.put(key, { review });
  rate(context, asked, { before, after });
  return { review };
}

function rate(
  { stores, forward, now }: Context<ReviewWiring>,
  { productId }: ReviewCommand,
  { before, after }: { before: Review | undefined; after: Review | undefined },
): void {
  const isCounted = before?.status === 'published' || after?.status === 'published';
  if (!isCounted || (before?.status === after?.status && before?.rating === after?.rating)) return;
  const rating = stores.ratings.get(productId) ?? unrated(productId);
  const rated = ratingAfter(rating, before, after, now);
  stores.ratings.put(productId, rated);
  forward('ratings', productId, rated);
}

function tell({ forward, now: at }: Context<ReviewWiring>, asked: ReviewCommand, change: Change): void {
  const { commandId, productId, reviewId, actor } = asked;
  const outcome = ((): ReviewEvent['outcome'] => {
    if ('refusal' in change) return { type: 'ReviewRefused', reason: change.refusal };
    return change.review === undefined ? { type: 'ReviewDeleted' } : { type: 'ReviewChanged', review: change.review };
  })();
  forward('reviewEvents', productId, { commandId, productId, reviewId, actor, at, outcome });
}

function keysOf({ productId, reviewId, commandId, actor }: ReviewCommand) {
  return {
    reviews: `${productId}/${reviewId}`,
    reviewVotes: `${productId}/${reviewId}/${actor}`,
    reviewOutcomes: `${productId}/${commandId}`,
    verifiedPurchases: `${productId}/${actor}`,
  };
}
