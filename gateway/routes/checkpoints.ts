// Checkpoints of the state: which there are, and taking some now. To restore one is the command line's, with the
// application stopped.
import { type App, about, config, type Gateway } from '../route.ts';
import { CheckpointListShape, CheckpointOutcomes } from '../shapes/checkpoints.ts';

const operators = ['operator'] as const;

export function checkpointRoutes(app: App, { operations: { checkpoints } }: Gateway): void {
  app.get(
    '/v1/admin/checkpoints',
    {
      ...config(operators, ['CHECKPOINTS_UNAVAILABLE']),
      schema: {
        ...about('Operations', 'List checkpoints', 'Of the state of each task, those that were finished.'),
        response: { 200: CheckpointListShape },
      },
    },
    async () => await checkpoints.list(),
  );

  app.post(
    '/v1/admin/checkpoints',
    {
      ...config(operators, ['CHECKPOINTS_UNAVAILABLE', 'CHECKPOINTS_ELSEWHERE']),
      schema: {
        ...about(
          'Operations',
          'Take checkpoints',
          'One of each task of this process that has news since its last. The answer comes when they are kept.',
        ),
        response: { 200: CheckpointOutcomes },
      },
    },
    async () => ({ checkpoints: await checkpoints.create() }),
  );
}
