// What a search is asked and what it answers.
import { type Static, Type } from 'typebox';
import { Currency, Cursor, Limit, NextCursor, oneOf, strict, Time } from './common.ts';

const Language = Type.String({ pattern: '^[a-z]{2}$', description: 'ISO 639-1.', examples: ['en'] });

const filterText = (maxLength: number) => Type.String({ minLength: 1, maxLength });
/** May be given several times. */
const several = (maxLength: number, description: string) =>
  Type.Array(filterText(maxLength), { minItems: 1, maxItems: 20, description });

const price = (description: string) => Type.Integer({ minimum: 0, maximum: 100_000_000_000, description });

/** `attr.color=red`: parameters whose names aren't known before. */
const attribute = { anyOf: [filterText(200), several(200, '')] };
export const attributePrefix = 'attr.';
export const mostAttributes = 10;

export const SearchParams = strict(
  {
    q: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'What the shopper typed. Words beyond the twelfth are left out; without any, everything is found.',
        examples: ['wireless headphones'],
      }),
    ),
    category: Type.Optional(
      Type.String({ minLength: 1, maxLength: 300, description: 'A path; all below it is found, too.' }),
    ),
    brand: Type.Optional(several(200, 'Given several times: one of them.')),
    seller: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "A seller's user id." })),
    priceMin: Type.Optional(price("In the currency's minor unit (cents), inclusive.")),
    priceMax: Type.Optional(price("In the currency's minor unit (cents), inclusive.")),
    currency: Type.Optional(Currency),
    ratingMin: Type.Optional(Type.Number({ minimum: 1, maximum: 5, description: 'Stars, on average.' })),
    inStock: Type.Optional(Type.Boolean({ default: true, description: '`false` shows what is sold out, too.' })),
    country: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        description: 'ISO 3166-1 alpha-2. With `postalCode`: only what can be delivered there, and when it arrives.',
      }),
    ),
    postalCode: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9 -]{0,15}$',
        description: 'Needs `country`.',
        examples: ['10115'],
      }),
    ),
    language: Type.Optional(
      Type.String({ ...Language, default: 'en', description: 'ISO 639-1: in which the text is understood.' }),
    ),
    sort: Type.Optional(
      oneOf(['relevance', 'price_asc', 'price_desc', 'rating', 'newest', 'popularity'], { default: 'relevance' }),
    ),
    facets: Type.Optional(
      Type.Boolean({ description: 'Whether facets are counted; by default on the first page alone.' }),
    ),
    cursor: Type.Optional(Cursor),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 24, description: 'How many at most.' })),
  },
  { patternProperties: { '^attr\\.[^\\u0000-\\u001f]{1,64}$': attribute } },
);
export type SearchParams = Static<typeof SearchParams>;

const Price = Type.Object({ amount: Type.Integer({ description: 'In the minor unit.' }), currency: Type.String() });

const Day = Type.String({ description: '`YYYY-MM-DD`, where it arrives.', examples: ['2026-11-25'] });

const ArrivalShape = Type.Object(
  {
    from: Day,
    to: Day,
    orderBy: Type.Integer({ description: 'Until when this holds: milliseconds since the Unix epoch.' }),
    carrier: Type.String(),
    warehouseId: Type.String(),
  },
  { description: 'When one unit that is ordered now arrives; there if `postalCode` was given and the shop knows.' },
);

const Highlights = Type.Object(
  { title: Type.Optional(Type.String()), description: Type.Optional(Type.String()) },
  { description: 'HTML: `<mark>` around what was found, all else escaped. There where something was found.' },
);

const Hit = Type.Object(
  {
    listingId: Type.String({ description: "A product's id, or that of the product whose variants these are." }),
    title: Type.String(),
    description: Type.String({ description: 'Its beginning.' }),
    category: Type.String(),
    brand: Type.String(),
    sellerId: Type.String(),
    image: Type.String({ description: 'URL; empty for none.' }),
    price: Price,
    highestPrice: Type.Integer({ description: 'Of the dearest variant, in the minor unit.' }),
    inStock: Type.Boolean(),
    rating: Type.Number({ description: 'Mean of the stars, 1 to 5; 0 without any.' }),
    ratings: Type.Integer({ description: 'How many rated it.' }),
    attributes: Type.Record(Type.String(), Type.Array(Type.String())),
    variants: Type.Array(
      Type.Object({
        productId: Type.String(),
        options: Type.Record(Type.String(), Type.String()),
        price: Price,
        inStock: Type.Boolean(),
      }),
      {
        description: 'What can be put into a cart; empty for a product without variants, which is the listing itself.',
      },
    ),
    arrival: Type.Optional(ArrivalShape),
    highlights: Highlights,
  },
  { description: 'One thing to choose from.' },
);

const Counted = Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() }));

