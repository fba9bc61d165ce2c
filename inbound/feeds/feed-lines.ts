// How the lines of a feed are read: products as an upload has them, stock as sellers send it, where a count may go without
// an id of its own.
import { assert } from '../../base/assert.ts';
import { type BulkOptions, type BulkPiece, csvLines, ndjsonLines } from '../../gateway/bulk-lines.ts';
import { stockColumns } from '../../gateway/bulk-stock.ts';
import type { CsvColumns } from '../../gateway/csv.ts';
import { longestProductLine, productColumns, productLines } from '../../gateway/import-products.ts';
import type { LineReader, RefusalTopic } from '../../gateway/import-record.ts';
import { stockLines } from '../../gateway/import-stock.ts';
import type { TypeLookup } from '../../gateway/product-body.ts';
import { topics } from '../../schemas/topics.ts';
import type { Feed } from '../../schemas/types.generated.ts';

/** What the lines of one kind are. */
export interface FeedLines {
  readonly read: LineReader;
  readonly refusals: RefusalTopic;
  pieces(bytes: AsyncIterable<Buffer>): AsyncIterable<BulkPiece>;
}

const feedStockColumns: CsvColumns = {
  ...stockColumns,
  required: stockColumns.required.filter((name) => name !== 'changeId'),
  optional: ['changeId', ...stockColumns.optional],
};

export function feedLines({ content, format }: Feed, types: TypeLookup): FeedLines {
  assert(format !== 'other' && content !== 'other', 'a feed that this program does not know is left alone');
  const isStock = content === 'stock';
  const columns = isStock ? feedStockColumns : productColumns;
  // How much there is at most, whoever gives the bytes knows.
  const bounds: BulkOptions = { mostBytes: Number.POSITIVE_INFINITY, longestLine: longestProductLine };
  return {
    read: isStock ? stockLines : productLines(types, 'upsert'),
    refusals: isStock ? topics.stockEvents : topics.catalogEvents,
    pieces: (bytes) => (format === 'csv' ? csvLines(bytes, columns, bounds) : ndjsonLines(bytes, bounds)),
  };
}
