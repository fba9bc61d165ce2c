// Reviews of products: anybody reads what is published, who has received the product writes one, customers vote on others'.
// The streams decide; who wrote is shown by a first name and an initial.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { looksLikeCard } from '../../base/card-number.ts';
import { reviewIdOf } from '../../schemas/ids.ts';
import type { Review, ReviewContent } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import type { FindQuery } from '../../views/documents/documents.ts';
import type { Accounts } from '../accounts.ts';
import { principalOf } from '../auth.ts';
import { derivedId } from '../derived-id.ts';
import { type Answer, idempotencyKeyOf } from '../idempotency/answer-once.ts';
import { Refusal } from '../refusal.ts';
import type { ReviewDesk, ReviewWish } from '../review-desk.ts';
import { wordFinder } from '../review-words.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described, idempotencyHeader } from '../shapes/common.ts';
import {
  Helpful,
  OwnReview,
  PendingReview,
  ReviewBody,
  ReviewedProductParams,
  ReviewPage,
  ReviewParams,
  ReviewReport,
  ReviewsQuery,
} from '../shapes/reviews.ts';
import { shownName } from '../shown-name.ts';

const shoppers = ['shopper'] as const;
const writeProblems = ['PRODUCT_NOT_FOUND', 'REVIEW_REFUSED', 'CARD_NUMBER_REFUSED'] as const;

const sorts: { readonly [Sort in NonNullable<ReviewsQuery['sort']>]: FindQuery['sort'] } = {
  helpful: { field: 'helpful', direction: 'desc' },
  newest: { field: 'createdAt', direction: 'desc' },
  highest: { field: 'rating', direction: 'desc' },
  lowest: { field: 'rating', direction: 'asc' },
};

export interface ReviewRouteParts {
  readonly gateway: Gateway;
  readonly desk: ReviewDesk;
  readonly accounts: Accounts;
}

export function reviewRoutes(app: App, parts: ReviewRouteParts): void {
  readReviews(app, parts);
  readOwnReview(app, parts);
  writeReview(app, parts);
  deleteReview(app, parts);
  voteOnReview(app, parts);
  reportReview(app, parts);
}

function readReviews(app: App, { gateway: { documents, ratings }, desk }: ReviewRouteParts): void {
  app.get(
    '/v1/products/:id/reviews',
    {
      ...config('public', ['PRODUCT_NOT_FOUND', 'DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Reviews', 'Read what buyers say', 'Those of a variant are those of its product.'),
        params: ReviewedProductParams,
        querystring: ReviewsQuery,
        response: { 200: ReviewPage },
      },
    },
    async (request) => {
      const { sort = 'helpful', rating, cursor, limit = 20 } = request.query;
      const { productId } = await desk.productOf(request.params.id);
      const where = { productId, status: 'published', ...(rating !== undefined && { rating }) };
      const [page, summary] = await Promise.all([
        documents.find(collections.reviews.name, { where, sort: sorts[sort], limit, cursor }),
        ratings.get(productId),
      ]);
      const reviews = page.documents.map(({ fields }) => shownReview(fields as unknown as Review));
      return { summary, reviews, cursor: page.cursor };
    },
  );
}

function readOwnReview(app: App, { desk }: ReviewRouteParts): void {
  app.get(
    '/v1/products/:id/reviews/mine',
    {
      ...config(shoppers, ['PRODUCT_NOT_FOUND', 'REVIEW_NOT_FOUND']),
      schema: {
        ...about('Reviews', 'Read the own review', 'Also while it waits for a moderator.'),
        params: ReviewedProductParams,
        response: { 200: OwnReview },
      },
    },
    async (request) => {
      const { productId } = await desk.productOf(request.params.id);
      const review = await desk.own(productId, principalOf(request).userId);
      if (!review) throw new Refusal('REVIEW_NOT_FOUND');
      return ownReview(review);
    },
  );
}

function writeReview(app: App, { gateway, desk, accounts }: ReviewRouteParts): void {
  const isRude = wordFinder(gateway.settings.reviewWords);
  const contentOf = async (request: FastifyRequest<{ Body: ReviewBody }>): Promise<ReviewContent> => {
    const { title = '', text, language = 'en', rating } = request.body;
    const author = shownName(await accounts.own(principalOf(request).userId));
    return { author, rating, title, text, language, flags: isRude(`${title} ${text}`) ? ['words'] : [] };
  };
  const headers = Type.Object(idempotencyHeader);
  const body = ReviewBody;
  const preValidation = async (request: FastifyRequest) => refuseCards(request.body);

  app.post(
    '/v1/products/:id/reviews',
    {
      ...config(shoppers, [...writeProblems, 'REVIEW_NOT_ALLOWED', 'REVIEW_EXISTS', 'USER_NOT_FOUND']),
      schema: {
        ...about(
          'Reviews',
          'Review a product',
          'For those to whom an order with it, or with a variant of it, was delivered; one each. It is published at once, or once a moderator has looked at it.',
        ),
        params: ReviewedProductParams,
        headers,
        body,
        response: { 201: described(OwnReview, 'Written.'), 202: PendingReview },
      },
      preValidation,
    },
    async (request, reply) => {
      const content = await contentOf(request);
      return ask({ gateway, desk }, request, reply, { command: { type: 'SubmitReview', content }, status: 201 });
    },
  );

  app.put(
    '/v1/products/:id/reviews/mine',
    {
      ...config(shoppers, [...writeProblems, 'REVIEW_NOT_FOUND', 'USER_NOT_FOUND']),
      schema: {
        ...about('Reviews', 'Change the own review', 'As a whole. Votes stay; rules and moderators look at it again.'),
        params: ReviewedProductParams,
        headers,
        body,
        response: { 200: described(OwnReview, 'Changed.'), 202: PendingReview },
      },
      preValidation,
    },
    async (request, reply) => {
      const content = await contentOf(request);
      return ask({ gateway, desk }, request, reply, { command: { type: 'EditReview', content }, status: 200 });
    },
  );
}

