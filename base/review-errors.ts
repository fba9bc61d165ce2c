// The part of the error catalogue that is about reviews of products. The form of an entry is error-catalogue.ts's; callers
// meet all of them, so they stand among the request errors.

export const reviewErrors = {
  REVIEW_NOT_ALLOWED: {
    message: 'Only who has received the product may review it.',
    disposition: 'refuse',
    remedy: 'Wait until an order with it is delivered; this shows a moment later.',
    status: 403,
  },
  REVIEW_EXISTS: {
    message: 'You have reviewed this product already.',
    disposition: 'refuse',
    remedy: 'Change your review with PUT /v1/products/{id}/reviews/mine.',
    status: 409,
  },
  REVIEW_NOT_FOUND: {
    message: 'There is no such review.',
    disposition: 'refuse',
    remedy: 'Check both ids. A review shows once it is published.',
    status: 404,
  },
  REVIEW_IS_OWN: {
    message: 'It is your own review.',
    disposition: 'refuse',
    remedy: 'Leave it to others to vote on it.',
    status: 403,
  },
  REVIEW_REFUSED: {
    message: 'This cannot be done with the review: {reason}.',
    disposition: 'refuse',
    remedy: 'Mend what the reason names; /docs shows the contract.',
    status: 422,
  },
} as const;
