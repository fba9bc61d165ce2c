// What shoppers do before they buy, as the shop's pages tell it: into the log, to be counted once each. Nothing is decided
// here but what is too old to count, that nobody tells more than a page could, and only of what there is.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { unreachable } from '../../base/assert.ts';
import { looksLikeCard } from '../../base/card-number.ts';
import { shopperEventWindowMs } from '../../schemas/stores.ts';
import { topics } from '../../schemas/topics.ts';
import type { ShopperEvent } from '../../schemas/types.generated.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { EventBatch, EventsTaken, type ShopperEventShape } from '../shapes/popularity.ts';
import { shopperOf, visitHeaderShape } from '../shopper.ts';
import { invalidRequest } from '../validation.ts';

export function eventRoutes(app: App, { writer, products, clock, settings, metrics }: Gateway): void {
  const keyGenerator = ({ ip, principal }: FastifyRequest) => `events ${principal?.userId ?? ip}`;
  const rateLimit = { max: settings.eventRequestsPerMinute, timeWindow: 60_000, keyGenerator };
  app.post(
    '/v1/events',
    {
      ...config('optional', ['CARD_NUMBER_REFUSED', 'RATE_LIMITED'], { rateLimit }),
      schema: {
        ...about(
          'Products',
          'Tell what a shopper does',
          'Looks, carts and wishes, for popularity. Answers once the log has them. Each is counted once by its id, and looks of one shopper at one product once in half an hour. Searches need not be told.',
        ),
        headers: Type.Object(visitHeaderShape),
        body: EventBatch,
        response: { 202: EventsTaken },
      },
    },
    async (request, reply) => {
      const shopperId = shopperOf(request);
      if (shopperId === undefined) {
        throw invalidRequest([{ path: 'visit-id', message: 'a visit is to be named by those who are not logged in' }]);
      }
      const now = clock.now();
      const events = request.body.events.map((event, index) => shopperEvent(event, { shopperId, now, index }));
      const inTime = events.filter(({ at }) => at > now - shopperEventWindowMs);
      const late = events.length - inTime.length;
      metrics.lateEvents.inc(late);
      const known = await products.getMany(request.body.events.map(({ productId }) => productId));
      const taken = inTime.filter(({ event }) => 'productId' in event && known.has(event.productId));
      await Promise.all(taken.map((event) => writer.append(topics.shopperEvents, shopperId, event)));
      return reply.code(202).send({ accepted: taken.length, late, unknown: inTime.length - taken.length });
    },
  );
}

interface Circumstances {
  readonly shopperId: string;
  readonly now: number;
  /** Of the event within its batch. */
  readonly index: number;
}

/** @throws REQUEST_INVALID for what belongs to events of another type; CARD_NUMBER_REFUSED */
function shopperEvent(told: ShopperEventShape, { shopperId, now, index }: Circumstances): ShopperEvent {
  const { eventId, type, productId, query, quantity, at = now } = told;
  const misplaced = type !== 'viewed' && query !== undefined ? 'query' : 'quantity';
  if ((type !== 'viewed' && query !== undefined) || (type !== 'carted' && quantity !== undefined)) {
    throw invalidRequest([{ path: `/events/${index}/${misplaced}`, message: `does not go with ${type}` }]);
  }
  if (query !== undefined && looksLikeCard(query)) throw new Refusal('CARD_NUMBER_REFUSED');
  const event = ((): ShopperEvent['event'] => {
    switch (type) {
      case 'viewed':
        return { type: 'ProductViewed', productId, query: query ?? '' };
      case 'carted':
        return { type: 'CartAdded', productId, quantity: quantity ?? 1 };
      case 'wished':
        return { type: 'ProductWished', productId };
      default:
        return unreachable(type);
    }
  })();
  return { eventId, shopperId, at: Math.min(at, now), event };
}
