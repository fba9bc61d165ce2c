// What operators look at and set going: the streams, how far they are, rebuilding a view.
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import {
  Lags,
  Rebuilding,
  Tasks,
  Topologies,
  TopologyQuery,
  ViewCheckRequest,
  ViewCheckShape,
  ViewParams,
} from '../shapes/operations.ts';
import { topologyMermaid, topologyText } from '../topology-text.ts';

const operators = ['operator'] as const;

export function adminRoutes(app: App, gateway: Gateway): void {
  readStreams(app, gateway);
  rebuildViews(app, gateway);
  checkViews(app, gateway);
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

function checkViews(app: App, { operations }: Gateway): void {
  app.post(
    '/v1/admin/views/:name/check',
    {
      ...config(operators, ['VIEW_NOT_FOUND', 'VIEW_IN_USE', 'RECONCILIATION_INCOMPLETE']),
      schema: {
        ...about(
          'Operations',
          'Check a view',
          'Holds it against a fold of its topic. With `repair` documents are written anew, the search and ranks rebuilt; ' +
            'what is in the cache ends by itself within a minute.',
        ),
        params: ViewParams,
        body: ViewCheckRequest,
        response: { 200: ViewCheckShape },
      },
    },
    async (request) => {
      const { name } = request.params;
      const found = await operations.reconciliation.checkView(name, request.body.repair ?? false);
      if (found === undefined) throw new Refusal('VIEW_NOT_FOUND', { details: { view: name } });
      if (found.outcome !== 'rebuild' || (await operations.rebuildView(name))) return found;
      return { ...found, outcome: 'different' };
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
