// Doing the past again, for operators: to verify the log, to see what today's code would decide, to write that apart, or to
// set the state right in place.
import { isStockstreamError } from '../../base/errors.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import {
  CommitReplayShape,
  CopyDropped,
  CopyParams,
  ReplayStart,
  ReplayStarted,
  ReplayStateShape,
} from '../shapes/replays.ts';

const operators = ['operator'] as const;
const usualLimit = 100;

export function replayRoutes(app: App, { operations, logger }: Gateway): void {
  const { replays } = operations;
  app.post(
    '/v1/admin/replay',
    {
      ...config(operators, [
        'TOPOLOGY_NOT_FOUND',
        'REPLAY_RUNNING',
        'REPLAY_POINT_UNKNOWN',
        'REPLAY_REQUEST_INVALID',
        'REPLAY_TARGET_EXISTS',
        'REPLAY_UNCONFIRMED',
        'REPLAY_WHILE_RUNNING',
        'REPLAY_UNSAFE',
      ]),
      schema: {
        ...about(
          'Operations',
          'Do commits again',
          'Into an empty state beside the running one. Unless told otherwise all of them, compared with the log byte ' +
            'for byte, writing nothing, and the answer comes when it is done.',
        ),
        body: ReplayStart,
        response: { 200: CommitReplayShape, 202: ReplayStarted },
      },
    },
    async (request, reply) => {
      const { mode = 'verify', limit = usualLimit, wait = true, ...rest } = request.body;
      const { id, done } = replays.start({ ...rest, mode, limit });
      if (wait) return await done;
      done.catch((error: unknown) => {
        // The state tells it to whoever asked; what is nobody's request is for the operator, too.
        if (!isStockstreamError(error) || error.disposition !== 'refuse') {
          logger.warn({ err: error, replay: id }, 'a replay failed');
        }
      });
      return reply.code(202).send({ id });
    },
  );

  app.get(
    '/v1/admin/replay',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'Read how far a replay is', 'And what came out of the last one.'),
        response: { 200: ReplayStateShape },
      },
    },
    async () => replays.state(),
  );

  app.delete(
    '/v1/admin/replay/:into',
    {
      ...config(operators, ['REPLAY_REQUEST_INVALID']),
      schema: {
        ...about('Operations', 'Drop what was replayed into another application id'),
        params: CopyParams,
        response: { 200: CopyDropped },
      },
    },
    async (request) => ({ topics: await replays.drop(request.params.into) }),
  );
}
