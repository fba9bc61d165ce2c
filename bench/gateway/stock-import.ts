// Changes of stock as a seller uploads them, in one request of NDJSON: how many a second the log takes, and how many are
// decided and shown.
import type { Server } from '../../test/e2e/server.ts';
import { rowId } from '../import-rows.ts';
import { upload } from '../upload.ts';

export interface StockImport {
  readonly rows: number;
  readonly products: number;
}

const linesAtOnce = 500;
const warehouseId = 'w1';

/** Units of each line. */
export const unitsOfLine = 1_000_000;

/** Lines of about 95 bytes, over all products in turn. */
export function* stockLines({ rows, products }: StockImport): Generator<string> {
  for (let row = 0; row < rows; row++) {
    const change = { changeId: `change-${row}`, productId: rowId(row % products), warehouseId, delta: unitsOfLine };
    yield JSON.stringify(change);
  }
}

/** Lines that are about one product. */
export function linesOfProduct(product: number, { rows, products }: StockImport): number {
  return Math.floor(rows / products) + (product < rows % products ? 1 : 0);
}

/** In words what the answer says that is wrong. */
export async function importStock(server: Server, token: string, given: StockImport): Promise<string[]> {
  const text = await upload(server, { path: '/v1/stock-changes', token, lines: pieces(given) });
  const { accepted, refused } = JSON.parse(text) as { accepted: number; refused: number };
  return accepted === given.rows && refused === 0
    ? []
    : [`of ${given.rows} rows ${accepted} were taken, ${refused} refused`];
}

function* pieces(given: StockImport): Generator<Buffer> {
  let lines: string[] = [];
  for (const line of stockLines(given)) {
    if (lines.push(line) < linesAtOnce) continue;
    yield Buffer.from(`${lines.join('\n')}\n`);
    lines = [];
  }
  if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`);
}
