// Suppliers' feeds: operators say what is to be taken in, see how it goes, and have it looked for at once.
import { Type } from 'typebox';
import { principalOf } from '../auth.ts';
import { FeedDesk } from '../feed-desk.ts';
import { ImportReader } from '../read-imports.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described } from '../shapes/common.ts';
import { FeedListQuery, FeedPage, FeedParams, FeedRequest, FeedRunRequested, FeedState } from '../shapes/feeds.ts';
import { ImportListQuery, ImportPage } from '../shapes/product-imports.ts';

const operators = ['operator'] as const;

export function feedRoutes(app: App, gateway: Gateway): void {
  const { documents, writer, settings } = gateway;
  const imports = new ImportReader(documents, (topic) => writer.partitionsOf(topic));
  const desk = new FeedDesk({ documents, writer, imports, waiting: gateway, waitMs: settings.decisionWaitMs });
  readFeeds(app, desk);
  readRuns(app, desk, imports);
  writeFeeds(app, desk);
  lookForFeed(app, gateway, desk);
}

function readFeeds(app: App, desk: FeedDesk): void {
  app.get(
    '/v1/admin/feeds',
    {
      ...config(operators, ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Operations', "List suppliers' feeds", 'With how each goes: its last run, and what failed.'),
        querystring: FeedListQuery,
        response: { 200: FeedPage },
      },
    },
    (request) => {
      const { cursor, limit = 50 } = request.query;
      return desk.list(cursor, limit);
    },
  );

  app.get(
    '/v1/admin/feeds/:id',
    {
      ...config(operators, ['FEED_NOT_FOUND']),
      schema: {
        ...about('Operations', "Read a supplier's feed"),
        params: FeedParams,
        response: { 200: FeedState },
      },
    },
    (request) => desk.read(request.params.id),
  );
}

function readRuns(app: App, desk: FeedDesk, imports: ImportReader): void {
  app.get(
    '/v1/admin/feeds/:id/runs',
    {
      ...config(operators, ['FEED_NOT_FOUND', 'DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Operations', "List a feed's runs", 'Each is an import of its seller, who reads its lines.'),
        params: FeedParams,
        querystring: ImportListQuery,
        response: { 200: described(ImportPage, 'Runs, the newest first.') },
      },
    },
    async (request) => {
      const { id: feedId } = request.params;
      const { cursor, limit = 50 } = request.query;
      if (!(await desk.find(feedId))) throw new Refusal('FEED_NOT_FOUND');
      return imports.list({ feedId }, { cursor, limit });
    },
  );
}

function writeFeeds(app: App, desk: FeedDesk): void {
  app.put(
    '/v1/admin/feeds/:id',
    {
      ...config(operators),
      schema: {
        ...about('Operations', "Enter a supplier's feed", 'Makes or replaces it; its runs go on being counted.'),
        params: FeedParams,
        body: FeedRequest,
        response: { 200: described(FeedState, 'Replaced.'), 201: described(FeedState, 'Made.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const isNew = !(await desk.find(id));
      await desk.put(id, request.body, principalOf(request).userId);
      return reply.code(isNew ? 201 : 200).send(await desk.read(id));
    },
  );

  app.delete(
    '/v1/admin/feeds/:id',
    {
      ...config(operators, ['FEED_NOT_FOUND']),
      schema: {
        ...about('Operations', "Remove a supplier's feed", 'What it brought stays.'),
        params: FeedParams,
        response: { 204: Type.Null({ description: 'Removed.' }) },
      },
    },
    async (request, reply) => {
      await desk.change(request.params.id, { isRemoved: true }, principalOf(request).userId);
      return reply.code(204).send();
    },
  );
}

function lookForFeed(app: App, { clock }: Gateway, desk: FeedDesk): void {
  app.post(
    '/v1/admin/feeds/:id/look',
    {
      ...config(operators, ['FEED_NOT_FOUND']),
      schema: {
        ...about('Operations', 'Look for a feed at once'),
        params: FeedParams,
        response: { 202: FeedRunRequested },
      },
    },
    async (request, reply) => {
      const { id: feedId } = request.params;
      const requestedAt = clock.now();
      await desk.change(feedId, { requestedAt }, principalOf(request).userId);
      return reply.code(202).send({ feedId, requestedAt });
    },
  );
}
