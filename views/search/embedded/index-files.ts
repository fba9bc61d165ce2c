// The files of an index: the database with what SQLite keeps beside it. One of another form is set aside, whatever form
// that is: every form has had ids, positions and contents in these tables, and the index is made anew of them.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EncodedWrite } from './calls.ts';

const formerMark = '-former';
const listingsInStep = 256;

/** A closed database; what an earlier one left wasn't taken in, so that this one has nothing that it hasn't. */
export function setAside(file: string): void {
  const former = file + formerMark;
  if (!existsSync(former)) renameSync(file, former);
  for (const path of filesOf(file)) if (path !== former) rmSync(path);
}

/** What the index that was set aside has; nothing if there is none. */
export function* formerWrites(file: string): Generator<readonly EncodedWrite[]> {
  if (!existsSync(file + formerMark)) return;
  const database = new DatabaseSync(file + formerMark, { readOnly: true });
  try {
    const sql = 'SELECT id, position, content FROM listings LEFT JOIN contents USING (slot)';
    let writes: EncodedWrite[] = [];
    for (const { id, position, content } of database.prepare(sql).iterate()) {
      const removed = content === null;
      writes.push({ id: String(id), position: Number(position), content: removed ? undefined : String(content) });
      if (writes.length < listingsInStep) continue;
      yield writes;
      writes = [];
    }
    yield writes;
  } finally {
    database.close();
  }
}

export function removeFormer(file: string): void {
  for (const path of filesOf(file + formerMark)) rmSync(path);
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
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name === basename(file) || name.startsWith(`${basename(file)}-`))
    .map((name) => join(folder, name));
}
