// The writes of one collection as MongoDB's own. Each is one statement on one document, whose filter is the guard by
// position: a document that is newer doesn't match, the upsert then tries to make another of the same id, and a
// duplicate key says so. Statements of one bulk run in any order, so a document has one statement a wave at most.
import { assert } from '../../../base/assert.ts';
import type { DocumentWrite, Json } from '../documents.ts';
import { checkName } from '../names.ts';
import { type StoredForm, storedElement, toStored } from './stored-form.ts';

/** One guarded statement, with what tells whether a document no longer needs it. */
export interface GuardedWrite {
  readonly id: string;
  readonly position: number;
  /** A document that isn't deleted needs it no more, however old it is. */
  readonly isInsert: boolean;
  readonly operation: Update | Replace;
}

interface Update {
  readonly updateOne: {
    readonly filter: Filter;
    readonly update: {
      readonly $set: Fields;
      readonly $unset: { readonly _deleted: '' };
      readonly $push?: { readonly [field: string]: unknown };
    };
    readonly upsert: true;
  };
}

interface Replace {
  readonly replaceOne: { readonly filter: Filter; readonly replacement: Fields; readonly upsert: true };
}

/** What one bulk is made of. */
export type Statement = Update | Replace | { readonly insertOne: { readonly document: StoredForm } };

type Filter = { readonly _id: string; readonly _position?: { readonly $lt: number }; readonly _deleted?: true };
type Fields = { readonly _position: number; readonly _deleted?: true; readonly [field: string]: unknown };

type Upsert = DocumentWrite & { readonly kind: 'upsert' };

/** Statements to be run a wave after the other, each wave in any order. Throws for names that aren't names. */
export function wavesOf(writes: readonly DocumentWrite[]): GuardedWrite[][] {
  for (const write of writes) checkNames(write);
  const waves: GuardedWrite[][] = [];
  for (const own of Map.groupBy(writes, ({ id }) => id).values()) {
    merged(own).forEach((write, wave) => {
      waves[wave] ??= [];
      waves[wave].push(guarded(write));
    });
  }
  return waves;
}

function checkNames(write: DocumentWrite): void {
  if (write.kind === 'delete') return;
  const set = Object.keys(write.set);
  for (const name of set) checkName(name);
  if (write.kind === 'insert') return;
  for (const name of Object.keys(write.append ?? {})) {
    checkName(name);
    assert(!set.includes(name), `${name} is set or appended to, not both`);
  }
}

/**
 * The fewest writes that do the same to one document as `writes` do. Writes come as the log has them, none left out in
 * between. So whatever position the document is at, setting fields that it was given by then again changes nothing, and
 * a write that only sets joins the next one. An append may not be done twice: what follows one is a write of its own.
 */
function merged(writes: readonly DocumentWrite[]): DocumentWrite[] {
  const result: DocumentWrite[] = [];
  let newest = -1;
  for (const write of writes) {
    const { offset } = write.position;
    if (offset <= newest) continue;
    if (write.kind !== 'insert') newest = offset;
    // Deleted is deleted, whatever came before.
    if (write.kind === 'delete') result.length = 0;
    const last = result.at(-1);
    const joined = last && joinedWrites(last, write);
    if (joined) result[result.length - 1] = joined;
    else result.push(write);
  }
  return result;
}

/** Undefined if each must be a statement of its own. */
function joinedWrites(first: DocumentWrite, second: DocumentWrite): Upsert | undefined {
  if (first.kind !== 'upsert' || second.kind !== 'upsert' || isAppending(first)) return undefined;
  const set: { [field: string]: Json } = { ...first.set, ...second.set };
  const append: { [field: string]: Json } = {};
  for (const [name, element] of Object.entries(second.append ?? {})) {
    const list = first.set[name];
    // An array that is known as a whole is set as a whole, with its new element.
    if (list === undefined) append[name] = element;
    else if (Array.isArray(list)) set[name] = [...list, element];
    else return undefined;
  }
  return { ...second, set, append };
}

function isAppending({ append }: Upsert): boolean {
  return append !== undefined && Object.keys(append).length > 0;
}

function guarded(write: DocumentWrite): GuardedWrite {
  const { id, kind } = write;
  const position = write.position.offset;
  return { id, position, isInsert: kind === 'insert', operation: operationOf(write, position) };
}

function operationOf(write: DocumentWrite, _position: number): Update | Replace {
  const older = { _id: write.id, _position: { $lt: _position } };
  switch (write.kind) {
    case 'upsert':
      return { updateOne: { filter: older, update: updateOf(write, _position), upsert: true } };
    case 'insert': {
      const replacement = { ...toStored(write.set), _position };
      return { replaceOne: { filter: { ...older, _deleted: true }, replacement, upsert: true } };
    }
    case 'delete':
      return { replaceOne: { filter: older, replacement: { _position, _deleted: true }, upsert: true } };
  }
}

function updateOf(write: Upsert, _position: number): Update['updateOne']['update'] {
  const update = { $set: { ...toStored(write.set), _position }, $unset: { _deleted: '' } } as const;
  if (!isAppending(write)) return update;
  const elements = Object.entries(write.append ?? {}).map(([name, element]) => [name, storedElement(element)]);
  return { ...update, $push: Object.fromEntries(elements) };
}

/** The document that a write makes where there is none. */
export function firstForm({ id, operation }: GuardedWrite): StoredForm {
  if ('replaceOne' in operation) return { _id: id, ...operation.replaceOne.replacement };
  const { $set, $push = {} } = operation.updateOne.update;
  const lists = Object.entries($push).map(([name, element]) => [name, [element]]);
  return { _id: id, ...$set, ...Object.fromEntries(lists) };
}
