// What operators do with the whole: look at what tasks believe, fill the shop with demo products.
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { SeedRequest, SeedShape, StateEntries, StateParams, StateQueryShape } from '../shapes/operations.ts';

const operators = ['operator'] as const;
const usualLimit = 50;

export function stateRoutes(app: App, { operations }: Gateway): void {
  app.get(
    '/v1/admin/state/:store',
    {
      ...config(operators, ['STORE_NOT_FOUND']),
      schema: {
        ...about('Operations', 'Read a state store', 'A key, or a stretch of keys. Only what is committed.'),
        params: StateParams,
        querystring: StateQueryShape,
        response: { 200: StateEntries },
      },
    },
    async (request) => {
      const { store } = request.params;
      const { limit = usualLimit, ...query } = request.query;
      const entries = await operations.readState({ ...query, limit, store });
      if (entries === undefined) throw new Refusal('STORE_NOT_FOUND', { details: { store } });
      return { entries };
    },
  );

  app.post(
    '/v1/admin/seed',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'Add demo products', 'Products that exist stay as they are.'),
        body: SeedRequest,
        response: { 202: SeedShape },
      },
    },
    async (request, reply) => reply.code(202).send({ products: await operations.seed(request.body.products) }),
  );
}
