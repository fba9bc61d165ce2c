// Takes a bulk import into the log while it is still coming: a portion is on its way while the next one is read, and the
// socket waits for both, so a file of any size takes the same memory. How far the log has it is told in the log, too, so
// that whoever was broken off knows where to go on, at any gateway.
import type { Clock } from '../base/clock.ts';
import { topics } from '../schemas/topics.ts';
import type { Import, ImportStatus } from '../schemas/types.generated.ts';
import { importKey } from '../views/import-lines.ts';
import type { BulkLine } from './bulk-line.ts';
import type { BulkPiece } from './bulk-lines.ts';
import { type ImportOf, type ImportRecord, type LineReader, type RefusalTopic, recordOf } from './import-record.ts';
import type { LogWriter } from './log-writer.ts';
import { codeText } from './problem.ts';
import { Refusal } from './refusal.ts';

export interface TakeImport {
  readonly writer: LogWriter;
  readonly clock: Clock;
  /** Aborts when the gateway closes. */
  readonly closing: AbortSignal;
  /** As far as it was taken before; of a new one, its beginning. */
  readonly before: Import;
  readonly pieces: AsyncIterable<BulkPiece>;
  readonly read: LineReader;
  readonly refusals: RefusalTopic;
}

export interface ImportReport {
  readonly nextLine: number;
  /** Of what came now. */
  readonly accepted: number;
  readonly refused: number;
  /** The first ones. */
  readonly errors: readonly { readonly line: number; readonly code: string; readonly message: string }[];
}

const portionLines = 4_000;
const portionBytes = 2 * 1024 * 1024;
const mostErrors = 1_000;

/**
 * @throws IMPORT_INTERRUPTED if the gateway closes, and whatever reading or appending fails with. What was read by then
 * is in the log, as far as it takes it.
 */
export async function takeImport(options: TakeImport): Promise<ImportReport> {
  const taking = new TakingImport(options);
  await taking.mark('running');
  try {
    for await (const piece of options.pieces) {
      await taking.take(piece);
      if (options.closing.aborted) throw new Refusal('IMPORT_INTERRUPTED', { retryAfter: 1 });
    }
  } catch (error) {
    await taking.end('interrupted').catch(() => {});
    throw error;
  }
  return await taking.end('taken');
}

class TakingImport {
  readonly #options: TakeImport;
  readonly #before: Import;
  /** What stands in the log, as far as it has acknowledged. */
  #taken: Import;
  /** Including what is read and not acknowledged yet. */
  #read: Pick<Import, 'nextLine' | 'lines' | 'refused' | 'bytes'>;
  #portion: ImportRecord[] = [];
  #portionBytes = 0;
  #appending: Promise<void> = Promise.resolve();
  #accepted = 0;
  #refused = 0;
  readonly #errors: ImportReport['errors'][number][] = [];

  constructor(options: TakeImport) {
    this.#options = options;
    this.#before = options.before;
    this.#taken = options.before;
    this.#read = options.before;
  }

  async take({ lines, nextLine, bytes }: BulkPiece): Promise<void> {
    const { clock, before, read, refusals } = this.#options;
    const of: ImportOf = { sellerId: before.sellerId, importId: before.importId, at: clock.now() };
    let { lines: count, refused } = this.#read;
    for (const line of lines) {
      const record = recordOf(line, of, read, refusals);
      this.#add(line, record);
      // Lines that were taken before are not counted again.
      if (line.line < this.#before.nextLine) continue;
      count++;
      if (record.refusal !== undefined) refused++;
    }
    const isNew = nextLine > this.#read.nextLine;
    this.#read = isNew ? { nextLine, lines: count, refused, bytes } : { ...this.#read, lines: count, refused };
    if (this.#portion.length >= portionLines || this.#portionBytes >= portionBytes) await this.#send();
  }

  /** Tells how far the log has it. */
  async mark(status: ImportStatus): Promise<void> {
    await this.#options.writer.appendAll([this.#markOf(this.#taken, status)]);
  }

  async end(status: ImportStatus): Promise<ImportReport> {
    await this.#send();
    await this.#appending;
    await this.mark(status);
    const [accepted, refused] = [this.#accepted, this.#refused];
    return { nextLine: this.#taken.nextLine, accepted, refused, errors: this.#errors };
  }

  #add({ line, text }: BulkLine, record: ImportRecord): void {
    this.#portion.push(record);
    this.#portionBytes += text.length;
    const { refusal } = record;
    if (refusal === undefined) this.#accepted++;
    else {
      this.#refused++;
      const { code, message } = refusal;
      if (this.#errors.length < mostErrors) this.#errors.push({ line, code: codeText(code), message });
    }
  }

  /** Appends what was read once the portion before is acknowledged, and tells of that one. */
  async #send(): Promise<void> {
    await this.#appending;
    const portion = [this.#markOf(this.#taken, 'running'), ...this.#portion];
    const read = this.#read;
    this.#portion = [];
    this.#portionBytes = 0;
    this.#appending = this.#options.writer.appendAll(portion).then(() => {
      this.#taken = { ...this.#taken, ...read };
    });
    // Whoever awaits it hears of a failure.
    this.#appending.catch(() => {});
  }

  #markOf(taken: Import, status: ImportStatus): ImportRecord {
    const value: Import = { ...taken, status, updatedAt: this.#options.clock.now() };
    return { topic: topics.imports, key: importKey(value), value };
  }
}
