// A product's rating: how many published reviews gave it how many stars. Each change takes away what a review counted before
// and adds what it counts now, in whole numbers, so that it is always what a recount gives.
import type { Rating, Review } from '../../schemas/types.generated.ts';

const noStars: readonly number[] = [0, 0, 0, 0, 0];

export function unrated(productId: string): Rating {
  return { productId, stars: noStars, reviews: 0, average: 0, at: 0 };
}

/** The rating once a review that was `before` is `after`; the same object if that changes nothing. */
export function ratingAfter(rating: Rating, before: Review | undefined, after: Review | undefined, at: number): Rating {
  const [taken, given] = [starsOf(before), starsOf(after)];
  if (taken === given) return rating;
  const stars = rating.stars.map((count, index) => {
    return count - (index + 1 === taken ? 1 : 0) + (index + 1 === given ? 1 : 0);
  });
  const reviews = stars.reduce((sum, count) => sum + count, 0);
  const points = stars.reduce((sum, count, index) => sum + count * (index + 1), 0);
  return { ...rating, stars, reviews, average: reviews === 0 ? 0 : Math.round((points * 100) / reviews), at };
}

/** 0 for a review that doesn't count. */
function starsOf(review: Review | undefined): number {
  return review?.status === 'published' ? review.rating : 0;
}
