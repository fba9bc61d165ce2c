// A document as MongoDB keeps it, and back:
//
//     { _id: <id>, _position: <offset of its last write>, <field>: <value>, ... }
//     { _id: <id>, _position: <offset>, _deleted: true }                            once it was deleted
//
// Fields stand at the top, under their own names, which never begin with `_`. Keys inside of values may be anything:
// a `.`, a `$` in front, NUL and `%` are written as %2E, %24, %00 and %25, so that no server takes one for an operator.
// A list right inside of a list is { %: <list> }, for FerretDB has none there.
import type { Json, JsonObject, StoredDocument } from '../documents.ts';

export interface StoredForm {
  readonly _id: string;
  readonly _position: number;
  readonly _deleted?: true;
  readonly [field: string]: unknown;
}

/** Values of a write, ready to be stored; the names of its fields were checked. */
export function toStored(fields: JsonObject): { [field: string]: unknown } {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, storedValue(value)]));
}

/** Undefined for what is no document any more. */
export function fromStored(stored: StoredForm): StoredDocument | undefined {
  const { _id, _position, _deleted, ...fields } = stored;
  return _deleted ? undefined : { id: _id, fields: jsonOf(fields) as JsonObject, position: _position };
}

function storedValue(value: Json): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(storedElement);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [storedKey(key), storedValue(each)]));
}

/** What stands in a list, or is appended to one. */
export function storedElement(value: Json): unknown {
  const stored = storedValue(value);
  return Array.isArray(stored) ? { [innerList]: stored } : stored;
}

function jsonOf(stored: unknown): Json {
  if (typeof stored !== 'object' || stored === null) return stored as Json;
  if (isList(stored)) return stored.map(jsonOf);
  if (innerList in stored) return jsonOf(stored[innerList]);
  return Object.fromEntries(Object.entries(stored).map(([key, each]) => [keyOf(key), jsonOf(each)]));
}

/** No key of a value is stored as this. */
const innerList = '%';

function storedKey(key: string): string {
  return /[.%\0]|^\$/.test(key) ? key.replace(/[.%\0]|^\$/g, escapeOf) : key;
}

function keyOf(stored: string): string {
  return stored.includes('%') ? stored.replace(/%([0-9A-F]{2})/g, (_, code) => characterOf(code)) : stored;
}

function escapeOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function characterOf(code: string): string {
  return String.fromCharCode(Number.parseInt(code, 16));
}

/** `Array.isArray` that knows readonly arrays. */
function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
