// Checkpoints of the state: which there are, and taking one of each task now, wherever it runs. To restore one is the
// command line's, with the application stopped.
import type { MissedCheckpoint } from '../checkpoints.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { CheckpointListShape, CheckpointOutcomes } from '../shapes/checkpoints.ts';
import { taskCheckpointRoutes } from './task-checkpoints.ts';

const operators = ['operator'] as const;

export function checkpointRoutes(app: App, { operations: { checkpoints } }: Gateway): void {
  taskCheckpointRoutes(app, checkpoints);
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
      ...config(operators, ['CHECKPOINTS_INCOMPLETE', 'CHECKPOINTS_ELSEWHERE']),
      schema: {
        ...about(
          'Operations',
          'Take checkpoints',
          'One of each stream task of the application that has news since its last, by the worker that owns it. The answer ' +
            'comes when they are kept, or after four minutes. If some could not be taken that is 503 ' +
            '`checkpoints_incomplete`: `missed` tells which and why, `checkpoints` what was taken all the same.',
        ),
        response: { 200: CheckpointOutcomes },
      },
    },
    async () => {
      const { checkpoints: taken, missed } = await checkpoints.create();
      if (missed.length === 0) return { checkpoints: taken };
      const details = { missed: missed.length, tasks: taken.length + missed.length, reasons: inWords(missed) };
      throw new Refusal('CHECKPOINTS_INCOMPLETE', { details, members: { checkpoints: taken, missed } });
    },
  );
}

function inWords(missed: readonly MissedCheckpoint[]): string {
  const byReason = Map.groupBy(missed, ({ reason, detail }) => `${reason} (${detail})`);
  return [...byReason].map(([why, all]) => `${all.map(({ task }) => task).join(', ')} ${why}`).join('; ');
}
