// What moderators and sellers do with reviews: those that wait are looked at, and a seller answers.
import { Type } from 'typebox';
import { looksLikeCard } from '../../base/card-number.ts';
import type { Review } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import { principalOf } from '../auth.ts';
import { derivedId } from '../derived-id.ts';
import { idempotencyKeyOf } from '../idempotency/answer-once.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config } from '../route.ts';
import { described, idempotencyHeader } from '../shapes/common.ts';
import {
  ModeratedReview,
  ModerationBody,
  ModerationPage,
  ModerationQuery,
  OwnReview,
  PendingReview,
  ReviewAnswer,
  ReviewParams,
} from '../shapes/reviews.ts';
import { invalidRequest } from '../validation.ts';
import { type ReviewRouteParts, shownReview } from './reviews.ts';

export function reviewModerationRoutes(app: App, parts: ReviewRouteParts): void {
  readQueue(app, parts);
  moderate(app, parts);
  answerReview(app, parts);
}

function readQueue(app: App, { gateway: { documents } }: ReviewRouteParts): void {
  app.get(
    '/v1/admin/product-reviews',
    {
      ...config(['operator'], ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Reviews', 'Reviews that wait for a moderator', 'With the rules because of which they wait.'),
        querystring: ModerationQuery,
        response: { 200: ModerationPage },
      },
    },
    async (request) => {
      const { status = 'held', cursor, limit = 50 } = request.query;
      const sort = { field: 'updatedAt', direction: 'asc' } as const;
      const page = await documents.find(collections.reviews.name, { where: { status }, sort, limit, cursor });
      return {
        reviews: page.documents.map(({ fields }) => moderatedReview(fields as unknown as Review)),
        cursor: page.cursor,
      };
    },
  );
}

function moderate(app: App, { gateway: { once, random }, desk }: ReviewRouteParts): void {
  app.post(
    '/v1/admin/product-reviews/:reviewId',
    {
      ...config(['operator'], ['REVIEW_NOT_FOUND']),
      schema: {
        ...about(
          'Reviews',
          'Approve or reject a review',
          'Also one that is published. Its author reads the reason, and may change the review; then it waits again.',
        ),
        params: Type.Object({ reviewId: ReviewParams.properties.reviewId }),
        headers: Type.Object(idempotencyHeader),
        body: ModerationBody,
        response: { 200: ModeratedReview, 202: PendingReview },
      },
    },
    async (request, reply) => {
      const { decision, reason = '' } = request.body;
      const approve = decision === 'approve';
      if (!approve && reason.trim() === '') throw invalidRequest([{ path: '/reason', message: 'is needed to reject' }]);
      const { userId: actor } = principalOf(request);
      return once.send({ request, reply, scope: actor }, async () => {
        const { reviewId } = request.params;
        const known = await desk.find(reviewId);
        if (known === undefined) throw new Refusal('REVIEW_NOT_FOUND');
        const { productId } = known;
        const key = idempotencyKeyOf(request, false);
        const commandId = key === undefined ? random.uuid() : derivedId(actor, key);
        const command = { type: 'ModerateReview', approve, reason } as const;
        const review = await desk.ask({ commandId, productId, reviewId, actor, command });
        if (!review) return { status: 202, body: { reviewId, productId } };
        return { status: 200, body: moderatedReview(review) };
      });
    },
  );
}

function answerReview(app: App, { gateway: { random }, desk }: ReviewRouteParts): void {
  const problems = ['PRODUCT_NOT_FOUND', 'REVIEW_NOT_FOUND', 'NOT_OWNER', 'CARD_NUMBER_REFUSED'] as const;
  for (const method of ['PUT', 'DELETE'] as const) {
    const isTakenBack = method === 'DELETE';
    app.route({
      method,
      url: '/v1/products/:id/reviews/:reviewId/answer',
      ...config(['seller'], problems),
      schema: {
        ...about('Reviews', isTakenBack ? 'Take an answer back' : 'Answer a review', 'For the seller of the product.'),
        params: ReviewParams,
        ...(!isTakenBack && { body: ReviewAnswer }),
        response: { 200: described(OwnReview, 'Done.'), 202: PendingReview },
      },
      handler: async (request, reply) => {
        const { reviewId } = request.params;
        const text = isTakenBack ? '' : (request.body as ReviewAnswer).text;
        if (looksLikeCard(text)) throw new Refusal('CARD_NUMBER_REFUSED');
        const { productId, sellerId } = await desk.productOf(request.params.id);
        const { userId: actor } = principalOf(request);
        if (sellerId !== actor) throw new Refusal('NOT_OWNER');
        const command = { type: 'AnswerReview', text } as const;
        const review = await desk.ask({ commandId: random.uuid(), productId, reviewId, actor, command });
        if (!review) return reply.code(202).send({ reviewId, productId });
        return { ...shownReview(review), status: review.status };
      },
    });
  }
}

function moderatedReview(review: Review) {
  const { status, customerId, findings, reports, rejection } = review;
  return { ...shownReview(review), status, customerId, findings, reports, rejection };
}
