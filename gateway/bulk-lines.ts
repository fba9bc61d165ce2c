// Reads a bulk upload or a feed line by line, NDJSON or CSV, without ever holding the whole: each line gives a value or
// what is wrong with it, and a broken line never touches the next one. Lines come in pieces, as the bytes do.
import { type BulkLine, invalidLine, tooLong } from './bulk-line.ts';
import { type CsvColumns, headerIn } from './csv.ts';
import { CsvRows } from './csv-rows.ts';
import { type CutLine, isSaid, LineCutter } from './line-cutter.ts';
import { Refusal } from './refusal.ts';

export interface BulkPiece {
  readonly lines: readonly BulkLine[];
  /** The first line that isn't read yet. */
  readonly nextLine: number;
  /** So many are read, up to the end of a line; a row of CSV may be open then. */
  readonly bytes: number;
}

export interface BulkOptions {
  /** More is refused. */
  readonly mostBytes: number;
  /** A longer line is refused by itself. */
  readonly longestLine: number;
  /** The number of the first line; of CSV, of the one under the header row. */
  readonly fromLine?: number;
}

type Bytes = AsyncIterable<Buffer>;

/** One JSON value a line; empty lines are passed over. @throws BODY_TOO_LARGE once more than `mostBytes` came */
export async function* ndjsonLines(body: Bytes, options: BulkOptions): AsyncGenerator<BulkPiece> {
  const { longestLine, fromLine = 1 } = options;
  const cutter = new LineCutter(longestLine, fromLine);
  for await (const cut of cutPieces(body, cutter, options)) {
    const lines = cut.filter(isSaid).map((each) => jsonLine(each, longestLine));
    yield { lines, nextLine: cutter.nextLine, bytes: cutter.bytes };
  }
}

/** Rows under a header row. @throws BULK_HEADER_INVALID, and BODY_TOO_LARGE once more than `mostBytes` came */
export async function* csvLines(body: Bytes, columns: CsvColumns, options: BulkOptions): AsyncGenerator<BulkPiece> {
  const { longestLine, fromLine = 1 } = options;
  const cutter = new LineCutter(longestLine);
  const skipped = Math.max(0, fromLine - 2);
  let rows: CsvRows | undefined;
  const piece = (lines: readonly BulkLine[]): BulkPiece => ({
    lines: skipped === 0 ? lines : lines.map((each) => ({ ...each, line: each.line + skipped })),
    nextLine: (rows?.openLine ?? cutter.nextLine) + skipped,
    bytes: cutter.bytes,
  });
  for await (const cut of cutPieces(body, cutter, options)) {
    const header = rows ? undefined : cut.find(isSaid);
    if (header) rows = new CsvRows(headerIn(header.text ?? '', columns), columns, longestLine);
    yield piece(rows?.take(header ? cut.slice(cut.indexOf(header) + 1) : cut) ?? []);
  }
  yield piece(rows?.end() ?? []);
}

function jsonLine({ line, text }: CutLine, limit: number): BulkLine {
  if (text === undefined) return { line, text: '', refusal: tooLong(limit) };
  try {
    return { line, text, value: JSON.parse(text) };
  } catch {
    return { line, text, refusal: invalidLine('it is not JSON') };
  }
}

/** What each chunk ends. @throws BODY_TOO_LARGE */
async function* cutPieces(body: Bytes, cutter: LineCutter, { mostBytes }: BulkOptions): AsyncGenerator<CutLine[]> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Refusal('BODY_TOO_LARGE');
    yield cutter.take(chunk);
  }
  yield cutter.end();
}
