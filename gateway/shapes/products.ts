// Products and their stock as the outside writes and reads them.
import { type Static, Type } from 'typebox';
import { Cursor, Limit, Money, NextCursor, oneOf, ProductId, strict, Time, text } from './common.ts';

const plain = '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f]*$';

/** What a seller may say of a product. */
const fields = {
  title: text(500, 'One line.'),
  description: Type.String({ maxLength: 20_000, pattern: plain, description: 'Plain text.' }),
  category: Type.String({
    maxLength: 300,
    pattern: plain,
    description: 'Path of the category, parts joined by `/`.',
    examples: ['electronics/tv'],
  }),
  brand: Type.String({ maxLength: 200, pattern: plain }),
  price: Money,
  images: Type.Array(Type.String({ maxLength: 2_000, pattern: '^(https?://|/)[^\\s]+$' }), {
    maxItems: 20,
    description: 'URLs, the main one first.',
  }),
  attributes: Type.Record(
    Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' }),
    Type.String({ maxLength: 500, pattern: plain }),
    {
      additionalProperties: false,
      maxProperties: 50,
      description: 'Free facets such as `color`.',
    },
  ),
  weightGrams: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Of one unit, packed.' }),
};

export const NewProduct = strict(
  {
    productId: ProductId,
    title: fields.title,
    description: Type.Optional(fields.description),
    category: Type.Optional(fields.category),
    brand: Type.Optional(fields.brand),
    price: fields.price,
    images: Type.Optional(fields.images),
    attributes: Type.Optional(fields.attributes),
    weightGrams: Type.Optional(fields.weightGrams),
    customerLimit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Units that one customer may buy; no limit without.',
      }),
    ),
  },
  {
    examples: [
      {
        productId: 'tv-55',
        title: 'Television 55"',
        description: 'A television.',
        category: 'electronics/tv',
        brand: 'Visio',
        price: { amount: 49_900, currency: 'EUR' },
        images: ['https://shop.example/tv-55.jpg'],
        attributes: { color: 'black' },
        weightGrams: 14_000,
      },
    ],
  },
);
export type NewProduct = Static<typeof NewProduct>;

export const ProductPatch = strict(
  {
    title: Type.Optional(fields.title),
    description: Type.Optional(fields.description),
    category: Type.Optional(fields.category),
    brand: Type.Optional(fields.brand),
    price: Type.Optional(fields.price),
    images: Type.Optional(fields.images),
    attributes: Type.Optional(fields.attributes),
    weightGrams: Type.Optional(fields.weightGrams),
    customerLimit: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: 'Units that one customer may buy; 0 lifts the limit.',
      }),
    ),
  },
  {
    minProperties: 1,
    description: 'The fields to change; lists and attributes as wholes.',
    examples: [{ title: 'TV 55"' }],
  },
);
export type ProductPatch = Static<typeof ProductPatch>;

export const Product = Type.Object(
  {
    productId: Type.String(),
    sellerId: Type.String(),
    title: Type.String(),
    description: Type.String(),
    category: Type.String(),
    brand: Type.String(),
    price: Type.Object({ amount: Type.Integer(), currency: Type.String() }),
    images: Type.Array(Type.String()),
    attributes: Type.Record(Type.String(), Type.String()),
    weightGrams: Type.Integer(),
    customerLimit: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Units that one customer may buy; null for no limit.',
    }),
    status: oneOf(['active', 'deleted'], { description: 'A deleted product is shown for the sake of old orders.' }),
    version: Type.Integer({ description: 'Rises with every change.' }),
    createdAt: Time,
    updatedAt: Time,
  },
  { description: 'The product as it stands.' },
);

export const ProductParams = Type.Object({
  id: Type.String({ maxLength: 64, description: 'The product id.' }),
});

/** What is known of a change that isn't decided, or whose result isn't visible, yet. */
export const PendingProduct = Type.Object(
  { productId: Type.String(), changeId: Type.String() },
  { description: 'The change is safe; its result will show in a moment.' },
);

export const ProductQuery = strict({
  category: Type.Optional(Type.String({ maxLength: 300 })),
  brand: Type.Optional(Type.String({ maxLength: 200 })),
  seller: Type.Optional(Type.String({ maxLength: 100, description: "A seller's user id." })),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const ProductPage = Type.Object(
  { products: Type.Array(Product), cursor: NextCursor },
  { description: 'Products for sale, by id.' },
);

export const Stock = Type.Object(
  {
    productId: Type.String(),
    onHand: Type.Integer({ description: 'held + free.' }),
    held: Type.Integer({ description: 'Units set aside for open orders.' }),
    free: Type.Integer({ description: 'Units that can be bought.' }),
    warehouses: Type.Array(
      Type.Object({
        warehouseId: Type.String(),
        onHand: Type.Integer(),
        held: Type.Integer(),
        free: Type.Integer(),
      }),
    ),
  },
  {
    description: 'The stock as the view knows it; it may be a moment old.',
    examples: [
      {
        productId: 'tv-55',
        onHand: 5,
        held: 1,
        free: 4,
        warehouses: [{ warehouseId: 'berlin', onHand: 5, held: 1, free: 4 }],
      },
    ],
  },
);
