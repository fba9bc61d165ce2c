// A file at an address, whole each time. It is asked for on condition that it has changed, and downloaded to the disk
// first: what breaks off on the way is never taken in half, and what turns out to be the same is left alone.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { FeedContent, FeedOrigin, KnownContent } from '../origin.ts';
import { unpacked } from '../unpack.ts';
import { get, withoutQuery } from './request.ts';

export interface HttpOriginOptions {
  readonly url: string;
  /** Asked for each request, so that secrets in them can change. @throws FEED_SECRET_MISSING */
  readonly headers: () => Promise<{ readonly [name: string]: string }>;
  readonly mayConnect: (address: string) => boolean;
  /** Of the file, packed or not. */
  readonly mostBytes: number;
  /** Where the download lies meanwhile: a file of this feed's own, in a directory that is made. */
  readonly directory: string;
  readonly fileName: string;
  readonly silenceMs: number;
  /** From the request to the last byte. */
  readonly timeoutMs: number;
}

export class HttpOrigin implements FeedOrigin {
  readonly #options: HttpOriginOptions;
  readonly #name: string;

  constructor(options: HttpOriginOptions) {
    this.#options = options;
    this.#name = withoutQuery(options.url);
  }

  async next({ begun, digest, taken }: KnownContent, signal: AbortSignal): Promise<FeedContent | undefined> {
    const { url, headers, mayConnect, silenceMs, timeoutMs } = this.#options;
    // What was begun is needed whether it has changed or not.
    const conditions = begun === undefined ? conditionsOf(taken.get(this.#name)) : {};
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const sent = {
      ...(await headers()),
      accept: '*/*',
      'accept-encoding': 'gzip',
      'user-agent': 'stockstream',
      ...conditions,
    };
    const answer = await get({ url, headers: sent, mayConnect, silenceMs, signal: within });
    if (answer.statusCode === 304) {
      answer.destroy();
      return undefined;
    }
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw this.#unreadable(`it answers ${answer.statusCode}`);
    }
    const content = await this.#download(answer);
    if (begun !== undefined || content.digest !== digest) return content;
    await content.close();
    return undefined;
  }

  async still(taken: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
    return new Map([...taken].filter(([name]) => name === this.#name));
  }

  async taken(): Promise<void> {}

  async #download(answer: IncomingMessage): Promise<FeedContent> {
    const { directory, fileName, mostBytes } = this.#options;
    const path = join(directory, fileName);
    const hash = createHash('sha256');
    const counted = this.#counted(answer, (chunk) => hash.update(chunk));
    try {
      await mkdir(directory, { recursive: true });
      await pipeline(counted, createWriteStream(path));
    } catch (error) {
      answer.destroy();
      await rm(path, { force: true });
      throw error instanceof StockstreamError ? error : this.#unreadable(reasonOf(error), error);
    }
    const { etag = '', 'last-modified': lastModified = '', 'content-encoding': encoding = '' } = answer.headers;
    const isGzipped = encoding === 'gzip' || /\.gz$/i.test(this.#name);
    return {
      name: this.#name,
      version: JSON.stringify({ etag, lastModified }),
      digest: hash.digest('hex'),
      read: () => unpacked(createReadStream(path) as AsyncIterable<Buffer>, { name: this.#name, isGzipped, mostBytes }),
      close: () => rm(path, { force: true }),
    };
  }

  async *#counted(answer: IncomingMessage, take: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
    const { mostBytes } = this.#options;
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new StockstreamError('FEED_TOO_LARGE', { name: this.#name, limit: mostBytes });
      take(chunk);
      yield chunk;
    }
    if (!answer.complete) throw this.#unreadable('the answer broke off');
  }

  #unreadable(reason: string, cause?: unknown): StockstreamError {
    return new StockstreamError('FEED_UNREADABLE', { name: this.#name, reason }, cause);
  }
}

/** Headers by which an answer is asked for only if it is another one. */
function conditionsOf(version: string | undefined): { readonly [name: string]: string } {
  try {
    const { etag, lastModified } = JSON.parse(version ?? '{}') as { etag?: string; lastModified?: string };
    return { ...(etag && { 'if-none-match': etag }), ...(lastModified && { 'if-modified-since': lastModified }) };
  } catch {
    return {};
  }
}
