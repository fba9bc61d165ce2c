// What shoppers' pages tell of what shoppers do, and what is popular.
import { type Static, Type } from 'typebox';
import { rankWindows } from '../../views/ranks/ranks.ts';
import { Cursor, NextCursor, oneOf, ProductId, strict } from './common.ts';

const eventTypes = ['viewed', 'carted', 'wished'] as const;

const Event = strict({
  eventId: Type.String({
    pattern: '^[A-Za-z0-9_.-]{1,64}$',
    description: 'Unique within the shopper; the same for every retry.',
  }),
  type: oneOf(eventTypes, {
    description: '`viewed` a product’s page, put it into a cart (`carted`), put it on a wishlist (`wished`).',
  }),
  productId: ProductId,
  query: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'With `viewed`: the search from whose results the product was chosen.',
    }),
  ),
  quantity: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 999, description: 'With `carted`: units, 1 if not given.' }),
  ),
  at: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'When it happened, in milliseconds since the Unix epoch; now, if not given or not yet.',
    }),
  ),
});
export type ShopperEventShape = Static<typeof Event>;

export const EventBatch = strict(
  { events: Type.Array(Event, { minItems: 1, maxItems: 50 }) },
  {
    examples: [
      {
        events: [
          { eventId: 'e-1', type: 'viewed', productId: 'tv-55', query: 'television' },
          { eventId: 'e-2', type: 'carted', productId: 'tv-55', quantity: 1 },
        ],
      },
    ],
  },
);

export const EventsTaken = Type.Object(
  {
    accepted: Type.Integer({ description: 'Those that the log has.' }),
    late: Type.Integer({ description: 'Those that happened more than a day ago: they are not counted.' }),
    unknown: Type.Integer({ description: 'Those of products that do not exist: they are not counted.' }),
  },
  { description: 'The events are safe. What was counted before is not counted again.' },
);

export const PopularQuery = strict({
  category: Type.Optional(
    Type.String({ minLength: 1, maxLength: 300, description: 'A path; all below it is found, too.' }),
  ),
  window: Type.Optional(
    oneOf(rankWindows, {
      default: 'all',
      description:
        'The last `hour`, to five minutes; the last `day`, to an hour; or `all` time with what is long ago fading.',
    }),
  ),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 24, description: 'How many at most.' })),
});

export const PopularPage = Type.Object(
  {
    products: Type.Array(
      Type.Object({
        productId: Type.String(),
        title: Type.String(),
        category: Type.String(),
        brand: Type.String(),
        price: Type.Object({ amount: Type.Integer({ description: 'In the minor unit.' }), currency: Type.String() }),
        image: Type.String({ description: 'URL; empty for none.' }),
        score: Type.Number({ description: 'What shoppers did with it, weighed and summed.' }),
      }),
    ),
    cursor: NextCursor,
  },
  { description: 'Products for sale, the most popular first; variants count for their product.' },
);
