// Bulk imports of products: a body of any size, NDJSON or CSV, that can be gone on with after a break, and a report line
// by line. Only the seller's own.
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { topics } from '../../schemas/topics.ts';
import type { Import } from '../../schemas/types.generated.ts';
import type { StoredDocument } from '../../views/documents/documents.ts';
import { principalOf } from '../auth.ts';
import { type BulkOptions, csvLines, ndjsonLines } from '../bulk-lines.ts';
import { derivedId } from '../derived-id.ts';
import { idempotencyKeyOf } from '../idempotency/answer-once.ts';
import { longestProductLine, productColumns, productLines } from '../import-products.ts';
import { csv, ndjson, takeStreams } from '../read-ahead.ts';
import { ImportReader } from '../read-imports.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described, idempotencyHeader } from '../shapes/common.ts';
import {
  ImportLinePage,
  ImportLineQuery,
  ImportListQuery,
  ImportPage,
  ImportParams,
  ImportQuery,
  ImportReport,
  ImportState,
} from '../shapes/product-imports.ts';
import { takeImport } from '../take-import.ts';

const sellers = ['seller'] as const;

const words = `One product a line. NDJSON has them as POST /v1/products takes them. CSV has columns productId, title, price (in
the currency's minor unit), currency, and, where wanted, description, category, brand, images (parted by blanks or \`|\`),
weightGrams, customerLimit, productType, language, hazardous, variants (as JSON), and \`attr.<name>\` for each attribute; a
quoted cell may have line breaks. Lines are taken one by one: a broken one is reported, and the others count. A line that is
sent twice counts once. After a break read \`nextLine\` of the import and send the rest with \`fromLine\` (CSV under its
header row again), or send all again: the effect is the same. Lines that were mended are an import of their own.`;

export function productImportRoutes(app: App, gateway: Gateway): void {
  takeStreams(app);
  const reader = new ImportReader(gateway.documents, (topic) => gateway.writer.partitionsOf(topic));
  importProducts(app, gateway, reader);
  readImports(app, reader);
  readLines(app, reader);
}

function importProducts(app: App, gateway: Gateway, reader: ImportReader): void {
  const { writer, clock, closing, settings, metrics, productTypes } = gateway;
  const lines = Type.Unsafe<Readable>({ type: 'string', description: 'One product a line.', 'x-stream': true });
  app.post(
    // Two colons are one that begins no parameter.
    '/v1/products::bulk',
    {
      ...config(sellers, ['BULK_HEADER_INVALID', 'IMPORT_LINES_MISSING', 'IMPORT_INTERRUPTED']),
      schema: {
        ...about('Products', 'Import products', words.replaceAll('\n', ' ')),
        querystring: ImportQuery,
        headers: Type.Object(idempotencyHeader),
        body: { content: { [ndjson]: { schema: lines }, [csv]: { schema: lines } } },
        response: { 202: ImportReport },
      },
    },
    async (request, reply) => {
      const { mode = 'upsert', fromLine = 1 } = request.query;
      // JSON has a parser of its own, and without a type there is no body.
      if (request.mediaType !== csv && request.mediaType !== ndjson) throw new Refusal('CONTENT_TYPE_UNSUPPORTED');
      const before = await beginning(request, gateway, reader);
      const isCsv = request.mediaType === csv;
      const first = isCsv ? 2 : 1;
      if (fromLine > Math.max(first, before.nextLine)) {
        throw new Refusal('IMPORT_LINES_MISSING', { details: { nextLine: before.nextLine } });
      }
      const stream = request.body as Readable;
      const bounds: BulkOptions = { mostBytes: settings.bulkBytes, longestLine: longestProductLine, fromLine };
      const pieces = isCsv ? csvLines(stream, productColumns, bounds) : ndjsonLines(stream, bounds);
      const read = productLines(productTypes, mode);
      const report = await takeImport({ writer, clock, closing, before, pieces, read, refusals: topics.catalogEvents });
      metrics.bulkLines.inc({ result: 'accepted' }, report.accepted);
      metrics.bulkLines.inc({ result: 'refused' }, report.refused);
      const { importId } = before;
      return reply
        .code(202)
        .header('location', `/v1/products/imports/${importId}`)
        .send({ importId, ...report });
    },
  );
}

/** The import as far as it was taken before, or as it begins. @throws IDEMPOTENCY_KEY_INVALID */
async function beginning(request: FastifyRequest, { clock, random }: Gateway, reader: ImportReader): Promise<Import> {
  const { userId: sellerId } = principalOf(request);
  const { import: named } = request.query as { readonly import?: string };
  const key = named === undefined ? idempotencyKeyOf(request, false) : undefined;
  const importId = named ?? (key === undefined ? random.uuid() : derivedId(sellerId, key));
  const at = clock.now();
  return (
    (await reader.find({ sellerId, importId })) ?? {
      importId,
      sellerId,
      feedId: '',
      content: 'products',
      status: 'running',
      nextLine: 1,
      lines: 0,
      refused: 0,
      bytes: 0,
      startedAt: at,
      updatedAt: at,
    }
  );
}

function readImports(app: App, reader: ImportReader): void {
  app.get(
    '/v1/products/imports',
    {
      ...config(sellers, ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Products', 'List imports', "The seller's own, runs of their feeds included."),
        querystring: ImportListQuery,
        response: { 200: ImportPage },
      },
    },
    (request) => {
      const { cursor, limit = 50 } = request.query;
      return reader.list({ sellerId: principalOf(request).userId }, { cursor, limit });
    },
  );

  app.get(
    '/v1/products/imports/:id',
    {
      ...config(sellers, ['IMPORT_NOT_FOUND']),
      schema: {
        ...about('Products', 'Read an import', 'How far it was taken, and what became of its lines.'),
        params: ImportParams,
        response: { 200: described(ImportState, 'How the import goes on.') },
      },
    },
    async (request) => {
      const state = await reader.state(nameIn(request));
      if (!state) throw new Refusal('IMPORT_NOT_FOUND');
      return state;
    },
  );
}

function readLines(app: App, reader: ImportReader): void {
  app.get(
    '/v1/products/imports/:id/lines',
    {
      ...config(sellers, ['IMPORT_NOT_FOUND', 'DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Products', "Read an import's lines", 'What became of each, in the order of the file.'),
        params: ImportParams,
        querystring: ImportLineQuery,
        response: { 200: ImportLinePage },
      },
    },
    async (request) => {
      const { status, cursor, limit = 100 } = request.query;
      const found = await reader.find(nameIn(request));
      if (!found) throw new Refusal('IMPORT_NOT_FOUND');
      const page = await reader.lines(found, { status, cursor, limit });
      return { lines: page.documents.map(lineIn), cursor: page.cursor };
    },
  );
}

function nameIn(request: FastifyRequest): Pick<Import, 'sellerId' | 'importId'> {
  const { id: importId } = request.params as { readonly id: string };
  return { sellerId: principalOf(request).userId, importId };
}

function lineIn({ fields }: StoredDocument) {
  const { importLine: line, productId, status, code, message } = fields;
  return { line, productId, status, ...(code !== null && { code }), ...(message !== null && { message }) };
}