const FacetsShape = Type.Object(
  {
    categories: Counted,
    brands: Counted,
    prices: Type.Array(
      Type.Object({
        from: Type.Integer({ description: 'Minor unit, inclusive.' }),
        to: Type.Optional(Type.Integer({ description: 'Minor unit, exclusive; not there at the end.' })),
        count: Type.Integer(),
      }),
    ),
    ratings: Type.Array(Type.Object({ min: Type.Number({ description: 'Stars at least.' }), count: Type.Integer() })),
    attributes: Type.Record(Type.String(), Counted),
    stock: Type.Object({ inStock: Type.Integer(), all: Type.Integer() }),
  },
  { description: "Counts among what is found; a facet that is filtered by is counted as if it weren't." },
);

export const SearchAnswer = Type.Object(
  {
    hits: Type.Array(Hit),
    total: Type.Integer({ description: 'Exact up to 10,000.' }),
    facets: Type.Optional(FacetsShape),
    didYouMean: Type.Optional(Type.String({ description: 'A likelier spelling that finds more.' })),
    cursor: NextCursor,
  },
  { description: 'A page of what is found.' },
);
export type SearchAnswer = Static<typeof SearchAnswer>;

export const SuggestParams = strict({
  q: Type.String({ maxLength: 200, description: 'As typed so far.', examples: ['wirel'] }),
  language: Type.Optional(Type.String({ ...Language, default: 'en' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 8, description: 'Of each kind.' })),
});

export const SuggestAnswer = Type.Object(
  {
    terms: Type.Array(Type.String()),
    products: Type.Array(
      Type.Object({
        listingId: Type.String(),
        title: Type.String(),
        image: Type.String({ description: 'URL; empty for none.' }),
      }),
    ),
    categories: Type.Array(Type.String()),
  },
  { description: 'What the text may become; the more popular first.' },
);

const phrase = Type.String({ minLength: 1, maxLength: 100 });
const ruleLanguage = Type.Optional(Type.String({ pattern: '^([a-z]{2})?$', description: 'ISO 639-1; empty for all.' }));
const weight = Type.Number({ minimum: 0, maximum: 100 });

export const SearchSettingsBody = strict(
  {
    version: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'That which this is made for, as `If-Match` says it; any without both.',
      }),
    ),
    synonyms: Type.Array(
      Type.Union([
        strict({
          kind: Type.Literal('equal'),
          language: ruleLanguage,
          words: Type.Array(phrase, { minItems: 2, maxItems: 20, description: 'Each is as good as the others.' }),
        }),
        strict({
          kind: Type.Literal('one-way'),
          language: ruleLanguage,
          from: phrase,
          to: Type.Array(phrase, { minItems: 1, maxItems: 20, description: 'What who looks for `from` finds, too.' }),
        }),
      ]),
      { maxItems: 2_000 },
    ),
    weights: strict(
      {
        title: weight,
        brand: weight,
        category: weight,
        attributes: weight,
        description: weight,
        popularity: weight,
        rating: weight,
        stock: weight,
      },
      {
        description:
          'Of the fields against each other; and how much popularity, stars and being in stock add to the score of a text: text * (1 + popularity * p + rating * r + stock * s), each of p, r and s between 0 and 1.',
      },
    ),
  },
  {
    examples: [
      {
        synonyms: [
          { kind: 'equal', language: 'en', words: ['tv', 'television'] },
          { kind: 'one-way', language: 'en', from: 'painkiller', to: ['ibuprofen', 'aspirin'] },
        ],
        weights: {
          title: 8,
          brand: 5,
          category: 4,
          attributes: 3,
          description: 1,
          popularity: 0.4,
          rating: 0.1,
          stock: 0.5,
        },
      },
    ],
  },
);
export type SearchSettingsBody = Static<typeof SearchSettingsBody>;

export const SearchSettingsShape = Type.Object(
  {
    version: Type.Integer({ description: '0 for those in the program; each change adds one. Also in ETag.' }),
    synonyms: Type.Array(Type.Object({}, { additionalProperties: true })),
    weights: Type.Record(Type.String(), Type.Number()),
    setBy: Type.Optional(Type.String({ description: 'User id.' })),
    setAt: Type.Optional(Time),
  },
  { description: 'As they hold.' },
);

export const PendingSettings = Type.Object(
  { changeId: Type.String() },
  { description: 'The change is safe; whether it holds will show in a moment.' },
);

export const ZeroResultsQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });

export const ZeroResultsPage = Type.Object(
  {
    searches: Type.Array(
      Type.Object({
        text: Type.String({ description: 'Normalised.' }),
        language: Type.String({ description: 'Of the last search for it.' }),
        count: Type.Integer({ description: 'Within the day that ended with the last full hour.' }),
        at: Time,
      }),
    ),
    cursor: NextCursor,
  },
  { description: 'The most frequent first.' },
);
