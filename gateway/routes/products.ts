// The catalogue: anybody reads it, a seller changes what is theirs. Changes are decided by the streams; the gateway
// waits for that and refuses early what the view already knows to be wrong.

import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { noImport } from '../../schemas/catalog-defaults.ts';
import type { CatalogChange, CreateProduct, Product as ProductRecord } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import type { Condition } from '../../views/documents/documents.ts';
import { productIn } from '../../views/product-document.ts';
import { principalOf } from '../auth.ts';
import { type CatalogDesk, type ShownProduct, variantOf } from '../change-product.ts';
import { derivedId } from '../derived-id.ts';
import { isKnownToCaller } from '../entity-tag.ts';
import { type Answer, idempotencyKeyOf } from '../idempotency/answer-once.ts';
import type { ImageUrls } from '../images/image-urls.ts';
import { changedFrom, createdFrom } from '../product-body.ts';
import type { RatingSummary } from '../rating-reader.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described, idempotencyHeader } from '../shapes/common.ts';
import {
  NewProduct,
  PendingProduct,
  Product,
  ProductPage,
  ProductParams,
  ProductPatch,
  ProductQuery,
} from '../shapes/products.ts';
import { refuseTaken } from '../variants.ts';

const sellers = ['seller'] as const;
const deleteProblems = [
  'PRODUCT_NOT_FOUND',
  'NOT_OWNER',
  'PRODUCT_VERSION_DIFFERS',
  'PRODUCT_IS_VARIANT',
  'CATALOG_CHANGE_REFUSED',
] as const;
const bodyProblems = ['PRODUCT_INVALID', 'VARIANT_ID_TAKEN'] as const;

const ifMatch = {
  'if-match': Type.Optional(
    Type.String({
      maxLength: 50,
      description: 'The version that the change is made for, as in ETag.',
      examples: ['"3"'],
    }),
  ),
};

export function productRoutes(app: App, gateway: Gateway, desk: CatalogDesk): void {
  readProducts(app, gateway, desk);
  createProduct(app, gateway, desk);
  changeProduct(app, gateway, desk);
  deleteProduct(app, gateway, desk);
}

