// What a write leaves unused: the values that it deletes or replaces are looked up before it goes to the journal, where
// what they free stands beside it. Without deletions and marked replacements, which is what appending does, it costs nothing.

import type { StorageOperation } from '../storage.ts';
import type { Freed } from './frame.ts';
import type { LevelIndex } from './level-index.ts';
import { isLarge, isSame, type Pointer, pointerOf } from './pointer.ts';

/** A put that only moves its value is dropped if the key got another one meanwhile. */
export type JournalOperation = StorageOperation & { readonly movedFrom?: Pointer };

export interface Settled {
  readonly operations: readonly StorageOperation[];
  readonly freed: readonly Freed[];
}

export function isReplacing(operation: JournalOperation): boolean {
  return operation.type === 'del' || operation.replaces === true || operation.movedFrom !== undefined;
}

/** `segment` is where the write will stand. All writes before it are in the index, and none comes between. */
export async function settled(
  index: LevelIndex,
  operations: readonly JournalOperation[],
  segment: number,
): Promise<Settled> {
  const replacing = operations.filter(isReplacing);
  const values = await index.getMany(replacing.map(({ key }) => key));
  const pointers = new Map<string, Pointer | undefined>();
  for (const [at, { key }] of replacing.entries()) {
    const value = values[at];
    pointers.set(nameOf(key), value && pointerOf(value));
  }
  const freed = new Map<number, number>();
  const kept = operations.filter((operation) => {
    const name = nameOf(operation.key);
    const old = pointers.get(name);
    if (operation.movedFrom !== undefined && !isSame(operation.movedFrom, old)) return false;
    if (old !== undefined) freed.set(old.segment, (freed.get(old.segment) ?? 0) + old.length);
    const isPointed = operation.type === 'put' && isLarge(operation.value);
    // Where exactly matters to nobody: the same write may replace it, no more.
    pointers.set(name, isPointed ? { segment, position: -1, length: operation.value.length } : undefined);
    return true;
  });
  return { operations: kept, freed: [...freed].map(([each, bytes]) => ({ segment: each, bytes })) };
}

/** Every byte is one character. */
function nameOf(key: Buffer): string {
  return key.toString('latin1');
}
