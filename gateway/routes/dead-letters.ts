// Records that could not be processed: list, count and read them, and decide what becomes of them.
import { topics } from '../../schemas/topics.ts';
import { principalOf } from '../auth.ts';
import type { LetterFilter } from '../dead-letter.ts';
import { DeadLetterDesk } from '../dead-letter-desk.ts';
import { DeadLetters } from '../dead-letters.ts';
import { readMoments } from '../moments.ts';
import { QuarantinedKeys } from '../quarantined-keys.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import {
  DeadLetterCountQuery,
  DeadLetterCounts,
  DeadLetterPage,
  DeadLetterParams,
  DeadLetterQuery,
  DeadLetterShape,
  DropAllRequest,
  DropReport,
  DropRequest,
  EditRequest,
  ReplayReport,
  ReplayRequest,
} from '../shapes/dead-letters.ts';
import { invalidRequest } from '../validation.ts';
import { quarantinedKeyRoutes } from './quarantined-keys.ts';

const operators = ['operator'] as const;

export function deadLetterRoutes(app: App, { log, writer, clock, operations }: Gateway): void {
  const letters = new DeadLetters(log, writer.partitionsOf(topics.deadLetters.name));
  const desk = new DeadLetterDesk({ letters, writer, clock });
  readLetters(app, letters);
  replayLetters(app, desk);
  dropLetters(app, desk);
  quarantinedKeyRoutes(app, new QuarantinedKeys(operations.quarantine, letters), desk);
}

function readLetters(app: App, letters: DeadLetters): void {
  app.get(
    '/v1/admin/dead-letters',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'List dead letters', 'Records that could not be processed, the newest first.'),
        querystring: DeadLetterQuery,
        response: { 200: DeadLetterPage },
      },
    },
    async (request) => {
      const { limit = 50, cursor, all = false, ...conditions } = request.query;
      return await letters.list({ filter: filterOf(conditions), all, limit, cursor });
    },
  );

  app.get(
    '/v1/admin/dead-letters/counts',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'Count dead letters', 'By reason, topic and processor. It reads all that there are.'),
        querystring: DeadLetterCountQuery,
        response: { 200: DeadLetterCounts },
      },
    },
    async (request) => {
      const counts = await letters.counts(filterOf(request.query));
      const sum = (of: 'count' | 'quarantined') => counts.reduce((total, each) => total + each[of], 0);
      return { total: sum('count'), quarantined: sum('quarantined'), counts };
    },
  );

  app.get(
    '/v1/admin/dead-letters/:id',
    {
      ...config(operators, ['DEAD_LETTER_NOT_FOUND']),
      schema: {
        ...about('Operations', 'Read a dead letter', 'Decoded as far as that goes.'),
        params: DeadLetterParams,
        response: { 200: DeadLetterShape },
      },
    },
    async (request) => letters.get(request.params.id),
  );
}

function replayLetters(app: App, desk: DeadLetterDesk): void {
  app.post(
    '/v1/admin/dead-letters/:id/replay',
    {
      ...config(operators, ['DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_NOT_REPLAYABLE', 'DEAD_LETTER_OVER']),
      schema: {
        ...about(
          'Operations',
          'Replay a dead letter',
          'As it was. If its key stands still for it, its task tries it again, and then those that wait behind it, in order; else it is sent to its topic again.',
        ),
        params: DeadLetterParams,
        response: { 202: ReplayReport },
      },
    },
    async (request, reply) => {
      await desk.replay(request.params.id, { actor: principalOf(request).userId, reason: '' });
      return reply.code(202).send({ replayed: 1, skipped: 0 });
    },
  );

  app.post(
    '/v1/admin/dead-letters/:id/edit',
    {
      ...config(operators, ['DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_NOT_REPLAYABLE', 'DEAD_LETTER_OVER']),
      schema: {
        ...about(
          'Operations',
          'Replay a dead letter with another value',
          'As a replay. The audit keeps what was before.',
        ),
        params: DeadLetterParams,
        body: EditRequest,
        response: { 202: ReplayReport },
      },
    },
    async (request, reply) => {
      const { value, reason } = request.body;
      await desk.edit(request.params.id, value, { actor: principalOf(request).userId, reason });
      return reply.code(202).send({ replayed: 1, skipped: 0 });
    },
  );

  app.post(
    '/v1/admin/dead-letters/replay',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'Replay dead letters', 'All open ones that match, the oldest first.'),
        body: ReplayRequest,
        response: { 202: ReplayReport },
      },
    },
    async (request, reply) => {
      const { reason = '', ...conditions } = request.body;
      const by = { actor: principalOf(request).userId, reason };
      return reply.code(202).send(await desk.replayAll(filterOf(conditions), by));
    },
  );
}

function dropLetters(app: App, desk: DeadLetterDesk): void {
  app.post(
    '/v1/admin/dead-letters/:id/drop',
    {
      ...config(operators, ['DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_NOT_REPLAYABLE', 'DEAD_LETTER_OVER']),
      schema: {
        ...about(
          'Operations',
          'Drop a dead letter',
          'It is over: neither listed nor replayed any more. If its key stands still for it, those that wait behind it go on.',
        ),
        params: DeadLetterParams,
        body: DropRequest,
        response: { 202: DropReport },
      },
    },
    async (request, reply) => {
      await desk.drop(request.params.id, { actor: principalOf(request).userId, reason: request.body.reason });
      return reply.code(202).send({ dropped: 1 });
    },
  );

  app.post(
    '/v1/admin/dead-letters/drop',
    {
      ...config(operators, ['DEAD_LETTER_NOT_REPLAYABLE']),
      schema: {
        ...about('Operations', 'Drop dead letters', 'All open ones that match.'),
        body: DropAllRequest,
        response: { 202: DropReport },
      },
    },
    async (request, reply) => {
      const { reason, ...conditions } = request.body;
      if (Object.keys(conditions).length === 0) {
        throw invalidRequest([{ path: '', message: 'must have a condition: all letters are never dropped at once' }]);
      }
      const by = { actor: principalOf(request).userId, reason };
      return reply.code(202).send({ dropped: await desk.dropAll(filterOf(conditions), by) });
    },
  );
}

function filterOf({
  from,
  to,
  ...rest
}: Omit<LetterFilter, 'from' | 'to'> & { readonly from?: string; readonly to?: string }): LetterFilter {
  return { ...rest, ...readMoments({ from, to }) };
}
