// Cuts a stream of bytes into lines, a piece at a time: what one chunk ends is decoded and split as a whole, which costs a
// fraction of looking at each line by itself. Never holds more than the line that isn't whole yet.
export interface CutLine {
  /** From 1. */
  readonly line: number;
  /** Without its end; undefined if it is too long. */
  readonly text: string | undefined;
}

const newline = 0x0a;
const nothing = Buffer.alloc(0);

export class LineCutter {
  readonly #longest: number;
  /** Of the line that isn't whole yet. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  #line: number;
  #bytes = 0;

  /** @param longest in bytes; of a longer line nothing is kept. @param firstLine the number of the first one */
  constructor(longest: number, firstLine = 1) {
    this.#longest = longest;
    this.#line = firstLine;
  }

  /** The number of the first line that isn't whole yet. */
  get nextLine(): number {
    return this.#line;
  }

  /** Where that line begins. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The lines that `chunk` ends. */
  take(chunk: Buffer): CutLine[] {
    const first = this.#restBytes === 0 ? -1 : chunk.indexOf(newline);
    if (this.#restBytes > 0 && first < 0) {
      this.#hold(chunk);
      return [];
    }
    const lines = first < 0 ? [] : [this.#finish(chunk.subarray(0, first), 1)];
    const last = chunk.lastIndexOf(newline);
    if (last > first) this.#split(chunk.subarray(first + 1, last), lines);
    this.#hold(chunk.subarray(last + 1));
    return lines;
  }

  /** The last line, if it has no end. */
  end(): CutLine[] {
    return this.#restBytes === 0 ? [] : [this.#finish(nothing, 0)];
  }

  /** Whole lines but for the end of the last one. */
  #split(bytes: Buffer, lines: CutLine[]): void {
    this.#bytes += bytes.length + 1;
    for (const text of bytes.toString('utf8').split('\n')) lines.push(this.#lineOf(text));
  }

  #finish(end: Buffer, endBytes: number): CutLine {
    const length = this.#restBytes + end.length;
    const whole = length > this.#longest ? undefined : Buffer.concat([...this.#rest, end]).toString('utf8');
    this.#rest = [];
    this.#restBytes = 0;
    this.#bytes += length + endBytes;
    return whole === undefined ? { line: this.#line++, text: undefined } : this.#lineOf(whole);
  }

  #lineOf(text: string): CutLine {
    const line = this.#line++;
    // A character takes three bytes at most.
    const isLong = text.length * 3 > this.#longest && Buffer.byteLength(text) > this.#longest;
    if (isLong) return { line, text: undefined };
    return { line, text: withoutMark(text.endsWith('\r') ? text.slice(0, -1) : text, line) };
  }

  #hold(bytes: Buffer): void {
    this.#restBytes += bytes.length;
    if (this.#restBytes > this.#longest) this.#rest = [];
    else if (bytes.length > 0) this.#rest.push(bytes);
  }
}

/** Whether there is anything in it. */
export function isSaid({ text }: CutLine): boolean {
  return text === undefined || text.trim() !== '';
}

/** The byte order mark, which spreadsheets put before a file, is no part of it. */
function withoutMark(text: string, line: number): string {
  return line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
}
