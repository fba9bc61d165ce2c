// review-events -> the `reviews` collection: reviews as they stand, those that wait for a moderator too. ratings -> `ratings`:
// what buyers think of each product, summed.
import type { Rating, ReviewEvent } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const projectReviews: Projection<ReviewEvent, DocumentWrite> = {
  name: 'reviews',

  project(record) {
    const { reviewId: id, outcome } = record.value;
    const place = { collection: collections.reviews.name, id, position: positionOf(record) };
    switch (outcome.type) {
      case 'ReviewChanged':
        return [{ kind: 'upsert', ...place, set: toJson(outcome.review) }];
      case 'ReviewDeleted':
        return [{ kind: 'delete', ...place }];
      case 'ReviewRefused':
        return [];
    }
  },
};

export const projectRatings: Projection<Rating, DocumentWrite> = {
  name: 'ratings',

  project(record) {
    const { productId: id } = record.value;
    const collection = collections.ratings.name;
    return [{ kind: 'upsert', collection, id, position: positionOf(record), set: toJson(record.value) }];
  },
};
