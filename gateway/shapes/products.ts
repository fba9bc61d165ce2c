// Products and their stock as the outside writes and reads them.
import { type Static, Type } from 'typebox';
import {
  attributeNamePattern,
  imageUrlPattern,
  languages,
  productLimits as limits,
  productTypePattern,
} from '../../schemas/product-limits.ts';
import {
  Cursor,
  Limit,
  Money,
  maxLagMs,
  NextCursor,
  oneOf,
  ProductId,
  StateLag,
  strict,
  Time,
  text,
} from './common.ts';

const plain = '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f]*$';
const url = { maxLength: limits.imageUrl, pattern: imageUrlPattern };

/** A value of an attribute or an option: kept as text, numbers as JSON writes them. */
function scalar(maxLength: number, more: object = {}) {
  return Type.Unsafe<string | number | boolean>({
    type: ['string', 'number', 'boolean'],
    maxLength,
    pattern: plain,
    ...more,
  });
}

const options = Type.Record(
  Type.String({ pattern: attributeNamePattern }),
  scalar(limits.optionValue, { minLength: 1 }),
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: limits.options,
    description:
      'What it differs in. All variants of a product name the same options, and no two have the same values.',
  },
);

const weight = { minimum: 0, maximum: limits.weightGrams };

const Variant = strict({
  productId: { ...ProductId, description: "The variant's own id: it is bought and stocked by it." },
  options,
  price: Type.Optional(
    Type.Unsafe<Static<typeof Money> | null>({
      anyOf: [Money, { type: 'null' }],
      description: "In the product's currency; as the product's without.",
    }),
  ),
  weightGrams: Type.Optional(
    Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      ...weight,
      description: "As the product's without.",
    }),
  ),
  image: Type.Optional(
    Type.String({
      maxLength: limits.imageUrl,
      pattern: `^$|${imageUrlPattern}`,
      description: "URL; shown before the product's.",
    }),
  ),
});

/** What a seller may say of a product. */
const fields = {
  title: text(limits.title, 'One line.'),
  description: Type.String({ maxLength: limits.description, pattern: plain, description: 'Plain text.' }),
  category: Type.String({
    maxLength: limits.category,
    pattern: `^$|^[^/\\u0000-\\u001f\\u007f]+(/[^/\\u0000-\\u001f\\u007f]+){0,${limits.categoryDepth - 1}}$`,
    description: `Path of the category, ${limits.categoryDepth} parts at most, joined by \`/\`.`,
    examples: ['electronics/tv'],
  }),
  brand: Type.String({ maxLength: limits.brand, pattern: plain }),
  price: Money,
  images: Type.Array(Type.String(url), { maxItems: limits.images, description: 'URLs, the main one first.' }),
  attributes: Type.Record(Type.String({ pattern: attributeNamePattern }), scalar(limits.attributeValue), {
    additionalProperties: false,
    maxProperties: limits.attributes,
    description:
      'What its type asks for, or, without a type, free facets such as `color`. Numbers and booleans are kept as text.',
  }),
  weightGrams: Type.Integer({ ...weight, description: 'Of one unit, packed.' }),
  productType: Type.String({
    pattern: `^$|${productTypePattern}`,
    description: 'Whose attributes it has, of GET /v1/product-types; empty for none.',
    examples: ['tv'],
  }),
  language: oneOf(languages, { description: 'ISO 639-1, of title and description.', examples: ['en'] }),
  hazardous: Type.Boolean({ description: 'Some routes may not carry it.' }),
  variants: Type.Array(Variant, {
    maxItems: limits.variants,
    description:
      'What it comes in: each is a product of its own, with its own stock, that is bought instead of this one. Always all of them: those that are missing go off sale.',
  }),
};

function customerLimit(minimum: number, description: string) {
  return Type.Optional(Type.Integer({ minimum, maximum: limits.customerLimit, description }));
}

/** All that has a default when a product is made. */
const optional = {
  description: Type.Optional(fields.description),
  category: Type.Optional(fields.category),
  brand: Type.Optional(fields.brand),
  images: Type.Optional(fields.images),
  attributes: Type.Optional(fields.attributes),
  weightGrams: Type.Optional(fields.weightGrams),
  productType: Type.Optional(fields.productType),
  language: Type.Optional(fields.language),
  hazardous: Type.Optional(fields.hazardous),
  variants: Type.Optional(fields.variants),
};

