// Where things lie in the store of a worker thread, and in a changelog. Everything of a task shares a prefix, so that
// dropping a task is one range delete. Times are 12 hexadecimal digits, so that byte order is time order.
//
//     <task> 0 e <store> 0 <key>           an entry
//     <task> 0 p                           the changelog position that all of the above stands at
//     <task> 0 t <time> <store> 0 <key>    an entry that expires, or a timer; may be stale: the entry decides
//
//     changelog key: <store> 0 <key>
import type { KeyRange } from './store.ts';

const timeDigits = 12;

export class TaskKeys {
  readonly #entries: string;
  /** With the key of a changelog's record behind it, it is the key of the entry that the record is of. */
  readonly entryPrefix: Buffer;
  readonly #times: string;
  /** Of the task's changelog position. */
  readonly position: Buffer;
  /** Everything of the task. */
  readonly all: KeyRange;

  constructor(task: string) {
    this.#entries = `${task}\0e`;
    this.entryPrefix = Buffer.from(this.#entries);
    this.#times = `${task}\0t`;
    this.position = Buffer.from(`${task}\0p`);
    this.all = { gte: Buffer.from(`${task}\0`), lt: Buffer.from(`${task}\x01`) };
  }

  entry(store: string, key: string): Buffer {
    return Buffer.from(`${this.#entries}${store}\0${key}`);
  }

  /** Of the entry that a record of the changelog is of, by the record's key. */
  entryOfRecord(changelogKey: Buffer): Buffer {
    const prefix = this.entryPrefix;
    const entry = Buffer.allocUnsafe(prefix.length + changelogKey.length);
    entry.set(prefix);
    entry.set(changelogKey, prefix.length);
    return entry;
  }

  /** Entries of a store with `from <= key < to`; an absent `to` means to the end. */
  entries(store: string, from = '', to?: string): KeyRange {
    const lt = to === undefined ? `${this.#entries}${store}\x01` : `${this.#entries}${store}\0${to}`;
    return { gte: this.entry(store, from), lt: Buffer.from(lt) };
  }

  /** The key within its store, of an entry's bytes. */
  keyOf(store: string, entry: Buffer): string {
    return entry.toString('utf8', this.entryPrefix.length + Buffer.byteLength(store) + 1);
  }

  /** Whether these bytes, of this task, are the key of an entry. */
  isEntry(bytes: Buffer): boolean {
    return bytes[this.all.gte.length] === entryKind;
  }

  /** Whose entry these bytes are the key of. */
  entryOf(entry: Buffer): { store: string; key: string } {
    return splitChangelogKey(entry.subarray(this.entryPrefix.length));
  }

  time(at: number, store: string, key: string): Buffer {
    return Buffer.from(`${this.#times}${hexTime(at)}${store}\0${key}`);
  }

  /** All time rows at `from` or later. */
  timesFrom(from: number): KeyRange {
    return { gte: Buffer.from(`${this.#times}${hexTime(from)}`), lt: Buffer.from(`${this.#times}g`) };
  }

  timeOf(row: Buffer): TimeRow {
    const start = Buffer.byteLength(this.#times);
    const at = Number.parseInt(row.toString('latin1', start, start + timeDigits), 16);
    return { at, ...splitChangelogKey(row.subarray(start + timeDigits)) };
  }
}

const entryKind = 'e'.charCodeAt(0);

export interface TimeRow {
  readonly at: number;
  readonly store: string;
  readonly key: string;
}

export function changelogKey(store: string, key: string): string {
  return `${store}\0${key}`;
}

/** The store's part of a changelog key. */
export function storeOfChangelogKey(bytes: Buffer): string {
  return bytes.toString('latin1', 0, bytes.indexOf(0));
}

export function splitChangelogKey(bytes: Buffer): { store: string; key: string } {
  const end = bytes.indexOf(0);
  return { store: bytes.toString('utf8', 0, end), key: bytes.toString('utf8', end + 1) };
}

function hexTime(at: number): string {
  return Math.max(0, Math.floor(at)).toString(16).padStart(timeDigits, '0');
}
