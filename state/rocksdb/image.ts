// A copy of an open database's files, made of links: what RocksDB's own checkpoints are, which the binding doesn't have. Data
// files never change once they are written, so a link is a copy. What counts is that every file which the copied manifest
// names is there: if the database went on to another set of files meanwhile, it is done again.
// What was written since the last flush isn't in it.
import { copyFile, link, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const tries = 20;
const isData = (name: string) => /\.(sst|blob)$/.test(name);

/** `target` must not exist; on the same file system. @throws Error if it can't be done, or the files never come to rest */
export async function linkImage(directory: string, target: string): Promise<void> {
  for (let count = 0; count < tries; count++) {
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    if (await linkOnce(directory, target)) return;
  }
  throw new Error('the files changed all the time');
}

/** False if the database changed its set of files meanwhile. */
async function linkOnce(directory: string, target: string): Promise<boolean> {
  const linked = new Set<string>();
  await linkData(directory, target, linked);
  const current = await readFile(join(directory, 'CURRENT'), 'utf8');
  const manifest = current.trim();
  try {
    await copyFile(join(directory, manifest), join(target, manifest));
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
  // Those that the manifest named since; one that came and went in between shows in the manifest's length.
  await linkData(directory, target, linked);
  const { size } = await stat(join(target, manifest));
  const now = await readFile(join(directory, 'CURRENT'), 'utf8');
  if (now !== current || (await stat(join(directory, manifest))).size !== size) return false;
  for (const name of await readdir(directory)) {
    if (/^(CURRENT|OPTIONS-.*)$/.test(name))
      await copyFile(join(directory, name), join(target, name)).catch(ignoreGone);
  }
  return true;
}

/** Files that vanish meanwhile are of no set any more. */
async function linkData(directory: string, target: string, linked: Set<string>): Promise<void> {
  for (const name of (await readdir(directory)).filter(isData)) {
    if (linked.has(name)) continue;
    await link(join(directory, name), join(target, name)).then(() => linked.add(name), ignoreGone);
  }
}

function ignoreGone(error: unknown): void {
  if (!isGone(error)) throw error;
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
