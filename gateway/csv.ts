// Rows of CSV (RFC 4180) under a header row: which columns there may be, and a row's cells. Blanks around a cell don't
// count. It knows nothing of lines: who reads them puts a row together.
import { CsvError, parse } from 'csv-parse/sync';
import { reasonOf } from '../base/errors.ts';
import { Refusal } from './refusal.ts';

export interface CsvColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Columns that begin so may have any name behind it. */
  readonly prefixes?: readonly string[];
  /** Whether a quoted cell may go on in the next line. */
  readonly isMultiline?: boolean;
  /** What a row says under these columns; its cells are as many. */
  readonly rowUnder: (names: readonly string[]) => (cells: readonly string[]) => unknown;
}

/** A row as an object, columns of `numbers` as such; empty cells are left out. */
export function plainRows(numbers: ReadonlySet<string>): CsvColumns['rowUnder'] {
  return (names) => (cells) => {
    const row = names.map((name, index) => [name, cells[index] ?? ''] as const).filter(([, cell]) => cell !== '');
    return Object.fromEntries(row.map(([name, cell]) => [name, numbers.has(name) ? numberIn(cell) : cell]));
  };
}

/** A cell that should be a number and isn't stays text, so that the schema refuses it. */
export function numberIn(cell: string): number | string {
  return /^[+-]?\d{1,15}$/.test(cell) ? Number(cell) : cell;
}

export interface CsvHeader {
  readonly names: readonly string[];
  /** Spreadsheets of some countries part cells by semicolons. */
  readonly delimiter: ',' | ';';
}

/** @throws BULK_HEADER_INVALID */
export function headerIn(text: string, columns: CsvColumns): CsvHeader {
  const delimiter = text.includes(';') && !text.includes(',') ? ';' : ',';
  const problems = headerProblems(text, delimiter, columns);
  if (typeof problems !== 'string') return { names: problems, delimiter };
  const expected = [...columns.required, ...columns.optional].join(',');
  throw new Refusal('BULK_HEADER_INVALID', { details: { problems, expected } });
}

/** The names, or what is wrong. */
function headerProblems(
  text: string,
  delimiter: CsvHeader['delimiter'],
  { required, optional, prefixes = [] }: CsvColumns,
): readonly string[] | string {
  let names: readonly string[] | undefined;
  try {
    names = cellsIn(text, delimiter);
  } catch (cause) {
    return reasonOf(cause);
  }
  if (names === undefined) return 'a quote is not closed';
  const isKnown = (name: string) => {
    if (required.includes(name) || optional.includes(name)) return true;
    return prefixes.some((prefix) => name.startsWith(prefix) && name.length > prefix.length);
  };
  const problems = [
    ...required.filter((name) => !names.includes(name)).map((name) => `${name} is missing`),
    ...names
      .filter((name) => !isKnown(name))
      .slice(0, 5)
      .map((name) => (name === '' ? 'a column has no name' : `${name.slice(0, 64)} is unknown`)),
    ...(new Set(names).size < names.length ? ['a column comes twice'] : []),
  ];
  return problems.length === 0 ? names : problems.join(', ');
}

/**
 * Without quotes the delimiters tell it all, and that is most rows.
 * @returns undefined if a quoted cell isn't closed
 * @throws CsvError if quotes stand where none may
 */
export function cellsIn(text: string, delimiter: CsvHeader['delimiter']): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter).map((cell) => cell.trim());
  try {
    const [cells = []] = parse(text, { trim: true, relax_column_count: true, delimiter });
    return cells;
  } catch (error) {
    if (error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED') return undefined;
    throw error;
  }
}
