// Wishes about an order that was placed: to cancel it, to send it back, an operator's word after a review. The streams
// decide; here is only said what can no longer be, and waited for if that is asked for.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { leadProductOf } from '../../schemas/ids.ts';
import { topics } from '../../schemas/topics.ts';
import type { OrderCommand, OrderEvent } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import { type OrderAnswer, orderOf } from '../../views/order-document.ts';
import { principalOf } from '../auth.ts';
import { derivedId } from '../derived-id.ts';
import { Expectation } from '../expectation.ts';
import { idempotencyKeyOf } from '../idempotency/answer-once.ts';
import { isCancellable, isEnded, statusAfter } from '../order-answer.ts';
import { preferenceApplied, waitSecondsOf } from '../prefer.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described, idempotencyHeader, preferHeader } from '../shapes/common.ts';
import { Order, OrderPage, OrderParams, ReturnRequest, ReviewQuery, ReviewRequest } from '../shapes/orders.ts';
import { refuseCardNumbers, visibleOrder } from './orders.ts';

const customers = ['shopper', 'operator'] as const;
const operators = ['operator'] as const;
const problems = ['ORDER_NOT_FOUND', 'ORDER_NOT_YET_VISIBLE'] as const;

export function orderWishRoutes(app: App, gateway: Gateway): void {
  cancelOrder(app, gateway);
  returnOrder(app, gateway);
  reviewOrders(app, gateway);
}

function cancelOrder(app: App, gateway: Gateway): void {
  app.post(
    '/v1/orders/:id/cancel',
    {
      ...config(customers, [...problems, 'ORDER_ENDED']),
      schema: {
        ...about(
          'Orders',
          'Cancel an order',
          'Until it is paid: its stock is released, and what was set aside of the money let go. Answers 202 once the wish is safe; with `Prefer: wait=N` 200 once the order has ended.',
        ),
        params: OrderParams,
        headers: Type.Object({ ...idempotencyHeader, ...preferHeader }),
        response: {
          200: described(Order, 'Cancelled.'),
          202: described(Order, 'The wish is accepted; the order as it stands.'),
        },
      },
    },
    async (request, reply) => {
      const reason = principalOf(request).role === 'operator' ? 'by_operator' : 'by_customer';
      return wish(gateway, request, reply, {
        command: { type: 'CancelOrder', reason },
        isGranted: ({ status }) => status === 'cancelled',
        isPossible: ({ status }) => isCancellable(status),
        isAnswer: (event) => isEnded(statusAfter(event) ?? 'created'),
      });
    },
  );
}

function returnOrder(app: App, gateway: Gateway): void {
  app.post(
    '/v1/orders/:id/return',
    {
      ...config(customers, [...problems, 'ORDER_NOT_RETURNABLE', 'CARD_NUMBER_REFUSED']),
      schema: {
        ...about(
          'Orders',
          'Send a delivered order back',
          'Within 30 days. Its parcels are fetched; once they are back its money is returned. Answers 202 once the wish is safe; with `Prefer: wait=N` 200 once the parcels are asked for.',
        ),
        params: OrderParams,
        headers: Type.Object({ ...idempotencyHeader, ...preferHeader }),
        body: ReturnRequest,
        response: {
          200: described(Order, 'Its parcels are asked for.'),
          202: described(Order, 'The wish is accepted; the order as it stands.'),
        },
      },
      preValidation: async (request) => refuseCardNumbers(request),
    },
    async (request, reply) => {
      const isAsked = ({ history }: OrderAnswer) => history.some(({ type }) => type === 'ReturnRequested');
      return wish(gateway, request, reply, {
        command: { type: 'RequestReturn', reason: request.body.reason },
        isGranted: isAsked,
        isPossible: ({ status }) => status === 'delivered',
        isAnswer: ({ event }) => event.type === 'ReturnRequested',
        refusal: 'ORDER_NOT_RETURNABLE',
      });
    },
  );
}

