// The files of an index: the database with what SQLite keeps beside it, and images. All have the database's name
// before their own.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const imageMark = '-image-';

export function imagePath(file: string, number: number): string {
  return `${file}${imageMark}${number}`;
}

/** Those of which nobody knows any more. */
export function removeImages(file: string, but?: number): void {
  const kept = but === undefined ? undefined : imagePath(file, but);
  for (const path of filesOf(file)) if (path.startsWith(file + imageMark) && path !== kept) rmSync(path);
}

export function removeIndex(file: string): void {
  for (const path of filesOf(file)) rmSync(path);
}

/** Bytes. */
export function sizeOfIndex(file: string): number {
  return filesOf(file).reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function filesOf(file: string): string[] {
  const folder = dirname(file);
  return readdirSync(folder)
    .filter(
      (name) =>
        [file, `${file}-wal`, `${file}-shm`].includes(join(folder, name)) ||
        name.startsWith(basename(file) + imageMark),
    )
    .map((name) => join(folder, name));
}
