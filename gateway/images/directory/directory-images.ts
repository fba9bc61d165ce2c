// The images port on a directory, of this machine or one that several machines see:
//
//     <directory>/<first two characters of the folder>/<folder>/<file>
//
// A file is written beside its place, synced, then renamed into it. What a crash leaves half written is called `*.part`,
// is never read, and may be deleted.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';
import { checkedKey, type Images, type StoredFile } from '../images.ts';

/** @throws IMAGES_REFUSED if the directory can't be made or written */
export async function openDirectoryImages({ directory }: { readonly directory: string }): Promise<Images> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new StockstreamError('IMAGES_REFUSED', { reason: reasonOf(error) }, error);
  }
  return new DirectoryImages(directory);
}

class DirectoryImages implements Images {
  readonly #directory: string;
  #isClosed = false;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(key);
    const part = `${path}.${randomUUID()}.part`;
    await this.#attempt(async () => {
      await mkdir(dirname(path), { recursive: true });
      try {
        await writeSynced(part, bytes);
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      await syncDirectory(dirname(path));
    });
  }

  get(key: string): Promise<StoredFile | undefined> {
    const path = this.#pathOf(key);
    return this.#attempt(async () => {
      const file = await ifThere(open(path, 'r'));
      if (file === undefined) return undefined;
      try {
        const { size: bytes } = await file.stat();
        return { bytes, stream: file.createReadStream() };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  size(key: string): Promise<number | undefined> {
    const path = this.#pathOf(key);
    return this.#attempt(async () => (await ifThere(stat(path)))?.size);
  }

  async delete(key: string): Promise<void> {
    const path = this.#pathOf(key);
    await this.#attempt(() => rm(path, { force: true }));
  }

  async ping(): Promise<void> {
    await this.#attempt(() => access(`${this.#directory}/.`, constants.R_OK | constants.W_OK));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #pathOf(key: string): string {
    return join(this.#directory, key.slice(0, 2), checkedKey(key));
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      if (this.#isClosed) throw new StockstreamError('IMAGES_UNAVAILABLE', { reason: 'they were closed' });
      return await work();
    } catch (error) {
      if (isStockstreamError(error)) throw error;
      throw new StockstreamError('IMAGES_UNAVAILABLE', { reason: reasonOf(error) }, error);
    }
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name is there after a loss of power, too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Undefined for a file, or a directory on its way, that doesn't exist. */
async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