function reviewOrders(app: App, gateway: Gateway): void {
  app.get(
    '/v1/admin/reviews',
    {
      ...config(operators, ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about(
          'Operations',
          'Orders that wait for review',
          'They look like fraud: findings and score are in the history.',
        ),
        querystring: ReviewQuery,
        response: { 200: OrderPage },
      },
    },
    async ({ query: { cursor, limit = 50 } }) => {
      const page = await gateway.documents.find(collections.orders.name, {
        where: { review: 'waiting', status: 'reserved' },
        sort: { field: 'placedAt', direction: 'asc' },
        limit,
        cursor,
      });
      return { orders: page.documents.map(orderOf), cursor: page.cursor };
    },
  );

  app.post(
    '/v1/admin/orders/:id/review',
    {
      ...config(operators, [...problems, 'ORDER_NOT_IN_REVIEW', 'CARD_NUMBER_REFUSED']),
      schema: {
        ...about(
          'Operations',
          'Release or refuse an order',
          'Released, it goes on to payment; refused, it is cancelled.',
        ),
        params: OrderParams,
        headers: Type.Object({ ...idempotencyHeader, ...preferHeader }),
        body: ReviewRequest,
        response: {
          200: described(Order, 'Done.'),
          202: described(Order, 'The word is accepted; the order as it stands.'),
        },
      },
      preValidation: async (request) => refuseCardNumbers(request),
    },
    async (request, reply) => {
      const { decision, note = '' } = request.body;
      const release = decision === 'release';
      return wish(gateway, request, reply, {
        command: { type: 'ReviewOrder', release, note },
        isGranted: ({ review }) => review === (release ? 'released' : 'refused'),
        isPossible: ({ review, status }) => review === 'waiting' && isCancellable(status),
        isAnswer: ({ event }) => event.type === 'OrderReviewed',
        refusal: 'ORDER_NOT_IN_REVIEW',
      });
    },
  );
}

interface Wish {
  readonly command: OrderCommand['command'];
  /** Whether it is so already. */
  readonly isGranted: (order: OrderAnswer) => boolean;
  /** Whether it can still be. */
  readonly isPossible: (order: OrderAnswer) => boolean;
  /** The event that says that it is so. */
  readonly isAnswer: (event: OrderEvent) => boolean;
  readonly refusal?: 'ORDER_ENDED' | 'ORDER_NOT_RETURNABLE' | 'ORDER_NOT_IN_REVIEW';
}

/** @throws ORDER_NOT_FOUND, ORDER_NOT_YET_VISIBLE, the refusal if it can no longer be */
async function wish(gateway: Gateway, request: WishRequest, reply: FastifyReply, asked: Wish) {
  const { writer, tail, finder, clock, random, once } = gateway;
  const { userId } = principalOf(request);
  const waitSeconds = waitSecondsOf(request);
  const { command, isGranted, isPossible, isAnswer, refusal = 'ORDER_ENDED' } = asked;
  return once.send({ request, reply, scope: userId }, async () => {
    const order = await visibleOrder(gateway, request, request.params.id);
    const { orderId, status } = order;
    if (isGranted(order)) return { status: 200, body: order };
    if (!isPossible(order)) throw new Refusal(refusal, { details: { status } });
    const key = idempotencyKeyOf(request, false);
    const commandId = key === undefined ? random.uuid() : derivedId(userId, key);
    const answered = new Expectation(gateway, tail.orders, orderId, isAnswer);
    try {
      const at = clock.now();
      const sent = { commandId, orderId, actor: userId, at, command };
      await writer.append(topics.orderCommands, leadProductOf(orderId) ?? '', sent);
      if (waitSeconds !== undefined) await answered.within(waitSeconds * 1000);
    } finally {
      answered.close();
    }
    const after = waitSeconds === undefined ? order : ((await finder.find(orderId)) ?? order);
    if (!isGranted(after) && !isPossible(after)) throw new Refusal(refusal, { details: { status: after.status } });
    return { status: isGranted(after) ? 200 : 202, headers: preferenceApplied(waitSeconds), body: after };
  });
}

type WishRequest = FastifyRequest<{ Params: { id: string } }>;
