// Orders: placing them, reading them, following them. Deciding them is the streams' work.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { hasCardNumber } from '../../base/card-number.ts';
import type { OrderAnswer } from '../../views/order-document.ts';
import { orderOf } from '../../views/order-document.ts';
import { principalOf } from '../auth.ts';
import { idempotencyKeyOf } from '../idempotency/answer-once.ts';
import { readMoments } from '../moments.ts';
import { isDecided } from '../order-answer.ts';
import { orderEventsSource } from '../order-events-source.ts';
import { preferenceApplied, waitSecondsOf } from '../prefer.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { forSeller } from '../seller-order.ts';
import { eventStream } from '../server-sent-events.ts';
import { described, preferHeader, requiredIdempotencyHeader } from '../shapes/common.ts';
import { Order, OrderPage, OrderParams, OrderQuery, OrderRequest } from '../shapes/orders.ts';

const buyers = ['shopper'] as const;
const readers = ['shopper', 'operator'] as const;
const allReaders = ['shopper', 'seller', 'operator'] as const;

export function orderRoutes(app: App, gateway: Gateway): void {
  placeOrder(app, gateway);
  readOrders(app, gateway);
  followOrder(app, gateway);
}

function placeOrder(app: App, { orders, once }: Gateway): void {
  app.post(
    '/v1/orders',
    {
      ...config(buyers, [
        'IDEMPOTENCY_KEY_MISSING',
        'CARD_NUMBER_REFUSED',
        'PRODUCT_UNAVAILABLE',
        'QUANTITY_OUT_OF_RANGE',
        'NOT_DELIVERABLE',
        'CURRENCIES_DIFFER',
        'UNSUPPORTED_COUNTRY',
        'UNSUPPORTED_CURRENCY',
        'AMOUNT_OUT_OF_RANGE',
      ]),
      schema: {
        ...about(
          'Orders',
          'Place an order',
          'Prices come from the catalogue. Answers 202 as soon as the order is safe; with `Prefer: wait=N` 201 once its stock is held or refused.',
        ),
        headers: Type.Object({ ...requiredIdempotencyHeader, ...preferHeader }),
        body: OrderRequest,
        response: {
          201: described(Order, 'Decided: reserved, or rejected with a reason a line.'),
          202: described(Order, 'Accepted; not decided yet.'),
        },
      },
      preValidation: async (request) => {
        idempotencyKeyOf(request, true);
        refuseCardNumbers(request);
      },
    },
    async (request, reply) => {
      const { userId, email } = principalOf(request);
      const waitSeconds = waitSecondsOf(request);
      return once.send({ request, reply, scope: userId, isKeyRequired: true }, async () => {
        const idempotencyKey = idempotencyKeyOf(request, true) ?? '';
        const submission = { customerId: userId, email, idempotencyKey, request: request.body, waitSeconds };
        const order = await orders.submit(submission);
        return {
          status: isDecided(order.status) ? 201 : 202,
          headers: { location: `/v1/orders/${order.orderId}`, ...preferenceApplied(waitSeconds) },
          body: order,
        };
      });
    },
  );
}

/** Before validation, whose messages might repeat it. A product id is looked at when it isn't known. */
export function refuseCardNumbers({ body }: FastifyRequest): void {
  const isProductId = (path: readonly string[]) => path.length === 3 && path[0] === 'lines' && path[2] === 'productId';
  if (hasCardNumber(body, isProductId)) throw new Refusal('CARD_NUMBER_REFUSED');
}

function readOrders(app: App, gateway: Gateway): void {
  app.get(
    '/v1/orders/:id',
    {
      ...config(allReaders, ['ORDER_NOT_FOUND', 'ORDER_NOT_YET_VISIBLE']),
      schema: {
        ...about(
          'Orders',
          'Read an order',
          'With its history. An accepted order is found at once, also before it is decided.',
        ),
        params: OrderParams,
        response: { 200: Order },
      },
    },
    async (request) => {
      const { userId, role } = principalOf(request);
      const { id } = request.params;
      if (role !== 'seller') return await visibleOrder(gateway, request, id);
      const order = await gateway.finder.find(id);
      if (!order?.sellers.includes(userId)) throw new Refusal('ORDER_NOT_FOUND');
      return forSeller(order, userId);
    },
  );

  app.get(
    '/v1/orders',
    {
      ...config(allReaders, ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about(
          'Orders',
          'List orders',
          "A shopper's own, those with a line of the seller who asks, an operator's all; however old, the newest first.",
        ),
        querystring: OrderQuery,
        response: { 200: OrderPage },
      },
    },
    async (request) => {
      const { userId, role } = principalOf(request);
      const { status, from, to, customerId, seller, cursor, limit = 50 } = request.query;
      const placed = readMoments({ from, to });
      const { orders, cursor: next } = await gateway.reader.list({
        ...placed,
        customerId: role === 'shopper' ? userId : role === 'operator' ? customerId : undefined,
        sellerId: role === 'seller' ? userId : seller,
        status,
        cursor,
        limit,
      });
      const answers = orders.map(orderOf);
      return { orders: role === 'seller' ? answers.map((order) => forSeller(order, userId)) : answers, cursor: next };
    },
  );
}

function followOrder(app: App, gateway: Gateway): void {
  const { tail, finder, clock, settings, closing } = gateway;
  app.get(
    '/v1/orders/:id/events',
    {
      ...config(readers, ['ORDER_NOT_FOUND', 'ORDER_NOT_YET_VISIBLE'], { produces: { 200: ['text/event-stream'] } }),
      schema: {
        ...about(
          'Orders',
          "Follow an order's life",
          "Server-sent events: what has happened, then what happens, until the order has ended. An event's id is its sequence; `Last-Event-ID` goes on after it.",
        ),
        params: OrderParams,
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ maxLength: 20, description: 'The last event that was seen.' })),
        }),
        response: { 200: Type.String({ description: 'Events whose data is a step of the history.' }) },
      },
    },
    async (request, reply) => {
      const { orderId } = await visibleOrder(gateway, request, request.params.id);
      const afterId = /^\d{1,9}$/.exec(String(request.headers['last-event-id'] ?? ''));
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const stream = eventStream(orderEventsSource(orderId, tail, finder), {
        clock,
        heartbeatMs: settings.heartbeatMs,
        afterId: Number(afterId?.[0] ?? 0),
        signal: AbortSignal.any([gone.signal, closing]),
      });
      reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' });
      return reply.send(stream);
    },
  );
}

/** @throws ORDER_NOT_FOUND, also for another shopper's order */
export async function visibleOrder(
  { finder }: Gateway,
  request: FastifyRequest,
  orderId: string,
): Promise<OrderAnswer> {
  const { userId, role } = principalOf(request);
  const order = await finder.find(orderId);
  if (!order || (role !== 'operator' && order.customerId !== userId)) throw new Refusal('ORDER_NOT_FOUND');
  return order;
}