function deleteReview(app: App, { gateway, desk }: ReviewRouteParts): void {
  app.delete(
    '/v1/products/:id/reviews/mine',
    {
      ...config(shoppers, ['PRODUCT_NOT_FOUND', 'REVIEW_NOT_FOUND']),
      schema: {
        ...about('Reviews', 'Take the own review back', 'Another one may be written.'),
        params: ReviewedProductParams,
        headers: Type.Object(idempotencyHeader),
        response: { 204: Type.Null({ description: 'Gone.' }), 202: PendingReview },
      },
    },
    async (request, reply) =>
      ask({ gateway, desk }, request, reply, { command: { type: 'DeleteReview' }, status: 204 }),
  );
}

function voteOnReview(app: App, { gateway: { random }, desk }: ReviewRouteParts): void {
  for (const method of ['PUT', 'DELETE'] as const) {
    const isHelpful = method === 'PUT';
    app.route({
      method,
      url: '/v1/products/:id/reviews/:reviewId/helpful',
      ...config(shoppers, ['PRODUCT_NOT_FOUND', 'REVIEW_NOT_FOUND', 'REVIEW_IS_OWN']),
      schema: {
        ...about('Reviews', isHelpful ? 'Find a review helpful' : 'Find it helpful no longer', 'One vote a customer.'),
        params: ReviewParams,
        response: { 200: Helpful, 202: described(Helpful, 'The vote is safe and will count in a moment.') },
      },
      handler: async (request, reply) => {
        const { reviewId } = request.params;
        const { productId } = await desk.productOf(request.params.id);
        const command = { type: 'VoteReview', isHelpful } as const;
        const actor = principalOf(request).userId;
        const review = await desk.ask({ commandId: random.uuid(), productId, reviewId, actor, command });
        if (review) return { reviewId, helpful: review.helpful };
        return reply.code(202).send({ reviewId, helpful: (await desk.find(reviewId))?.helpful ?? 0 });
      },
    });
  }
}

function reportReview(app: App, { gateway: { random }, desk }: ReviewRouteParts): void {
  app.post(
    '/v1/products/:id/reviews/:reviewId/report',
    {
      ...config(shoppers, ['PRODUCT_NOT_FOUND', 'REVIEW_NOT_FOUND', 'REVIEW_IS_OWN', 'CARD_NUMBER_REFUSED']),
      schema: {
        ...about('Reviews', 'Report a review', 'Reported by several customers, a moderator looks at it again.'),
        params: ReviewParams,
        body: ReviewReport,
        response: { 202: described(PendingReview, 'Thank you: it was heard.') },
      },
      preValidation: async (request) => refuseCards(request.body),
    },
    async (request, reply) => {
      const { reviewId } = request.params;
      const { productId } = await desk.productOf(request.params.id);
      const command = { type: 'ReportReview', reason: request.body.reason ?? '' } as const;
      const actor = principalOf(request).userId;
      await desk.ask({ commandId: random.uuid(), productId, reviewId, actor, command });
      return reply.code(202).send({ reviewId, productId });
    },
  );
}

/** Answers a wish about the asker's own review. */
async function ask(
  { gateway: { once, random }, desk }: Pick<ReviewRouteParts, 'gateway' | 'desk'>,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  { command, status }: { command: ReviewWish['command']; status: 200 | 201 | 204 },
) {
  const { userId: actor } = principalOf(request);
  return once.send({ request, reply, scope: actor }, async (): Promise<Answer> => {
    const { productId } = await desk.productOf(request.params.id);
    const key = idempotencyKeyOf(request, false);
    const commandId = key === undefined ? random.uuid() : derivedId(actor, key);
    const reviewId = reviewIdOf(productId, actor);
    const review = await desk.ask({ commandId, productId, reviewId, actor, command });
    if (review === undefined) return { status: 202, body: { reviewId, productId } };
    if (review === null) return { status: 204 };
    return { status, headers: { location: `/v1/products/${productId}/reviews/mine` }, body: ownReview(review) };
  });
}

/** Before validation, whose messages might repeat it. */
function refuseCards(body: unknown): void {
  const texts = Object.values((body ?? {}) as object).filter((value) => typeof value === 'string');
  if (texts.some(looksLikeCard)) throw new Refusal('CARD_NUMBER_REFUSED');
}

/** As anybody sees it. */
export function shownReview({ answer: text, answeredAt: at, ...review }: Review) {
  const { reviewId, productId, author, rating, title, language, helpful, createdAt, updatedAt } = review;
  const said = { reviewId, productId, author, rating, title, text: review.text, language, verified: true };
  return { ...said, helpful, ...(text !== '' && { answer: { text, at } }), createdAt, updatedAt };
}

function ownReview(review: Review) {
  const { status, rejection } = review;
  return { ...shownReview(review), status, ...(rejection !== '' && { rejection }) };
}
