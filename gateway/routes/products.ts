// The catalogue: anybody reads it, a seller changes what is theirs. Changes are decided by the streams; the gateway
// waits for that and refuses early what the view already knows to be wrong.

import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { newProduct, noImport, unchangedProduct } from '../../schemas/catalog-defaults.ts';
import type { CatalogChange, Product as ProductRecord } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import type { Condition } from '../../views/documents/documents.ts';
import { principalOf } from '../auth.ts';
import type { CatalogDesk } from '../change-product.ts';
import { derivedId } from '../derived-id.ts';
import { type Answer, idempotencyKeyOf } from '../idempotency/answer-once.ts';
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

const sellers = ['seller'] as const;
const changeProblems = ['PRODUCT_NOT_FOUND', 'NOT_OWNER', 'PRODUCT_VERSION_DIFFERS', 'CATALOG_CHANGE_REFUSED'] as const;

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

function readProducts(app: App, { documents }: Gateway, desk: CatalogDesk): void {
  app.get(
    '/v1/products/:id',
    {
      ...config('public', ['PRODUCT_NOT_FOUND']),
      schema: {
        ...about('Products', 'Read a product', 'Deleted products are shown, too, with that status.'),
        params: ProductParams,
        response: { 200: Product },
      },
    },
    async (request, reply) => {
      const product = await desk.find(request.params.id);
      if (!product) throw new Refusal('PRODUCT_NOT_FOUND');
      reply.header('etag', etagOf(product.version));
      return product;
    },
  );

  app.get(
    '/v1/products',
    {
      ...config('public', ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Products', 'List products', 'Those for sale, by category, brand or seller.'),
        querystring: ProductQuery,
        response: { 200: ProductPage },
      },
    },
    async (request) => {
      const { category, brand, seller, cursor, limit = 50 } = request.query;
      const where: { [field: string]: Condition } = { status: 'active' };
      if (category !== undefined) where.category = category;
      if (brand !== undefined) where.brand = brand;
      if (seller !== undefined) where.sellerId = seller;
      const sort = { field: 'id', direction: 'asc' } as const;
      const page = await documents.find(collections.products.name, { where, sort, limit, cursor });
      return { products: page.documents.map(({ fields }) => fields), cursor: page.cursor };
    },
  );
}

function createProduct(app: App, gateway: Gateway, desk: CatalogDesk): void {
  app.post(
    '/v1/products',
    {
      ...config(sellers, ['PRODUCT_EXISTS', 'CATALOG_CHANGE_REFUSED']),
      schema: {
        ...about(
          'Products',
          'Offer a product',
          'A deleted product of the same seller comes back. Its stock is told apart.',
        ),
        headers: Type.Object(idempotencyHeader),
        body: NewProduct,
        response: { 201: described(Product, 'Created.'), 202: PendingProduct },
      },
    },
    async (request, reply) => {
      const { productId, ...given } = request.body;
      return gateway.once.send({ request, reply, scope: principalOf(request).userId }, async () => {
        const created = { ...newProduct, ...given } as const;
        const change = changeOf(gateway, request, productId, created);
        const version = await desk.change(change);
        if (version === undefined) return pending(change);
        const { type: _, ...fields } = created;
        const made = { createdAt: change.at, updatedAt: change.at, status: 'active', version } as const;
        // If the view is late: what it will show.
        const product = (await desk.shown(productId, version)) ?? {
          productId,
          sellerId: change.sellerId,
          ...fields,
          ...made,
        };
        const headers = { location: `/v1/products/${productId}`, etag: etagOf(version) };
        return { status: 201, headers, body: product };
      });
    },
  );
}

function changeProduct(app: App, gateway: Gateway, desk: CatalogDesk): void {
  app.patch(
    '/v1/products/:id',
    {
      ...config(sellers, changeProblems),
      schema: {
        ...about(
          'Products',
          'Change a product',
          'Fields that are not given stay. With `If-Match` only if the view shows that version; changes at the same moment may still cross.',
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
        refuseEarly(request, await desk.find(id));
        const patch = { ...unchangedProduct, ...request.body };
        const change = changeOf(gateway, request, id, patch);
        const version = await desk.change(change);
        const product = version === undefined ? undefined : await desk.shown(id, version);
        if (!product) return pending(change);
        return { status: 200, headers: { etag: etagOf(product.version) }, body: product };
      });
    },
  );
}

function deleteProduct(app: App, gateway: Gateway, desk: CatalogDesk): void {
  app.delete(
    '/v1/products/:id',
    {
      ...config(sellers, changeProblems),
      schema: {
        ...about('Products', 'Take a product off sale', 'Open orders keep their stock; the product stays readable.'),
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

/** What the view knows already needs no round through the log. @throws NOT_OWNER, PRODUCT_VERSION_DIFFERS */
function refuseEarly(request: FastifyRequest, product: ProductRecord | undefined): void {
  const { 'if-match': wanted } = request.headers;
  if (product && product.sellerId !== principalOf(request).userId) throw new Refusal('NOT_OWNER');
  if (wanted === undefined || wanted === '*') return;
  const version = product?.version ?? 0;
  const isWanted = wanted.split(',').some((tag) => tag.trim().replaceAll('"', '') === String(version));
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

function pending({ productId, changeId }: CatalogChange): Answer {
  return { status: 202, headers: { location: `/v1/products/${productId}` }, body: { productId, changeId } };
}

function etagOf(version: number): string {
  return `"${version}"`;
}
