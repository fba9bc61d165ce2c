// Stock changes from sellers: some as JSON, all or nothing; or any number as NDJSON or CSV, line by line.
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { collections } from '../../views/collections.ts';
import type { StoredDocument } from '../../views/documents/documents.ts';
import { principalOf } from '../auth.ts';
import { csvLines, ndjsonLines } from '../bulk-lines.ts';
import { longestStockLine, stockColumns, takeBulkStock } from '../bulk-stock.ts';
import { preferenceApplied, waitSecondsOf } from '../prefer.ts';
import { csv, ndjson, takeStreams } from '../read-ahead.ts';
import { type Fault, Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described, idempotencyHeader, preferHeader } from '../shapes/common.ts';
import {
  ChangeParams,
  ChangeQuery,
  StockChangeOutcome,
  StockChangeReport,
  StockChangeRequest,
  type StockChangeShape,
} from '../shapes/stock-changes.ts';
import { changeFault, type StockDesk } from '../stock-desk.ts';
import { invalidRequest } from '../validation.ts';

export function stockChangeRoutes(app: App, gateway: Gateway, desk: StockDesk): void {
  takeStreams(app);
  takeChanges(app, gateway, desk);
  readOutcome(app, gateway);
}

function takeChanges(app: App, gateway: Gateway, desk: StockDesk): void {
  const { once, settings, metrics } = gateway;
  const lines = { type: 'string', description: 'One change a line.' };
  app.post(
    '/v1/stock-changes',
    {
      ...config(['seller'], ['NOT_OWNER', 'BULK_HEADER_INVALID']),
      schema: {
        ...about(
          'Stock',
          'Change stock',
          'JSON is taken as a whole or not at all; with `Prefer: wait=N` with the outcomes. NDJSON and CSV (columns changeId, productId, warehouseId, delta, count, sequence) are taken line by line, for uploads of any size; a line is idempotent by its changeId, so an upload needs no Idempotency-Key.',
        ),
        headers: Type.Object({ ...idempotencyHeader, ...preferHeader }),
        body: {
          content: {
            'application/json': { schema: StockChangeRequest },
            [ndjson]: { schema: Type.Unsafe<Readable>({ ...lines, 'x-stream': true }) },
            [csv]: { schema: Type.Unsafe<Readable>({ ...lines, 'x-stream': true }) },
          },
        },
        response: { 202: StockChangeReport },
      },
    },
    async (request, reply) => {
      const { userId } = principalOf(request);
      const { body } = request as { body: unknown };
      const type = request.mediaType;
      if (type === ndjson || type === csv) {
        const stream = body as Readable;
        const bounds = { mostBytes: settings.bulkBytes, longestLine: longestStockLine };
        const found = type === csv ? csvLines(stream, stockColumns, bounds) : ndjsonLines(stream, bounds);
        const report = await takeBulkStock(desk, userId, found);
        metrics.bulkLines.inc({ result: 'accepted' }, report.accepted);
        metrics.bulkLines.inc({ result: 'refused' }, report.refused);
        return reply.code(202).send(report);
      }
      const { changes } = body as { changes: StockChangeShape[] };
      return once.send({ request, reply, scope: userId }, async () => {
        await refuseFaults(desk, userId, changes);
        const waitSeconds = waitSecondsOf(request);
        const outcomes = waitSeconds === undefined ? [] : await desk.appendAndWait(userId, changes, waitSeconds * 1000);
        if (waitSeconds === undefined) await desk.append(userId, changes);
        const taken = changes.map(({ changeId, productId }, index) => ({ changeId, productId, ...outcomes[index] }));
        const headers = preferenceApplied(waitSeconds);
        return { status: 202, headers, body: { accepted: changes.length, changes: taken } };
      });
    },
  );
}

/** @throws REQUEST_INVALID, NOT_OWNER */
async function refuseFaults(desk: StockDesk, userId: string, changes: readonly StockChangeShape[]): Promise<void> {
  const seen = new Set<string>();
  const faults = changes.flatMap((change, index): Fault[] => {
    const id = `${change.productId}/${change.changeId}`;
    const message = changeFault(change) ?? (seen.has(id) ? 'must not repeat a changeId' : undefined);
    seen.add(id);
    return message ? [{ path: `/changes/${index}`, message }] : [];
  });
  if (faults.length > 0) throw invalidRequest(faults);
  const others = await desk.othersProducts(userId, changes);
  const foreign = others.flatMap((isOther, index) => {
    return isOther ? [{ path: `/changes/${index}/productId`, message: 'belongs to another seller' }] : [];
  });
  if (foreign.length > 0) throw new Refusal('NOT_OWNER', { faults: foreign });
}

function readOutcome(app: App, { documents }: Gateway): void {
  app.get(
    '/v1/stock-changes/:changeId',
    {
      ...config(['seller', 'operator'], ['STOCK_CHANGE_NOT_FOUND']),
      schema: {
        ...about('Stock', "Read a stock change's outcome", 'Of the own changes; an operator of all.'),
        params: ChangeParams,
        querystring: ChangeQuery,
        response: { 200: described(StockChangeOutcome, 'What became of it.') },
      },
    },
    async (request) => {
      const { changeId } = request.params;
      const { productId } = request.query;
      const collection = collections.stockChanges.name;
      const sort = { field: 'at', direction: 'desc' } as const;
      const found =
        productId === undefined
          ? (await documents.find(collection, { where: { changeId }, sort, limit: 100 })).documents
          : [await documents.get(collection, `${productId}/${changeId}`)];
      const outcome = found.find((document) => document && isVisible(document, request));
      if (!outcome) throw new Refusal('STOCK_CHANGE_NOT_FOUND');
      return outcome.fields;
    },
  );
}

function isVisible({ fields }: StoredDocument, request: FastifyRequest): boolean {
  const { userId, role } = principalOf(request);
  return role === 'operator' || fields.sellerId === userId;
}
