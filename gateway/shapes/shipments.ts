// What carriers and warehouses say of parcels.
import { type Static, Type } from 'typebox';
import { oneOf, strict } from './common.ts';

const statuses = ['requested', 'packed', 'in_transit', 'delivered', 'returning', 'returned'] as const;

const examples = [
  {
    shipmentId: 'uJ2qqzV1n1s0y8b1dT1m5w~tv-55/berlin',
    status: 'in_transit',
    carrier: 'parcel-post',
    trackingCode: 'JD014600006281234567',
  },
];

export const ShipmentNews = strict(
  {
    shipmentId: Type.String({
      pattern: '^[\\x21-\\x7e]{1,200}$',
      description: 'As the request for the parcel named it: `<orderId>/<warehouseId>`.',
    }),
    status: oneOf(statuses, { description: 'Where it is. News of where it was before changes nothing.' }),
    carrier: Type.Optional(
      Type.String({ pattern: '^[\\x20-\\x7e]{1,64}$', description: 'Who carries it, if it is another one now.' }),
    ),
    trackingCode: Type.Optional(
      Type.String({ pattern: '^[\\x20-\\x7e]{1,100}$', description: "The carrier's name for it." }),
    ),
    at: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 8_640_000_000_000_000,
        description: 'When it happened, in milliseconds since the Unix epoch. Default: now.',
      }),
    ),
  },
  { examples },
);
export type ShipmentNews = Static<typeof ShipmentNews>;

export const ShipmentNewsList = Type.Array(ShipmentNews, { minItems: 1, maxItems: 500 });

/** It documents alone: the route checks one or several once their signature fits. */
export const ShipmentNewsBody = Type.Unsafe<Buffer>({
  anyOf: [ShipmentNews, ShipmentNewsList],
  description: 'One piece of news, or up to 500.',
  examples,
  'x-stream': true,
});

export const ShipmentNewsReport = Type.Object(
  { accepted: Type.Integer({ description: 'How many pieces of news are safe.' }) },
  { description: 'The news is safe.', examples: [{ accepted: 1 }] },
);
