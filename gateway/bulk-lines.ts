// Reads a bulk upload line by line, NDJSON or CSV, without ever holding the whole: each line gives a value or what is
// wrong with it, and a broken line never touches the next one. So a CSV cell can't contain a line break here.
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { reasonOf } from '../base/errors.ts';
import { Refusal } from './refusal.ts';

export type BulkLine =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly refusal: Refusal };

type TextLine = { readonly line: number; readonly text: string } | { readonly line: number; readonly refusal: Refusal };

/** A longer line is refused. */
const longestLine = 64 * 1024;
const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** One JSON value a line; empty lines are passed over. @throws BODY_TOO_LARGE once more than `mostBytes` came */
export async function* ndjsonLines(body: Readable, mostBytes: number): AsyncGenerator<BulkLine> {
  for await (const found of textLines(body, mostBytes))
    yield 'text' in found ? jsonLine(found.line, found.text) : found;
}

function jsonLine(line: number, text: string): BulkLine {
  try {
    return { line, value: JSON.parse(text) };
  } catch {
    return { line, refusal: invalidLine('it is not JSON') };
  }
}

export interface CsvColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Columns of whole numbers; the others are text. */
  readonly numbers: ReadonlySet<string>;
}

/**
 * Rows under a header row, as objects; empty cells are left out.
 * @throws BULK_HEADER_INVALID, and BODY_TOO_LARGE once more than `mostBytes` came
 */
export async function* csvLines(body: Readable, mostBytes: number, columns: CsvColumns): AsyncGenerator<BulkLine> {
  let names: readonly string[] | undefined;
  for await (const found of textLines(body, mostBytes)) {
    if (names) yield 'text' in found ? rowLine(found.line, found.text, names, columns) : found;
    else names = headerIn('text' in found ? found.text : '', columns);
  }
}

function rowLine(line: number, text: string, names: readonly string[], { numbers }: CsvColumns): BulkLine {
  try {
    const cells = cellsOf(text);
    if (cells.length !== names.length) {
      return { line, refusal: invalidLine(`it has ${cells.length} cells for ${names.length} columns`) };
    }
    const row = names.map((name, index) => [name, cells[index] ?? ''] as const).filter(([, cell]) => cell !== '');
    return {
      line,
      value: Object.fromEntries(row.map(([name, cell]) => [name, numbers.has(name) ? numberIn(cell) : cell])),
    };
  } catch (error) {
    return { line, refusal: invalidLine(reasonOf(error)) };
  }
}

/** A cell that should be a number and isn't stays text, so that the schema refuses it. */
function numberIn(cell: string): number | string {
  return /^[+-]?\d{1,15}$/.test(cell) ? Number(cell) : cell;
}

/** Without quotes the commas tell it all, and that is most lines. @throws Error if the quotes are broken */
function cellsOf(text: string): readonly string[] {
  if (!text.includes('"')) return text.split(',').map((cell) => cell.trim());
  const [cells = []] = parse(text, { trim: true, relax_column_count: true });
  return cells;
}

function headerIn(text: string, { required, optional }: CsvColumns): readonly string[] {
  let names: readonly string[];
  try {
    names = cellsOf(text);
  } catch (cause) {
    throw new Refusal('BULK_HEADER_INVALID', { details: { problems: reasonOf(cause) }, cause });
  }
  const missing = required.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !required.includes(name) && !optional.includes(name));
  const problems = [
    ...missing.map((name) => `${name} is missing`),
    ...unknown.slice(0, 5).map((name) => `${name.slice(0, 64)} is unknown`),
    ...(new Set(names).size < names.length ? ['a column comes twice'] : []),
  ];
  if (problems.length > 0) throw new Refusal('BULK_HEADER_INVALID', { details: { problems: problems.join(', ') } });
  return names;
}

/** Lines that aren't empty, counted from 1, without their ends. @throws BODY_TOO_LARGE */
async function* textLines(body: Readable, mostBytes: number): AsyncGenerator<TextLine> {
  let line = 0;
  let bytes = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  const finish = (end: Buffer): TextLine | undefined => {
    line++;
    const length = restBytes + end.length;
    const whole = rest.length === 0 ? end : Buffer.concat([...rest, end]);
    rest = [];
    restBytes = 0;
    if (length > longestLine)
      return { line, refusal: new Refusal('BULK_LINE_TOO_LONG', { details: { limit: longestLine } }) };
    const text = withoutMark(whole.toString('utf8'), line).trim();
    return text === '' ? undefined : { line, text };
  };
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Refusal('BODY_TOO_LARGE');
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const found = finish(chunk.subarray(start, end));
      if (found) yield found;
      start = end + 1;
    }
    restBytes += chunk.length - start;
    // Of a line that is too long nothing is kept.
    if (restBytes <= longestLine) rest.push(chunk.subarray(start));
    else rest = [];
  }
  const last = finish(nothing);
  if (last) yield last;
}

/** The byte order mark, which spreadsheets put before a file, is no part of it. */
function withoutMark(text: string, line: number): string {
  return line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
}

export function invalidLine(problems: string): Refusal {
  return new Refusal('BULK_LINE_INVALID', { details: { problems } });
}
