// Uploads a file of products to a gateway, straight from the disk, and goes on after a break from the line that the
// gateway asks for. What the gateway refuses as a whole ends it; a connection that breaks off doesn't.
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Clock, sleep } from '../base/clock.ts';
import { reasonOf, StockstreamError } from '../base/errors.ts';

export interface ImportFile {
  readonly file: string;
  readonly format: 'csv' | 'ndjson';
  readonly mode: string;
  readonly importId: string;
  /** Of the gateway. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  /** Called as bytes are handed over, and with what the gateway tells. */
  readonly onProgress: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly sentBytes?: number;
  readonly state?: ImportState;
  /** Why it is tried again. */
  readonly problem?: string;
}

/** What GET /v1/products/imports/{id} answers. */
export interface ImportState {
  readonly status: string;
  readonly lines: number;
  readonly applied: number;
  readonly refused: number;
  readonly pending: number;
  readonly nextLine: number;
}

export interface RefusedLine {
  readonly line: number;
  readonly productId: string;
  readonly code: string;
  readonly message?: string;
}

const types = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
const newline = 0x0a;
const mostTriesWithoutProgress = 10;
const firstPauseMs = 500;
const longestPauseMs = 10_000;
const lookMs = 500;

/** Resolves when all lines are decided. @throws OPERATION_REFUSED, GATEWAY_UNREACHABLE */
export async function importFile(work: ImportFile): Promise<ImportState> {
  let reached = 0;
  await patiently(work, async (progress) => {
    const { nextLine } = await stateOf(work);
    if (nextLine > reached) progress();
    reached = nextLine;
    await send(work, nextLine);
  });
  for (;;) {
    const state = await patiently(work, () => stateOf(work));
    work.onProgress({ state });
    if (state.status === 'done') return state;
    await sleep(work.clock, lookMs);
  }
}

/** Refused lines by pages, in the order of the file. */
export async function* refusedLines(work: ImportFile): AsyncGenerator<readonly RefusedLine[]> {
  let cursor: string | undefined;
  do {
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/v1/products/imports/${work.importId}/lines?status=refused&limit=1000${more}`;
    const page = (await patiently(work, () => ask(work, path))) as { lines: RefusedLine[]; cursor?: string };
    yield page.lines;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Tries again what broke off, ever later, until it has for so many times without getting any further. */
async function patiently<T>(work: ImportFile, attempt: (progress: () => void) => Promise<T>): Promise<T> {
  let [tries, pause] = [0, firstPauseMs];
  const progress = () => {
    [tries, pause] = [0, firstPauseMs];
  };
  for (;;) {
    try {
      return await attempt(progress);
    } catch (error) {
      if (error instanceof StockstreamError || ++tries >= mostTriesWithoutProgress) throw unreachable(work, error);
      work.onProgress({ problem: reasonOf(error) });
      await sleep(work.clock, pause);
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }
}

/** Sends the lines from `line` on. @throws Error if it broke off */
async function send(work: ImportFile, line: number): Promise<void> {
  const { file, format, importId, mode, url, token } = work;
  const query = new URLSearchParams({ import: importId, mode, ...(line > 1 && { fromLine: String(line) }) });
  const response = await fetch(`${url}/v1/products:bulk?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': types[format] },
    body: Readable.toWeb(Readable.from(bytesFrom(work, line))) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  const text = await response.text();
  if (response.ok) return;
  // What was read before the limit is taken: the rest goes on behind it.
  if (response.status >= 500 || response.status === 413) throw new Error(`${response.status} ${detailOf(text)}`);
  throw refusal(text, file);
}

/** The header row of CSV, and the file from a line on. */
async function* bytesFrom({ file, format, onProgress }: ImportFile, line: number): AsyncGenerator<Buffer> {
  const start = await offsetOf(file, line);
  if (format === 'csv' && line > 1) yield await headerOf(file);
  let sentBytes = start;
  for await (const chunk of createReadStream(file, { start, highWaterMark: 256 * 1024 })) {
    yield chunk as Buffer;
    sentBytes += (chunk as Buffer).length;
    onProgress({ sentBytes });
  }
}

/** Where a line begins. */
async function offsetOf(file: string, line: number): Promise<number> {
  let [ends, offset] = [line - 1, 0];
  if (ends === 0) return 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
      if (--ends === 0) return offset + at + 1;
    }
    offset += bytes.length;
  }
  return (await stat(file)).size;
}

/** The first line that says something, with its end. */
async function headerOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    for await (const text of handle.readLines()) if (text.trim() !== '') return Buffer.from(`${text}\n`);
    return Buffer.alloc(0);
  } finally {
    await handle.close().catch(() => {});
  }
}

/** Of an import that nobody knows yet: it begins. */
async function stateOf(work: ImportFile): Promise<ImportState> {
  const unknown = { status: 'running', lines: 0, applied: 0, refused: 0, pending: 0, nextLine: 1 };
  return ((await ask(work, `/v1/products/imports/${work.importId}`)) ?? unknown) as ImportState;
}

/** Undefined if there is no such thing. @throws OPERATION_REFUSED; Error if nobody answers, or not now */
async function ask({ url, token, file }: ImportFile, path: string): Promise<unknown> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  if (response.status === 404) return undefined;
  if (response.status >= 500) throw new Error(`${response.status} ${detailOf(text)}`);
  throw refusal(text, file);
}

function refusal(text: string, file: string): StockstreamError {
  try {
    const { code, detail } = JSON.parse(text) as { code?: string; detail?: string };
    return new StockstreamError('OPERATION_REFUSED', { code, detail });
  } catch {
    return new StockstreamError('OPERATION_REFUSED', { code: 'unknown', detail: `${file}: ${text.slice(0, 200)}` });
  }
}

function detailOf(text: string): string {
  const { detail } = refusal(text, '').details;
  return String(detail ?? '');
}

function unreachable({ url }: ImportFile, error: unknown): unknown {
  if (error instanceof StockstreamError) return error;
  return new StockstreamError('GATEWAY_UNREACHABLE', { url, reason: reasonOf(error) }, error);
}
