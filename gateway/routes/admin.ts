// What operators look at and set going: the streams, how far they are, their dead letters, rebuilding a view.
import type { FastifyRequest } from 'fastify';
import { DeadLetters, type ReplayFilter } from '../dead-letters.ts';
import { readMoments } from '../moments.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import {
  DeadLetterPage,
  DeadLetterParams,
  DeadLetterShape,
  Lags,
  PageQuery,
  Rebuilding,
  ReplayReport,
  ReplayRequest,
  Tasks,
  Topologies,
  TopologyQuery,
  ViewParams,
} from '../shapes/operations.ts';
import { topologyMermaid, topologyText } from '../topology-text.ts';

const operators = ['operator'] as const;

export function adminRoutes(app: App, gateway: Gateway): void {
  readStreams(app, gateway);
  readDeadLetters(app, new DeadLetters(gateway.log, gateway.writer));
  replayDeadLetters(app, new DeadLetters(gateway.log, gateway.writer));
  rebuildViews(app, gateway);
}

function readStreams(app: App, { operations }: Gateway): void {
  app.get(
    '/v1/admin/topology',
    {
      ...config(operators, [], { produces: { 200: ['application/json', 'text/plain', 'text/vnd.mermaid'] } }),
      schema: {
        ...about('Operations', 'How the streams are wired', 'As JSON, text, or a Mermaid flowchart.'),
        querystring: TopologyQuery,
        response: { 200: Topologies },
      },
    },
    async (request, reply) => {
      const topologies = await operations.topologies();
      const format = request.query.format ?? acceptedFormat(request);
      if (format === 'text') return reply.type('text/plain; charset=utf-8').send(topologyText(topologies));
      if (format === 'mermaid') return reply.type('text/vnd.mermaid; charset=utf-8').send(topologyMermaid(topologies));
      return { topologies };
    },
  );

  app.get(
    '/v1/admin/tasks',
    {
      ...config(operators),
      schema: { ...about('Operations', 'Which task runs where'), response: { 200: Tasks } },
    },
    async () => ({ tasks: await operations.tasks() }),
  );

  app.get(
    '/v1/admin/lag',
    {
      ...config(operators),
      schema: { ...about('Operations', 'How far topologies and views are behind'), response: { 200: Lags } },
    },
    async () => ({ lag: await operations.lag() }),
  );
}

function acceptedFormat({ headers }: FastifyRequest): 'json' | 'text' | 'mermaid' {
  const { accept = '' } = headers;
  if (accept.includes('mermaid')) return 'mermaid';
  return accept.includes('text/plain') ? 'text' : 'json';
}

function readDeadLetters(app: App, deadLetters: DeadLetters): void {
  app.get(
    '/v1/admin/dead-letters',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'List dead letters', 'Records that could not be processed, the newest first.'),
        querystring: PageQuery,
        response: { 200: DeadLetterPage },
      },
    },
    async (request) => deadLetters.list(request.query.limit ?? 50, request.query.cursor),
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
    async (request) => deadLetters.get(request.params.id),
  );
}

function replayDeadLetters(app: App, deadLetters: DeadLetters): void {
  app.post(
    '/v1/admin/dead-letters/:id/replay',
    {
      ...config(operators, ['DEAD_LETTER_NOT_FOUND', 'DEAD_LETTER_NOT_REPLAYABLE']),
      schema: {
        ...about('Operations', 'Replay a dead letter', 'Sends the record to its topic again, as it was.'),
        params: DeadLetterParams,
        response: { 202: ReplayReport },
      },
    },
    async (request, reply) => {
      await deadLetters.replay(request.params.id);
      return reply.code(202).send({ replayed: 1, skipped: 0 });
    },
  );

  app.post(
    '/v1/admin/dead-letters/replay',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'Replay dead letters', 'All that match.'),
        body: ReplayRequest,
        response: { 202: ReplayReport },
      },
    },
    async (request, reply) => {
      const { from, to, ...rest } = request.body;
      const filter: ReplayFilter = { ...rest, ...readMoments({ from, to }) };
      return reply.code(202).send(await deadLetters.replayAll(filter));
    },
  );
}

function rebuildViews(app: App, { operations }: Gateway): void {
  app.post(
    '/v1/admin/views/:name/rebuild',
    {
      ...config(operators, ['VIEW_NOT_FOUND', 'VIEW_IN_USE']),
      schema: {
        ...about(
          'Operations',
          'Rebuild a view',
          'Empties it and fills it from the log. Readers see little until it has caught up.',
        ),
        params: ViewParams,
        response: { 202: Rebuilding },
      },
    },
    async (request, reply) => {
      const view = request.params.name;
      if (!(await operations.rebuildView(view))) throw new Refusal('VIEW_NOT_FOUND', { details: { view } });
      return reply.code(202).send({ view });
    },
  );
}
