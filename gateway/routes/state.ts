// What operators do with the whole: look at what tasks believe, fill the shop with demo products.
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { SeedRequest, SeedShape, StateEntries, StateParams, StateQueryShape } from '../shapes/operations.ts';
import { taskStateRoutes } from './task-state.ts';

const operators = ['operator'] as const;
const usualLimit = 50;

export function stateRoutes(app: App, { operations }: Gateway): void {
  taskStateRoutes(app, operations.state);
  app.get(
    '/v1/admin/state/:store',
    {
      ...config(operators, ['STORE_NOT_FOUND', 'STATE_MOVING', 'STATE_ELSEWHERE']),
      schema: {
        ...about(
          'Operations',
          'Read a state store',
          'A key, or a stretch of keys, of all tasks: what they have committed, from the workers that own them. While one ' +
            'moves that is 503 for a moment; `consistency=stale` asks standbys as well, and tells how far they are behind.',
        ),
        params: StateParams,
        querystring: StateQueryShape,
        response: { 200: StateEntries },
      },
    },
    async (request) => {
      const { store } = request.params;
      const { limit = usualLimit, ...query } = request.query;
      const { partition, ...rest } = query;
      const partitions = partition === undefined ? undefined : [partition];
      const answer = await operations.state.read({ ...rest, limit, store, partitions });
      if (answer === undefined) throw new Refusal('STORE_NOT_FOUND', { details: { store } });
      return answer;
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
