// Reviews: what customers wish, decided where it is known what they have received.
import { applyReviewCommand } from '../processors/reviews/apply-review-command.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const reviews = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  const { reviews, reviewVotes, reviewOutcomes, ratings, verifiedPurchases, listings } = stores;
  builder.source(topics.reviews, applyReviewCommand, {
    stores: { reviews, reviewVotes, reviewOutcomes, ratings, verifiedPurchases, listings },
    outputs: { reviewEvents: topics.reviewEvents, ratings: topics.ratings },
    timers: {},
  });
};