function readProducts(app: App, { documents, products, ratings, imageUrls }: Gateway, desk: CatalogDesk): void {
  app.get(
    '/v1/products/:id',
    {
      ...config('public', ['PRODUCT_NOT_FOUND']),
      schema: {
        ...about(
          'Products',
          'Read a product',
          'Deleted products and variants are shown, too. With `If-None-Match` only what has changed.',
        ),
        params: ProductParams,
        response: { 200: Product, 304: Type.Null({ description: 'The one that `If-None-Match` names.' }) },
      },
    },
    async (request, reply) => {
      const product = await products.get(request.params.id);
      if (!product) throw new Refusal('PRODUCT_NOT_FOUND');
      const [known, { average, reviews }] = await Promise.all([
        desk.withVariants(product),
        ratings.get(product.variantOf ?? product.productId),
      ]);
      const shown = { ...known, ...(reviews > 0 && { rating: { average, reviews } }) };
      const etag = etagOf(shown, imageUrls);
      // Prices change: whoever keeps it asks whether it is still so.
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (isKnownToCaller(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return imageUrls.shownIn(shown);
    },
  );

  app.get(
    '/v1/products',
    {
      ...config('public', ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Products', 'List products', 'Those for sale, by category, brand or seller; or the variants of one.'),
        querystring: ProductQuery,
        response: { 200: ProductPage },
      },
    },
    async (request) => {
      const { category, brand, seller, variantOf = null, cursor, limit = 50 } = request.query;
      const where: { [field: string]: Condition } = { status: 'active', variantOf };
      if (category !== undefined) where.category = category;
      if (brand !== undefined) where.brand = brand;
      if (seller !== undefined) where.sellerId = seller;
      const sort = { field: 'id', direction: 'asc' } as const;
      const page = await documents.find(collections.products.name, { where, sort, limit, cursor });
      return { products: page.documents.map((each) => imageUrls.shownIn(productIn(each))), cursor: page.cursor };
    },
  );
}

function createProduct(app: App, gateway: Gateway, desk: CatalogDesk): void {
  const { imageUrls } = gateway;
  app.post(
    '/v1/products',
    {
      ...config(sellers, ['PRODUCT_EXISTS', 'PRODUCT_IS_VARIANT', 'CATALOG_CHANGE_REFUSED', ...bodyProblems]),
      schema: {
        ...about(
          'Products',
          'Offer a product',
          'A deleted product of the same seller comes back. Its stock is told apart. What it comes in are its variants: they are sold instead of it.',
        ),
        headers: Type.Object(idempotencyHeader),
        body: NewProduct,
        response: { 201: described(Product, 'Created.'), 202: PendingProduct },
      },
    },
    async (request, reply) => {
      const { userId: sellerId } = principalOf(request);
      return gateway.once.send({ request, reply, scope: sellerId }, async () => {
        const { productId, product: created } = createdFrom(imageUrls.keptIn(request.body), gateway.productTypes);
        const { variants } = created;
        await refuseTaken(gateway.documents, { productId, sellerId, variants, status: 'active' });
        const change = changeOf(gateway, request, productId, created);
        const version = await desk.change(change);
        if (version === undefined) return pending(change);
        // If the view is late: what it will show.
        const product = (await desk.shown(productId, version)) ?? asCreated(change, created, version);
        const headers = { location: `/v1/products/${productId}`, etag: etagOf(product, imageUrls) };
        return { status: 201, headers, body: imageUrls.shownIn(product) };
      });
    },
  );
}

function changeProduct(app: App, gateway: Gateway, desk: CatalogDesk): void {
  const { imageUrls } = gateway;
  app.patch(
    '/v1/products/:id',
    {
      ...config(sellers, [...deleteProblems, ...bodyProblems]),
      schema: {
        ...about(
          'Products',
          'Change a product',
          'Fields that are not given stay. What its type asks for is asked for with every change but those of price, weight and limit. With `If-Match` only if the view shows that version; changes at the same moment may still cross.',
        ),
        params: ProductParams,
        headers: Type.Object({ ...idempotencyHeader, ...ifMatch }),
        body: ProductPatch,
        response: { 200: described(Product, 'Changed.'), 202: PendingProduct },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return gateway.once.send({ request, reply, scope: principalOf(request).userId }, async () => {
        const before = await desk.find(id);
        refuseEarly(request, before);
        const patch = changedFrom(imageUrls.keptIn(request.body), before, gateway.productTypes);
        const { userId: sellerId } = principalOf(request);
        const { variants } = patch;
        if (variants) await refuseTaken(gateway.documents, { productId: id, sellerId, variants, status: 'active' });
        const change = changeOf(gateway, request, id, patch);
        const version = await desk.change(change);
        const product = version === undefined ? undefined : await desk.shown(id, version);
        if (!product) return pending(change);
        return { status: 200, headers: { etag: etagOf(product, imageUrls) }, body: imageUrls.shownIn(product) };
      });
    },
  );
}

function deleteProduct(app: App, gateway: Gateway, desk: CatalogDesk): void {
  app.delete(
    '/v1/products/:id',
    {
      ...config(sellers, deleteProblems),
      schema: {
        ...about(
          'Products',
          'Take a product off sale',
          'Open orders keep their stock; the product stays readable. Its variants go with it.',
        ),
        params: ProductParams,
        headers: Type.Object({ ...idempotencyHeader, ...ifMatch }),
        response: { 204: Type.Null({ description: 'Off sale.' }), 202: PendingProduct },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return gateway.once.send({ request, reply, scope: principalOf(request).userId }, async () => {
        refuseEarly(request, await desk.find(id));
        const change = changeOf(gateway, request, id, { type: 'DeleteProduct' });
        const version = await desk.change(change);
        if (version === undefined) return pending(change);
        await desk.shown(id, version);
        return { status: 204 };
      });
    },
  );
}

/** What the view knows already needs no round through the log. @throws NOT_OWNER, PRODUCT_IS_VARIANT, PRODUCT_VERSION_DIFFERS */
function refuseEarly(request: FastifyRequest, product: ProductRecord | undefined): void {
  const { 'if-match': wanted } = request.headers;
  if (product && product.sellerId !== principalOf(request).userId) throw new Refusal('NOT_OWNER');
  if (product?.status === 'active' && product.variantOf !== null) throw variantOf(product);
  if (wanted === undefined || wanted === '*') return;
  const version = product?.version ?? 0;
  const isWanted = wanted.split(',').some((tag) => /^"?(\d+)/.exec(tag.trim())?.[1] === String(version));
  if (!isWanted) throw new Refusal('PRODUCT_VERSION_DIFFERS', { details: { version } });
}

function changeOf(
  { clock, random }: Gateway,
  request: FastifyRequest,
  productId: string,
  change: CatalogChange['change'],
): CatalogChange {
  const { userId: sellerId } = principalOf(request);
  const key = idempotencyKeyOf(request, false);
  const changeId = key === undefined ? random.uuid() : derivedId(sellerId, key);
  return { changeId, productId, sellerId, at: clock.now(), ...noImport, change };
}

function asCreated(change: CatalogChange, { type: _, ...fields }: CreateProduct, version: number): ProductRecord {
  const { productId, sellerId, at } = change;
  const made = { variantOf: null, options: {}, status: 'active', version, createdAt: at, updatedAt: at } as const;
  return { productId, sellerId, ...fields, ...made };
}

function pending({ productId, changeId }: CatalogChange): Answer {
  return { status: 202, headers: { location: `/v1/products/${productId}` }, body: { productId, changeId } };
}

/** A product's page shows what buyers think of it. */
type Rated = ShownProduct & { readonly rating?: Pick<RatingSummary, 'average' | 'reviews'> };

/** The version, and a digest of what else is shown: how variants stand, where images are, what buyers think. */
function etagOf({ version, variantStates, rating }: Rated, { base }: ImageUrls): string {
  if (variantStates === undefined && base === '' && rating === undefined) return `"${version}"`;
  const digest = createHash('sha256').update(JSON.stringify([variantStates, base, rating]));
  return `"${version}-${digest.digest('hex').slice(0, 12)}"`;
}
