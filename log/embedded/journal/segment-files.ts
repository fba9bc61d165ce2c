// The files of the journal in their directory: which there are, and reads of them through a bounded number of open files.
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ifThere, syncDirectory } from '../../../base/whole-files.ts';

/** Files kept open for reading, besides those that are being read right now. */
const mostOpen = 64;

/** Whether writes are synced by the call that writes, a turn of the event loop less. Elsewhere the flag means less than a sync. */
export const writesAreSynced = process.platform === 'linux';
const toWrite = constants.O_RDWR | (writesAreSynced ? constants.O_DSYNC : 0);

interface OpenFile {
  readonly file: Promise<FileHandle>;
  users: number;
}

export class SegmentFiles {
  readonly directory: string;
  /** In the order of their last use. */
  readonly #open = new Map<number, OpenFile>();

  constructor(directory: string) {
    this.directory = directory;
  }

  nameOf(segment: number): string {
    return `segment-${String(segment).padStart(8, '0')}.log`;
  }

  pathOf(segment: number): string {
    return join(this.directory, this.nameOf(segment));
  }

  /** The numbers of all that there are, upwards. */
  async list(): Promise<number[]> {
    const names = (await ifThere(readdir(this.directory))) ?? [];
    const numbers = names.flatMap((name) => {
      const number = Number(/^segment-(\d+)\.log$/.exec(name)?.[1] ?? Number.NaN);
      return this.nameOf(number) === name ? [number] : [];
    });
    return numbers.sort((a, b) => a - b);
  }

  /** Makes an empty file, which is there for good, and opens it for writing. */
  async create(segment: number): Promise<FileHandle> {
    await mkdir(this.directory, { recursive: true });
    const file = await open(this.pathOf(segment), toWrite | constants.O_CREAT | constants.O_EXCL);
    try {
      await this.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  /** What was made is there for good, also if whoever made it was killed before it could see to that. */
  async sync(): Promise<void> {
    await syncDirectory(this.directory);
    await syncDirectory(dirname(this.directory));
  }

  /** Opens one that is there, to write behind its end. */
  reopen(segment: number): Promise<FileHandle> {
    return open(this.pathOf(segment), toWrite);
  }

  /** Lets `work` read a segment. @throws what `work` and the file system do; it says which segment is missing */
  async use<T>(segment: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
    const opened = this.#open.get(segment) ?? { file: this.#openFile(segment), users: 0 };
    this.#open.delete(segment);
    this.#open.set(segment, opened);
    opened.users++;
    try {
      return await work(await opened.file);
    } finally {
      opened.users--;
      await this.#closeOldest();
    }
  }

  /** Nobody may be reading it. */
  async remove(segment: number): Promise<void> {
    const opened = this.#open.get(segment);
    this.#open.delete(segment);
    await (await opened?.file)?.close();
    await rm(this.pathOf(segment), { force: true });
  }

  /** Nobody may be reading. */
  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const { file } of all) await (await file).close();
  }

  async #openFile(segment: number): Promise<FileHandle> {
    try {
      const file = await ifThere(open(this.pathOf(segment), 'r'));
      if (file === undefined) throw new Error(`${this.nameOf(segment)} is missing`);
      return file;
    } catch (error) {
      this.#open.delete(segment);
      throw error;
    }
  }

  async #closeOldest(): Promise<void> {
    if (this.#open.size <= mostOpen) return;
    for (const [segment, { file, users }] of this.#open) {
      if (users > 0) continue;
      this.#open.delete(segment);
      await (await file).close();
      return;
    }
  }
}
