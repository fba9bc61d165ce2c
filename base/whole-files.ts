// Files that are there as a whole or not at all, for adapters that keep things in a directory. What a crash leaves half
// written is called `*.part` and is never read; it may be deleted.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Makes the file at `path`, and its folder, or replaces it: `fill` writes and syncs it under the name that it is given.
 * @throws what the file system and `fill` throw; then what was there before is there
 */
export async function putWhole(path: string, fill: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await fill(part);
    await rename(part, path);
  } finally {
    // Also if both were links to one file, of which a rename leaves both.
    await rm(part, { force: true });
  }
  await syncDirectory(dirname(path));
}

/** Makes a file that wasn't there. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that a new name is there after a loss of power, too. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Its length in bytes, and a stream that is to be read to its end or destroyed; undefined if there is no such file. */
export async function openIfThere(
  path: string,
): Promise<{ readonly bytes: number; readonly stream: Readable } | undefined> {
  const file = await ifThere(open(path, 'r'));
  if (file === undefined) return undefined;
  try {
    const { size: bytes } = await file.stat();
    return { bytes, stream: file.createReadStream() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Undefined for a file, or a directory on its way, that doesn't exist. */
export async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
