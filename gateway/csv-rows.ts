// Puts the rows of a CSV together from its lines: where the columns allow it, a quoted cell goes on over several. If it
// turns out that a quote was never meant to, the line with it is broken, and those behind it are looked at again.
import { reasonOf } from '../base/errors.ts';
import { type BulkLine, invalidLine, tooLong } from './bulk-line.ts';
import { type CsvColumns, type CsvHeader, cellsIn } from './csv.ts';
import type { CutLine } from './line-cutter.ts';

interface OpenLine {
  readonly line: number;
  readonly text: string;
}

/** A row may go on over so many lines. */
const mostLines = 500;
const unclosed = 'a quote is not closed';

export class CsvRows {
  readonly #names: readonly string[];
  readonly #delimiter: CsvHeader['delimiter'];
  readonly #isMultiline: boolean;
  readonly #valueOf: (cells: readonly string[]) => unknown;
  readonly #longest: number;
  /** Lines of a row whose quote isn't closed yet. */
  #open: OpenLine[] = [];
  #openBytes = 0;

  constructor({ names, delimiter }: CsvHeader, { rowUnder, isMultiline = false }: CsvColumns, longest: number) {
    this.#names = names;
    this.#delimiter = delimiter;
    this.#isMultiline = isMultiline;
    this.#valueOf = rowUnder(names);
    this.#longest = longest;
  }

  /** Where the row begins that isn't whole, if there is one. */
  get openLine(): number | undefined {
    return this.#open[0]?.line;
  }

  /** The rows that these lines end. */
  take(cut: readonly CutLine[]): BulkLine[] {
    const rows: BulkLine[] = [];
    for (const { line, text } of cut) {
      if (text !== undefined) this.#add({ line, text }, rows);
      else rows.push(...this.end(), { line, text: '', refusal: tooLong(this.#longest) });
    }
    return rows;
  }

  /** No quote is closed any more. */
  end(): BulkLine[] {
    const rows: BulkLine[] = [];
    while (this.#open.length > 0) this.#breakOff(unclosed, rows);
    return rows;
  }

  #add(added: OpenLine, rows: BulkLine[]): void {
    const isFirst = this.#open.length === 0;
    if (isFirst && added.text.trim() === '') return;
    this.#open.push(added);
    this.#openBytes += Buffer.byteLength(added.text) + 1;
    const hasQuote = isFirst || added.text.includes('"');
    const text = isFirst ? added.text : hasQuote ? this.#open.map((each) => each.text).join('\n') : '';
    const row = hasQuote ? this.#rowIn(text) : undefined;
    if (row === undefined) {
      if (!this.#mayGoOn()) this.#breakOff(unclosed, rows);
    } else if (typeof row === 'string') this.#breakOff(row, rows);
    else {
      rows.push({ line: this.#open[0]!.line, text, value: row.value });
      this.#forget();
    }
  }

  #mayGoOn(): boolean {
    return this.#isMultiline && this.#openBytes <= this.#longest && this.#open.length < mostLines;
  }

  /** The value, undefined if the row isn't whole, or what is wrong with it. */
  #rowIn(text: string): { readonly value: unknown } | string | undefined {
    try {
      const cells = cellsIn(text, this.#delimiter);
      if (cells === undefined) return undefined;
      const expected = this.#names.length;
      if (cells.length !== expected) return `it has ${cells.length} cells for ${expected} columns`;
      return { value: this.#valueOf(cells) };
    } catch (error) {
      return reasonOf(error);
    }
  }

  #breakOff(problem: string, rows: BulkLine[]): void {
    const [first, ...others] = this.#open;
    this.#forget();
    if (first === undefined) return;
    rows.push({ ...first, refusal: invalidLine(problem) });
    for (const each of others) this.#add(each, rows);
  }

  #forget(): void {
    this.#open = [];
    this.#openBytes = 0;
  }
}
