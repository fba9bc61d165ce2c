// Files that a supplier puts into a directory, taken in the order of their names. A file counts once it is at rest: its
// size and time are what they were at the last look, and it isn't called as files are while they are written. Files that
// were taken are remembered, or moved into `done` if that is wanted; they are never changed.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { FeedContent, FeedOrigin, KnownContent } from '../origin.ts';
import { unpacked } from '../unpack.ts';

export interface DirectoryOriginOptions {
  /** The directory of all feeds. */
  readonly root: string;
  /** Below it. */
  readonly path: string;
  readonly movesDone: boolean;
  /** Of a file, unpacked. */
  readonly mostBytes: number;
  readonly clock: Clock;
  /** Default: 5,000. */
  readonly restMs?: number;
}

interface Found {
  readonly name: string;
  readonly version: string;
}

/** How a file is called while somebody writes it. */
const unfinished = /^\.|(\.(tmp|temp|part|partial|filepart|crdownload|uploading|writing|swp)|~)$/i;
/** A file must have been at rest for so long, or twice as long by its own time. */
const defaultRestMs = 5_000;
const chunkBytes = 256 * 1024;
const doneFolder = 'done';

export class DirectoryOrigin implements FeedOrigin {
  readonly #options: DirectoryOriginOptions;
  readonly #directory: string;
  /** When each version of a file was seen first, by name. */
  readonly #seen = new Map<string, { readonly version: string; readonly at: number }>();

  /** @throws FEED_UNREADABLE if the path leads out of the root */
  constructor(options: DirectoryOriginOptions) {
    this.#options = options;
    const root = resolve(options.root);
    this.#directory = resolve(root, options.path);
    if (this.#directory === root || this.#directory.startsWith(`${root}${sep}`)) return;
    throw this.#unreadable('it lies outside the directory of feeds');
  }

  async next({ begun, taken }: KnownContent, _signal?: AbortSignal): Promise<FeedContent | undefined> {
    const all = await this.#files();
    const waiting = all.filter(({ name, version }) => taken.get(name) !== version);
    const first = waiting.find(({ name }) => name === begun);
    for (const found of first ? [first, ...waiting] : waiting)
      if (this.#isAtRest(found)) return await this.#open(found);
    return undefined;
  }

  async still(taken: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
    const there = new Map((await this.#files()).map(({ name, version }) => [name, version]));
    return new Map([...taken].filter(([name, version]) => there.get(name) === version));
  }

  async taken(name: string, version: string): Promise<void> {
    // Another file of that name that came meanwhile is left to be taken.
    if (!this.#options.movesDone || (await this.#versionOf(name)) !== version) return;
    const [from, done] = [join(this.#directory, name), join(this.#directory, doneFolder)];
    try {
      await mkdir(done, { recursive: true });
      await rename(from, await this.#freeName(done, name));
    } catch (error) {
      // It was moved before, by a process that died then, or by whoever put it there.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw this.#unreadable(reasonOf(error), error);
    }
  }

  /** Never over another file of the same name. */
  async #freeName(directory: string, name: string): Promise<string> {
    for (let count = 0; ; count++) {
      const path = join(directory, count === 0 ? name : `${name}.${count}`);
      if (
        await access(path).then(
          () => false,
          () => true,
        )
      )
        return path;
    }
  }

  /** In the order of their names. */
  async #files(): Promise<Found[]> {
    const found: Found[] = [];
    try {
      const entries = await readdir(this.#directory, { withFileTypes: true });
      const names = entries.filter((entry) => entry.isFile() && !unfinished.test(entry.name)).map(({ name }) => name);
      for (const name of names.sort()) {
        const version = await this.#versionOf(name);
        if (version !== undefined) found.push({ name, version });
      }
    } catch (error) {
      throw this.#unreadable(reasonOf(error), error);
    }
    const there = new Set(found.map(({ name }) => name));
    for (const name of this.#seen.keys()) if (!there.has(name)) this.#seen.delete(name);
    return found;
  }

  /** Undefined if it has gone meanwhile. */
  async #versionOf(name: string): Promise<string | undefined> {
    const { size, mtimeMs } = await stat(join(this.#directory, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return { size: undefined, mtimeMs: 0 };
      throw error;
    });
    return size === undefined ? undefined : `${size}/${Math.round(mtimeMs)}`;
  }

  #isAtRest({ name, version }: Found): boolean {
    const { clock, restMs = defaultRestMs } = this.#options;
    const now = clock.monotonic();
    const seen = this.#seen.get(name);
    if (seen?.version !== version) this.#seen.set(name, { version, at: now });
    else if (now - seen.at >= restMs) return true;
    // One that was moved here, or written long ago, has been at rest for as long as its time says.
    const writtenAt = Number(version.slice(version.indexOf('/') + 1));
    return clock.now() - writtenAt >= 2 * restMs;
  }

  async #open({ name, version }: Found): Promise<FeedContent> {
    const path = join(this.#directory, name);
    const hash = createHash('sha256');
    for await (const chunk of this.#bytes(path)) hash.update(chunk);
    const { mostBytes } = this.#options;
    const isGzipped = /\.gz$/i.test(name);
    const read = () => unpacked(this.#unchanged({ name, version }), { name, isGzipped, mostBytes });
    return { name, version, digest: hash.digest('hex'), read, close: async () => {} };
  }

  /** @throws FEED_CHANGED at the end, if somebody wrote to the file meanwhile */
  async *#unchanged({ name, version }: Found): AsyncGenerator<Buffer> {
    yield* this.#bytes(join(this.#directory, name));
    if ((await this.#versionOf(name)) !== version) throw new StockstreamError('FEED_CHANGED', { name });
  }

  async *#bytes(path: string): AsyncGenerator<Buffer> {
    try {
      yield* createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>;
    } catch (error) {
      throw this.#unreadable(reasonOf(error), error);
    }
  }

  #unreadable(reason: string, cause?: unknown): StockstreamError {
    return new StockstreamError('FEED_UNREADABLE', { name: this.#options.path, reason }, cause);
  }
}
