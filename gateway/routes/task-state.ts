// Where processes of one application ask each other for the state of their tasks. What is asked is answered from this process
// or not at all: a question goes one hop. Not for callers from outside; its form may change with any version.
import { Type } from 'typebox';
import { Refusal } from '../refusal.ts';
import { type App, config } from '../route.ts';
import { strict } from '../shapes/common.ts';
import type { StateQueries } from '../state-queries.ts';

export const taskStatePath = '/internal/task-state';
const key = Type.Optional(Type.String({ maxLength: 2_000 }));

const TaskStateQuery = strict({
  store: Type.String({ maxLength: 100 }),
  topology: Type.Optional(Type.String({ maxLength: 100 })),
  ...{ key, from: key, to: key },
  limit: Type.Integer({ minimum: 1, maximum: 1_000 }),
  consistency: Type.Optional(Type.Union([Type.Literal('strong'), Type.Literal('stale')])),
  maxLagMs: Type.Optional(Type.Integer({ minimum: 0 })),
  partitions: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 1_000 })),
});

export function taskStateRoutes(app: App, { readHere }: Pick<StateQueries, 'readHere'>): void {
  app.post(
    taskStatePath,
    { ...config(['operator'], ['STORE_NOT_FOUND']), schema: { hide: true, body: TaskStateQuery } },
    async (request) => {
      const { store } = request.body;
      const answers = await readHere(request.body);
      if (answers === undefined) throw new Refusal('STORE_NOT_FOUND', { details: { store } });
      return { answers };
    },
  );
}
