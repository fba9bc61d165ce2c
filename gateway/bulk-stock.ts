// Takes a bulk upload of stock changes: lines are checked and appended in portions while the rest is still coming, and
// the report says what was taken and which lines weren't. Sent again, it changes nothing: each line has its change id.
import { invalidLine } from './bulk-line.ts';
import type { BulkPiece } from './bulk-lines.ts';
import { type CsvColumns, plainRows } from './csv.ts';
import { codeText } from './problem.ts';
import { Refusal } from './refusal.ts';
import { StockChangeShape } from './shapes/stock-changes.ts';
import { changeFault, type StockDesk } from './stock-desk.ts';
import { checkerOf } from './validation.ts';

export interface BulkReport {
  readonly accepted: number;
  readonly refused: number;
  readonly errors: readonly { readonly line: number; readonly code: string; readonly message: string }[];
}

interface Taken {
  readonly line: number;
  readonly change: StockChangeShape;
}

export const stockColumns: CsvColumns = {
  required: ['changeId', 'productId', 'warehouseId'],
  optional: ['delta', 'count', 'sequence'],
  rowUnder: plainRows(new Set(['delta', 'count', 'sequence'])),
};

/** Bytes of a line of stock at most. */
export const longestStockLine = 64 * 1024;

const portion = 1_000;
const mostErrors = 1_000;

const check = checkerOf(StockChangeShape);

export async function takeBulkStock(
  desk: StockDesk,
  sellerId: string,
  pieces: AsyncIterable<BulkPiece>,
): Promise<BulkReport> {
  let accepted = 0;
  let refused = 0;
  const errors: BulkReport['errors'][number][] = [];
  const refuse = (line: number, { code, message }: Refusal) => {
    refused++;
    if (errors.length < mostErrors) errors.push({ line, code: codeText(code), message });
  };
  let waiting: Taken[] = [];
  let appending: Promise<void> = Promise.resolve();
  const send = async () => {
    const others = await desk.othersProducts(
      sellerId,
      waiting.map(({ change }) => change),
    );
    const own = waiting.filter(({ line }, index) => {
      if (others[index]) refuse(line, new Refusal('NOT_OWNER'));
      return !others[index];
    });
    waiting = [];
    accepted += own.length;
    // One portion is on its way while the next one is read.
    await appending;
    appending = desk.append(
      sellerId,
      own.map(({ change }) => change),
    );
    appending.catch(() => {});
  };
  for await (const { lines } of pieces) {
    for (const found of lines) {
      const taken = 'refusal' in found ? found.refusal : changeIn(found.value);
      if (taken instanceof Refusal) refuse(found.line, taken);
      else if (waiting.push({ line: found.line, change: taken }) >= portion) await send();
    }
  }
  await send();
  await appending;
  return { accepted, refused, errors: errors.toSorted((one, other) => one.line - other.line) };
}

function changeIn(value: unknown): StockChangeShape | Refusal {
  const [fault] = check(value);
  if (fault) return invalidLine(`${fault.path.slice(1)} ${fault.message}`.trim());
  const change = value as StockChangeShape;
  const problem = changeFault(change);
  return problem ? invalidLine(`it ${problem}`) : change;
}
