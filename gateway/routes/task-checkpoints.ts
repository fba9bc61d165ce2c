// Where processes of one application have each other take checkpoints of their tasks. It is done by this process or not at all:
// what is asked goes one hop. Not for callers from outside; its form may change with any version.
import { Type } from 'typebox';
import type { Checkpoints } from '../checkpoints.ts';
import { type App, config } from '../route.ts';
import { strict } from '../shapes/common.ts';

export const taskCheckpointsPath = '/internal/checkpoints';

const Asked = strict({ tasks: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 10_000 }) });

export function taskCheckpointRoutes(app: App, { createHere }: Pick<Checkpoints, 'createHere'>): void {
  app.post(taskCheckpointsPath, { ...config(['operator']), schema: { hide: true, body: Asked } }, async (request) => ({
    answers: await createHere(request.body.tasks),
  }));
}
