// What the journal's tests share: random writes beside a map that says what they come to, and directories as a crash leaves
// them.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../../../base/random.ts';
import { encodePointer } from '../../../../log/embedded/journal/pointer.ts';
import type { LogStorage, StorageOperation } from '../../../../log/embedded/storage.ts';

/** Keys to what they should have. */
export type Model = Map<string, Buffer>;

export const everything = { gte: Buffer.alloc(0), lt: Buffer.of(0xff) };

/** What the storage holds is exactly what the model says. */
export async function assertHolds(storage: LogStorage, model: Model, message = ''): Promise<void> {
  const found = await storage.read(everything);
  const keys = [...model.keys()].sort();
  assert.deepEqual(
    found.map(({ key }) => key.toString()),
    keys,
    message,
  );
  for (const { key, value } of found) assert.ok(model.get(key.toString())?.equals(value), `${message} ${key}`);
}

/** Puts large and small, over others and not, and deletions. The keys of a long run are used again and again. */
export function randomWrite(random: Random, model: Model, keys = 60): StorageOperation[] {
  return Array.from({ length: 1 + random.int(6) }, (): StorageOperation => {
    const name = `key ${random.int(keys)}`;
    const key = Buffer.from(name);
    if (random.int(4) === 0) {
      model.delete(name);
      return { type: 'del', key };
    }
    const value = randomValue(random);
    const old = model.get(name);
    model.set(name, value);
    // Now and then nobody says that there was something: then room may be lost, and nothing else.
    const replaces = old !== undefined && random.int(10) > 0;
    return { type: 'put', key, value, ...(replaces && { replaces }) };
  });
}

function randomValue(random: Random): Buffer {
  const kind = random.int(8);
  if (kind === 0) return encodePointer({ segment: 1 + random.int(3), position: random.int(5000), length: 1024 });
  if (kind < 3) return Buffer.alloc(random.int(200), random.int(256));
  const value = Buffer.alloc(1024 + random.int(3000), random.int(256));
  value.writeUInt32BE(random.int(2 ** 31), 0);
  return value;
}

/** The index as it is now, then the journal: what a crash may leave, for the index may always be the older one. */
export function copyAsCrashed(from: string, to: string): void {
  copyIndex(from, to);
  copyJournal(from, to);
}

export function copyIndex(from: string, to: string): void {
  for (const name of readdirSync(from))
    if (name !== 'journal' && name !== 'LOCK') cpSync(join(from, name), join(to, name));
}

export function copyJournal(from: string, to: string): void {
  mkdirSync(join(to, 'journal'), { recursive: true });
  for (const name of segmentsIn(from).keys()) {
    try {
      copyFileSync(join(from, 'journal', name), join(to, 'journal', name));
    } catch (error) {
      // One may go while they are copied: then it has gone before the crash.
      assert.ok(error instanceof Error && 'code' in error && error.code === 'ENOENT', String(error));
    }
  }
}

/** The segments of a directory, by name, with their sizes. */
export function segmentsIn(directory: string): Map<string, number> {
  const journal = join(directory, 'journal');
  const names = existsSync(journal) ? readdirSync(journal).sort() : [];
  // One may go while they are looked at.
  const sizes = names.map((name) => [name, statSync(join(journal, name), { throwIfNoEntry: false })?.size] as const);
  return new Map(sizes.flatMap(([name, size]) => (size === undefined ? [] : [[name, size] as const])));
}

export function journalBytes(directory: string): number {
  return [...segmentsIn(directory).values()].reduce((sum, size) => sum + size, 0);
}