export const NewProduct = strict(
  {
    productId: ProductId,
    title: fields.title,
    price: fields.price,
    ...optional,
    customerLimit: customerLimit(1, 'Units that one customer may buy; no limit without.'),
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
      {
        productId: 'shirt',
        title: 'Linen shirt',
        category: 'clothing/shirts',
        price: { amount: 3_900, currency: 'EUR' },
        productType: 'shirt',
        attributes: { fabric: 'linen', colour: 'white' },
        variants: [
          { productId: 'shirt-m', options: { size: 'M' } },
          { productId: 'shirt-xl', options: { size: 'XL' }, price: { amount: 4_200, currency: 'EUR' } },
        ],
      },
    ],
  },
);
export type NewProduct = Static<typeof NewProduct>;

export const ProductPatch = strict(
  {
    title: Type.Optional(fields.title),
    price: Type.Optional(fields.price),
    ...optional,
    customerLimit: customerLimit(0, 'Units that one customer may buy; 0 lifts the limit.'),
  },
  {
    minProperties: 1,
    description: 'The fields to change; lists and attributes as wholes.',
    examples: [{ title: 'TV 55"' }],
  },
);
export type ProductPatch = Static<typeof ProductPatch>;

const ShownMoney = { amount: Type.Integer(), currency: Type.String() };

export const Product = Type.Object(
  {
    productId: Type.String(),
    sellerId: Type.String(),
    title: Type.String(),
    description: Type.String(),
    category: Type.String(),
    brand: Type.String(),
    price: Type.Object(ShownMoney),
    images: Type.Array(Type.String()),
    attributes: Type.Record(Type.String(), Type.String()),
    weightGrams: Type.Integer(),
    customerLimit: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Units that one customer may buy; null for no limit.',
    }),
    productType: Type.String({ description: 'Empty for none.' }),
    language: Type.String(),
    hazardous: Type.Boolean(),
    variants: Type.Array(
      Type.Object({
        productId: Type.String(),
        options: Type.Record(Type.String(), Type.String()),
        price: Type.Unsafe<object | null>({
          anyOf: [{ type: 'null' }, Type.Object(ShownMoney)],
          description: "Null for the product's.",
        }),
        weightGrams: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: "Null for the product's." }),
        image: Type.String({ description: "Empty for the product's." }),
      }),
      { description: 'Where there are any, the product itself cannot be bought: one of them is.' },
    ),
    variantStates: Type.Optional(
      Type.Array(
        Type.Object({
          productId: Type.String(),
          state: oneOf(['for_sale', 'off_sale', 'pending', 'taken'], {
            description:
              '`pending`: in a moment for sale. `taken`: the id is that of another product, so it is not sold.',
          }),
          free: Type.Integer({ description: 'Units that can be bought.' }),
        }),
        { description: 'How each variant stands; of a single product that has some.' },
      ),
    ),
    rating: Type.Optional(
      Type.Object(
        {
          average: Type.Number({ description: 'Mean of the stars, to two decimals.' }),
          reviews: Type.Integer(),
        },
        { description: 'What buyers think of it, a few seconds old; of a single product that has reviews.' },
      ),
    ),
    variantOf: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The product that it is a variant of, and with which alone it can be changed.',
    }),
    options: Type.Record(Type.String(), Type.String(), { description: 'Of a variant: what it differs in.' }),
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
  variantOf: Type.Optional(
    Type.String({ maxLength: 64, description: 'The variants of this product, which are not listed otherwise.' }),
  ),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const ProductPage = Type.Object(
  { products: Type.Array(Product), cursor: NextCursor },
  { description: 'Products for sale, by id.' },
);

export const StockQuery = strict({
  consistency: Type.Optional(oneOf(['view', 'strong', 'stale'], { default: 'view' })),
  maxLagMs,
});

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
    lag: Type.Optional(StateLag),
  },
  {
    description: 'The stock as the view knows it, which may be a moment old; or as was asked for.',
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
