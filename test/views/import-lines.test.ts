// What becomes of the lines of imports, as the views write it: in the order of the file, refused ones to be found apart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CatalogEvent, FeedPosition, Import, StockEvent } from '../../schemas/types.generated.ts';
import type { Projection } from '../../streams/api.ts';
import { projectCatalogChanges } from '../../views/catalog-changes.ts';
import type { DocumentWrite } from '../../views/documents/documents.ts';
import { projectFeedRuns, projectFeeds } from '../../views/feeds.ts';
import { importKey, linesFrom } from '../../views/import-lines.ts';
import { projectImports, projectImportTallies } from '../../views/imports.ts';
import { projectStockChanges } from '../../views/stock-changes.ts';

const position = { topic: 'topic', partition: 3, offset: 17 };

function writesOf<V>(projection: Projection<V, DocumentWrite>, value: V): readonly DocumentWrite[] {
  return projection.project({ ...position, key: 'key', value, timestamp: 1, headers: [] });
}

const line = { changeId: 'c', productId: 'lamp', sellerId: 'sally', at: 5, importId: 'spring', importLine: 12 };
const told = { ...line, refusedIn: null, code: null, message: null, status: 'applied' };
const write = { kind: 'upsert', collection: 'catalogChanges', id: 'sally/spring/0000000012/lamp', position };
const refused = { status: 'refused', refusedIn: 'sally/spring' };

test('a line was applied, refused by the streams, or never was a change', () => {
  const outcomes: [CatalogEvent['outcome'], object][] = [
    [{ type: 'ProductChanged', version: 2 }, {}],
    [
      { type: 'CatalogChangeRefused', reason: 'not_owner' },
      { ...refused, code: 'not_owner' },
    ],
    [
      { type: 'LineRefused', code: 'bulk_line_invalid', message: 'it is not JSON' },
      { ...refused, code: 'bulk_line_invalid', message: 'it is not JSON' },
    ],
  ];
  for (const [outcome, result] of outcomes) {
    assert.deepEqual(writesOf(projectCatalogChanges, { ...line, outcome }), [
      { ...write, set: { ...told, ...result } },
    ]);
  }
  const stock: StockEvent = { ...line, warehouseId: 'east', outcome: { type: 'StockChanged', before: 1, after: 4 } };
  assert.deepEqual(writesOf(projectStockChanges, stock), [{ ...write, collection: 'stockChanges', set: told }]);
});

test('ids of lines are in the order of the lines, and those of other imports are not between them', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9._~-]{1,10}$/);
  const number = fc.integer({ min: 0, max: 9_999_999_999 });
  fc.assert(
    fc.property(name, name, number, number, (one, other, first, second) => {
      const [of, another] = [one, other].map((importId) => ({ sellerId: 'sally', importId }));
      const compare = Math.sign(first - second) || 0;
      assert.equal(Buffer.compare(Buffer.from(linesFrom(of!, first)), Buffer.from(linesFrom(of!, second))), compare);
      const stranger = `${linesFrom(another!, second)}/x`;
      const isWithin = stranger >= linesFrom(of!, 0) && stranger < `${importKey(of!)}0`;
      assert.equal(isWithin, one === other);
    }),
  );
});

test('an import, its counts, a feed and its run stand under their names', () => {
  const made: Import = {
    importId: 'spring',
    sellerId: 'sally',
    feedId: '',
    content: 'products',
    status: 'taken',
    nextLine: 3,
    lines: 2,
    refused: 1,
    bytes: 9,
    startedAt: 1,
    updatedAt: 2,
  };
  const upsert = { kind: 'upsert', position };
  assert.deepEqual(writesOf(projectImports, made), [
    { ...upsert, collection: 'imports', id: 'sally/spring', set: made },
  ]);
  const tally = { importId: 'spring', sellerId: 'sally', partition: 4, applied: 1, refused: 0, at: 2 };
  assert.deepEqual(writesOf(projectImportTallies, tally), [
    { ...upsert, collection: 'importTallies', id: 'sally/spring/4', set: tally },
  ]);
  const feed = {
    feedId: 'acme',
    sellerId: 'sally',
    origin: { type: 'DirectoryOrigin', path: 'acme', movesDone: false },
    format: 'csv',
    content: 'products',
    everySeconds: 5,
    deletesMissing: false,
    mostDeletedPercent: 50,
    isEnabled: true,
    isRemoved: false,
    requestedAt: null,
    updatedAt: 1,
    updatedBy: 'ada',
  } as const;
  assert.deepEqual(writesOf(projectFeeds, feed), [{ ...upsert, collection: 'feeds', id: 'acme', set: feed }]);
  assert.deepEqual(writesOf(projectFeeds, { ...feed, isRemoved: true }), [
    { kind: 'delete', collection: 'feeds', id: 'acme', position },
  ]);
  const files: FeedPosition = { feedId: 'acme', what: { type: 'FeedFiles', versions: { a: '1' } } };
  assert.deepEqual(writesOf(projectFeedRuns, files), [], 'which files were taken is for workers alone');
});
