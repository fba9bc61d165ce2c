// The images port on a directory, of this machine or one that several machines see:
//
//     <directory>/<first two characters of the folder>/<folder>/<file>
//
// A file is written beside its place, synced, then renamed into it. What a crash leaves half written is called `*.part`,
// is never read, and may be deleted.
import { constants } from 'node:fs';
import { access, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';
import { ifThere, openIfThere, putWhole, writeSynced } from '../../../base/whole-files.ts';
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
    await this.#attempt(() => putWhole(path, (part) => writeSynced(part, bytes)));
  }

  get(key: string): Promise<StoredFile | undefined> {
    const path = this.#pathOf(key);
    return this.#attempt(() => openIfThere(path));
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
