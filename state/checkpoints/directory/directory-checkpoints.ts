// The checkpoint store in a directory, of this machine or one that several machines see. A file is written beside its place,
// synced, then renamed into it; what a crash leaves half written is called `*.part` and never read. Files that never
// change any more are shared by hard links where the file system can.
import { constants, type Dirent } from 'node:fs';
import { access, copyFile, link, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';
import { ifThere, openIfThere, putWhole, writeSynced } from '../../../base/whole-files.ts';
import { type CheckpointStore, checkedKey, type SharedFiles, type StoredFile } from '../../checkpoint-store.ts';

/** @throws CHECKPOINTS_REFUSED if the directory can't be made or written */
export async function openDirectoryCheckpoints(directory: string): Promise<CheckpointStore> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new StockstreamError('CHECKPOINTS_REFUSED', { reason: reasonOf(error) }, error);
  }
  return new DirectoryCheckpoints(directory);
}

class DirectoryCheckpoints implements CheckpointStore {
  readonly place: string;
  readonly shared: SharedFiles;
  #isClosed = false;

  constructor(directory: string) {
    this.place = directory;
    this.shared = {
      put: (key, path) => this.#write(key, (part) => linkOrCopy(path, part)),
      get: (key, path) =>
        this.#attempt(async () => (await ifThere(found(linkOrCopy(this.#pathOf(key), path)))) ?? false),
    };
  }

  put(key: string, bytes: Uint8Array): Promise<void> {
    return this.#write(key, (part) => writeSynced(part, bytes));
  }

  get(key: string): Promise<StoredFile | undefined> {
    const path = this.#pathOf(key);
    return this.#attempt(() => openIfThere(path));
  }

  list(prefix: string): Promise<string[]> {
    return this.#attempt(async () => {
      const folder = join(this.place, prefix.slice(0, prefix.lastIndexOf('/') + 1));
      const entries = (await ifThere(readdir(folder, { recursive: true, withFileTypes: true }))) ?? [];
      return entries
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
        .map((entry) => this.#keyOf(entry))
        .filter((key) => key.startsWith(prefix))
        .sort();
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.#pathOf(key));
    await this.#attempt(async () => {
      for (const path of paths) await rm(path, { force: true });
      // Empty folders go as well; one that isn't refuses.
      for (const folder of new Set(paths.map(dirname))) if (folder !== this.place) await rmdir(folder).catch(() => {});
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #write(key: string, fill: (part: string) => Promise<void>): Promise<void> {
    const path = this.#pathOf(key);
    await this.#attempt(() => putWhole(path, fill));
  }

  #pathOf(key: string): string {
    return join(this.place, checkedKey(key));
  }

  #keyOf({ parentPath, name }: Dirent): string {
    return relative(this.place, join(parentPath, name)).split(sep).join('/');
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      if (this.#isClosed) throw new Error('they were closed');
      return await work();
    } catch (error) {
      if (isStockstreamError(error)) throw error;
      throw new StockstreamError('CHECKPOINTS_UNAVAILABLE', { reason: reasonOf(error) }, error);
    }
  }
}

/** Another file system, or one that knows no links, takes a copy: one that shares its blocks, if it can. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    const file = await open(to, 'r+');
    await file.sync().finally(() => file.close());
  }
}

async function found(work: Promise<void>): Promise<true> {
  await work;
  return true;
}
