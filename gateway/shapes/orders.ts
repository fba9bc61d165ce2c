// Orders as the outside writes and reads them.
import { type Static, Type } from 'typebox';
import { Currency, Cursor, Limit, moment, NextCursor, oneOf, ProductId, strict, Time, text } from './common.ts';

const statuses = [
  'created',
  'reserved',
  'placed',
  'in-transit',
  'delivered',
  'rejected',
  'cancelled',
  'refunded',
] as const;

const Address = strict(
  {
    name: text(200, 'Who receives it.'),
    street: text(500, 'Street and number; further lines after a line break.'),
    city: text(200, 'Town or city.'),
    postalCode: Type.String({
      maxLength: 20,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      description: 'As the country writes it; empty where there is none.',
    }),
    country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2.', examples: ['DE'] }),
  },
  { description: 'Where it goes.' },
);

export const OrderRequest = strict(
  {
    lines: Type.Array(
      strict({
        productId: ProductId,
        quantity: Type.Integer({ minimum: 1, maximum: 999, description: 'Units.' }),
      }),
      { minItems: 1, maxItems: 100, description: 'Lines of one product are merged into the first of them.' },
    ),
    shipTo: Address,
    payment: strict(
      {
        method: Type.String({
          pattern: '^[A-Za-z0-9_-]{1,32}$',
          description: "The payment provider's word: `card`, `wallet` or `invoice`.",
          examples: ['card'],
        }),
        token: Type.String({
          pattern: '^[\\x21-\\x7e]{1,255}$',
          description: "The payment provider's token. Never a card number.",
          examples: ['tok_visa'],
        }),
        billingAddress: Type.Optional(
          strict(
            {
              country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2.', examples: ['DE'] }),
              postalCode: Type.String({ maxLength: 20, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
            },
            { description: 'Of who pays. One that differs from where it goes is looked at more closely.' },
          ),
        ),
      },
      { description: 'How it will be paid.' },
    ),
  },
  {
    examples: [
      {
        lines: [{ productId: 'tv-55', quantity: 1 }],
        shipTo: { name: 'Ada Lovelace', street: '12 Main St', city: 'Berlin', postalCode: '10115', country: 'DE' },
        payment: { method: 'card', token: 'tok_visa' },
      },
    ],
  },
);
export type OrderRequest = Static<typeof OrderRequest>;

const OrderLine = Type.Object({
  line: Type.Integer({ description: 'The place in the request, from 1.' }),
  productId: Type.String(),
  quantity: Type.Integer(),
  unitPrice: Type.Integer({ description: "In the minor unit of the order's currency." }),
  sellerId: Type.Optional(Type.String({ description: 'Who sells it.' })),
  status: Type.Optional(
    oneOf(['pending', 'reserved', 'refused', 'released', 'paid', 'returned'], {
      description: 'Of the units of this line.',
    }),
  ),
  reason: Type.Optional(Type.String({ description: 'Why the line was refused.', examples: ['insufficient_stock'] })),
  allocations: Type.Optional(
    Type.Array(Type.Object({ warehouseId: Type.String(), quantity: Type.Integer() }), {
      description: 'The warehouses that hold the units.',
    }),
  ),
});

const Parcel = Type.Object(
  {
    shipmentId: Type.String(),
    warehouseId: Type.String(),
    carrier: Type.String({ examples: ['parcel-post'] }),
    trackingCode: Type.String({ description: 'Empty until the carrier has told it.' }),
    status: oneOf(['requested', 'packed', 'in_transit', 'delivered', 'returning', 'returned']),
    lines: Type.Array(Type.Object({ productId: Type.String(), quantity: Type.Integer() })),
  },
  { description: 'What one warehouse sends.' },
);

const OrderStep = Type.Object(
  { sequence: Type.Integer(), type: Type.String({ examples: ['OrderReserved'] }), at: Time },
  { additionalProperties: true, description: 'What happened; details stand beside it.' },
);

export const Order = Type.Object(
  {
    orderId: Type.String(),
    customerId: Type.String(),
    status: oneOf(statuses),
    lines: Type.Array(OrderLine),
    currency: Currency,
    subtotal: Type.Integer(),
    shipping: Type.Integer(),
    tax: Type.Integer(),
    total: Type.Object({ amount: Type.Integer(), currency: Currency }),
    shipTo: Address,
    payment: Type.Object({
      method: Type.String(),
      paid: Type.Optional(Type.Integer({ description: 'What was taken, less what was given back.' })),
    }),
    arrival: Type.Optional(
      Type.Object(
        { from: Type.String({ examples: ['2026-12-22'] }), to: Type.String({ examples: ['2026-12-23'] }) },
        {
          description:
            'Between which days all of it arrives, as was promised when it was placed; not there without a promise.',
        },
      ),
    ),
    parcels: Type.Optional(Type.Array(Parcel, { description: 'Once it is paid.' })),
    review: Type.Optional(
      oneOf(['none', 'waiting', 'released', 'refused'], {
        description: 'Whether a person looks, or has looked, at it.',
      }),
    ),
    placedAt: Time,
    expiresAt: Time,
    updatedAt: Time,
    history: Type.Array(OrderStep, { description: "The steps of the order's life, oldest first." }),
  },
  {
    description: 'The order. Amounts are in the minor unit of its currency.',
    examples: [
      {
        orderId: 'uJ2qqzV1n1s0y8b1dT1m5w~tv-55',
        customerId: '5f1c0f3e-7f0b-4c7e-9d0a-0f3d6a1f7d4c',
        status: 'reserved',
        lines: [
          {
            line: 1,
            productId: 'tv-55',
            quantity: 1,
            unitPrice: 49_900,
            status: 'reserved',
            allocations: [{ warehouseId: 'berlin', quantity: 1 }],
          },
        ],
        currency: 'EUR',
        subtotal: 49_900,
        shipping: 1_990,
        tax: 9_859,
        total: { amount: 61_749, currency: 'EUR' },
        shipTo: { name: 'Ada Lovelace', street: '12 Main St', city: 'Berlin', postalCode: '10115', country: 'DE' },
        payment: { method: 'card' },
        placedAt: 1_790_000_000_000,
        expiresAt: 1_790_000_900_000,
        updatedAt: 1_790_000_000_021,
        history: [
          { sequence: 1, type: 'OrderCreated', at: 1_790_000_000_020 },
          { sequence: 2, type: 'OrderReserved', at: 1_790_000_000_021, expiresAt: 1_790_000_900_000 },
        ],
      },
    ],
  },
);

export const OrderParams = Type.Object({ id: Type.String({ maxLength: 200, description: 'The order id.' }) });

export const OrderQuery = strict({
  status: Type.Optional(oneOf(statuses)),
  from: Type.Optional(moment('Placed at this moment or later.')),
  to: Type.Optional(moment('Placed before this moment.')),
  customerId: Type.Optional(Type.String({ maxLength: 100, description: 'For operators: of this customer alone.' })),
  seller: Type.Optional(
    Type.String({ maxLength: 100, description: "With a line of this seller; a seller's own is meant anyway." }),
  ),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const ReturnRequest = strict(
  { reason: text(1000, "Why, in the customer's words.") },
  { examples: [{ reason: 'It is too small.' }] },
);

export const ReviewQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });

export const ReviewRequest = strict(
  {
    decision: oneOf(['release', 'refuse']),
    note: Type.Optional(text(1000, "The operator's words; they stay in the order's history.")),
  },
  { examples: [{ decision: 'release', note: 'Called the customer.' }] },
);

export const OrderPage = Type.Object(
  { orders: Type.Array(Order), cursor: NextCursor },
  { description: 'The newest first. An order shows here a moment after it was accepted.' },
);
