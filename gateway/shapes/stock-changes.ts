// Stock changes as sellers write them, one by one or in bulk, and their outcomes.
import { type Static, Type } from 'typebox';
import { oneOf, ProductId, strict, Time } from './common.ts';

/** Beyond this a number is a slip of the keyboard. */
const mostUnits = 1_000_000_000;

const ChangeId = Type.String({
  pattern: '^[\\x21-\\x7e]{1,128}$',
  description: 'Unique within the product; a change with an id that was used is the change that was made.',
  examples: ['delivery-4711-1'],
});

export const StockChangeShape = strict(
  {
    changeId: ChangeId,
    productId: ProductId,
    warehouseId: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', examples: ['berlin'] }),
    delta: Type.Optional(
      Type.Integer({ minimum: -mostUnits, maximum: mostUnits, description: 'Units that came in; negative: went out.' }),
    ),
    count: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: mostUnits,
        description: 'Units that were counted, those held for orders included.',
      }),
    ),
    sequence: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000_000_000_000,
        description:
          "The seller's own count of changes of this product and warehouse: an older one that comes late is refused.",
      }),
    ),
  },
  {
    description: 'Either delta or count.',
    examples: [{ changeId: 'delivery-4711-1', productId: 'tv-55', warehouseId: 'berlin', delta: 5 }],
  },
);
export type StockChangeShape = Static<typeof StockChangeShape>;

export const StockChangeRequest = strict(
  { changes: Type.Array(StockChangeShape, { minItems: 1, maxItems: 1_000 }) },
  {
    examples: [
      {
        changes: [
          { changeId: 'delivery-4711-1', productId: 'tv-55', warehouseId: 'berlin', delta: 5 },
          { changeId: 'count-2026-11-21', productId: 'tv-42', warehouseId: 'berlin', count: 12 },
        ],
      },
    ],
  },
);

const outcome = {
  status: Type.Optional(oneOf(['applied', 'refused'], { description: 'Not there while it is undecided.' })),
  before: Type.Optional(Type.Integer({ description: 'Units on hand in the warehouse before.' })),
  after: Type.Optional(Type.Integer({ description: 'Units on hand in the warehouse after.' })),
  reason: Type.Optional(Type.String({ description: 'Why it was refused.', examples: ['below_held'] })),
};

const BulkError = Type.Object({
  line: Type.Integer({ description: 'Of the upload, from 1.' }),
  code: Type.String(),
  message: Type.String(),
});

export const StockChangeReport = Type.Object(
  {
    accepted: Type.Integer({
      description: 'Changes that are safe in the log. They may still be refused: see the outcomes.',
    }),
    refused: Type.Optional(Type.Integer({ description: 'Lines of a bulk upload that were not taken.' })),
    changes: Type.Optional(
      Type.Array(Type.Object({ changeId: Type.String(), productId: Type.String(), ...outcome }), {
        description: 'In the order of the request; not for bulk uploads.',
      }),
    ),
    errors: Type.Optional(
      Type.Array(BulkError, { description: 'The first 1,000 lines of a bulk upload that were not taken.' }),
    ),
  },
  { description: 'What was taken.' },
);

export const ChangeParams = Type.Object({
  changeId: Type.String({ maxLength: 128 }),
});

export const ChangeQuery = strict({
  productId: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Of which product, should the id be used for several; else the latest.',
    }),
  ),
});

export const StockChangeOutcome = Type.Object(
  {
    changeId: Type.String(),
    productId: Type.String(),
    warehouseId: Type.String(),
    at: Time,
    ...outcome,
    status: oneOf(['applied', 'refused']),
  },
  { description: 'What became of the change.' },
);
