// Product types: which attributes products of a type have. Operators write them into the log, everybody reads them from
// the view; products are held against what this gateway has of the log.
import { sameValue } from '../../base/same-value.ts';
import { topics } from '../../schemas/topics.ts';
import type { ProductType } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import { principalOf } from '../auth.ts';
import { typeBody, typeFrom } from '../product-type-body.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described } from '../shapes/common.ts';
import {
  ProductTypeBody,
  ProductTypePage,
  ProductTypeParams,
  ProductTypeQuery,
  ProductTypeShape,
} from '../shapes/product-types.ts';
import { lookFor } from '../waiting.ts';

const operators = ['operator'] as const;
const { name: collection } = collections.productTypes;

export function productTypeRoutes(app: App, gateway: Gateway): void {
  readTypes(app, gateway);
  putType(app, gateway);
  deleteType(app, gateway);
}

function readTypes(app: App, gateway: Gateway): void {
  app.get(
    '/v1/product-types',
    {
      ...config('public', ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Products', 'List product types'),
        querystring: ProductTypeQuery,
        response: { 200: ProductTypePage },
      },
    },
    async (request) => {
      const { cursor, limit = 50 } = request.query;
      const sort = { field: 'id', direction: 'asc' } as const;
      const page = await gateway.documents.find(collection, { where: {}, sort, limit, cursor });
      return {
        types: page.documents.map(({ fields }) => shown(fields as unknown as ProductType)),
        cursor: page.cursor,
      };
    },
  );

  app.get(
    '/v1/product-types/:type',
    {
      ...config('public', ['PRODUCT_TYPE_NOT_FOUND']),
      schema: {
        ...about('Products', 'Read a product type', 'The attributes that products of it have.'),
        params: ProductTypeParams,
        response: { 200: ProductTypeShape },
      },
    },
    async (request) => {
      const { type } = request.params;
      const found = await find(gateway, type);
      if (!found) throw new Refusal('PRODUCT_TYPE_NOT_FOUND', { details: { type } });
      return shown(found);
    },
  );
}

function putType(app: App, gateway: Gateway): void {
  app.put(
    '/v1/product-types/:type',
    {
      ...config(operators),
      schema: {
        ...about(
          'Products',
          'Write a product type',
          'As a whole. Products that do not fit it stay on sale: they are held against it at their next change. The audit tells of it.',
        ),
        params: ProductTypeParams,
        body: ProductTypeBody,
        response: { 200: described(ProductTypeShape, 'Written, and asked for by this gateway from now on.') },
      },
    },
    async (request) => {
      const { type } = request.params;
      const { userId } = principalOf(request);
      const written = recordOf(gateway, userId, { type, ...typeFrom(request.body), isDeleted: false });
      await write(gateway, written, await find(gateway, type));
      return shown(written);
    },
  );
}

function deleteType(app: App, gateway: Gateway): void {
  app.delete(
    '/v1/product-types/:type',
    {
      ...config(operators, ['PRODUCT_TYPE_NOT_FOUND']),
      schema: {
        ...about(
          'Products',
          'Remove a product type',
          'Products that have it keep their attributes, and need another type with their next change. The audit tells of it.',
        ),
        params: ProductTypeParams,
        response: { 204: { type: 'null', description: 'Removed.' } },
      },
    },
    async (request, reply) => {
      const { type } = request.params;
      const before = await find(gateway, type);
      if (!before) throw new Refusal('PRODUCT_TYPE_NOT_FOUND', { details: { type } });
      const { title } = before;
      const { userId } = principalOf(request);
      await write(gateway, recordOf(gateway, userId, { type, title, attributes: [], isDeleted: true }), before);
      return reply.code(204).send();
    },
  );
}

type Told = Pick<ProductType, 'type' | 'title' | 'attributes' | 'isDeleted'>;

function recordOf({ clock }: Gateway, updatedBy: string, told: Told): ProductType {
  return { ...told, updatedAt: clock.now(), updatedBy };
}

/** Returns once this gateway goes by it and the view shows it, or not much later; the log has it then in any case. */
async function write(gateway: Gateway, record: ProductType, before: ProductType | undefined): Promise<void> {
  const { writer, productTypes, settings } = gateway;
  const { type, isDeleted } = record;
  await writer.append(topics.productTypes, type, record);
  await writer.append(topics.audit, type, auditOf(gateway, record, before));
  const wanted = isDeleted ? undefined : record;
  await lookFor(gateway, settings.decisionWaitMs, async () => {
    const isHere = sameValue(productTypes.get(type), wanted) && sameValue(await find(gateway, type), wanted);
    return isHere ? true : undefined;
  });
}

function auditOf({ random, clock }: Gateway, record: ProductType, before: ProductType | undefined) {
  const told = (type: ProductType | undefined) => (!type || type.isDeleted ? '' : JSON.stringify(shown(type)));
  return {
    auditId: random.uuid(),
    at: clock.now(),
    actor: record.updatedBy,
    action: record.isDeleted ? 'remove-product-type' : 'write-product-type',
    subject: record.type,
    reason: '',
    outcome: 'done',
    before: told(before),
    after: told(record),
  };
}

async function find({ documents }: Gateway, type: string): Promise<ProductType | undefined> {
  const document = await documents.get(collection, type);
  return document?.fields as unknown as ProductType | undefined;
}

function shown(record: ProductType) {
  const { type, updatedAt } = record;
  return { type, ...typeBody(record), updatedAt };
}
