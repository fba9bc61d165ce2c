// What a view's documents must be: the fold of the writes that its records project to, as the documents port defines
// them. Also of a stretch of the log that doesn't begin at its beginning: then it knows what was written since, and
// holds a document only to that.
import type { DocumentWrite, Json, JsonObject, StoredDocument } from './documents/documents.ts';

/** What is known of one document. */
interface Folded {
  /** Of the last write; -1 if none of it counts. */
  position: number;
  isDeleted: boolean;
  /** Whether it was made within the stretch, so that nothing of it is unknown. */
  isWhole: boolean;
  /** Fields that were set, and what was appended since. */
  readonly set: Map<string, Json>;
  /** What was appended to fields that were set before the stretch. */
  readonly appended: Map<string, Json[]>;
}

/** How a document differs from the fold. */
export interface Difference {
  readonly expected: string;
  readonly found: string;
}

export class DocumentFold {
  readonly #documents = new Map<string, Folded>();
  readonly #isWhole: boolean;

  /** `isWhole`: the first record of the topic is the first that is given. */
  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  get ids(): readonly string[] {
    return [...this.#documents.keys()];
  }

  /** In the order of the log. */
  apply(write: DocumentWrite): void {
    const before = this.#documents.get(write.id);
    const { offset } = write.position;
    // The port takes a second write at the same position for a replay.
    if (before !== undefined && offset <= before.position) return;
    switch (write.kind) {
      case 'insert':
        if (before === undefined || before.isDeleted) this.#insert(write.id, write.set, offset);
        return;
      case 'delete':
        this.#documents.set(write.id, { ...empty(), position: offset, isDeleted: true, isWhole: true });
        return;
      case 'upsert': {
        // A deleted document starts again from nothing.
        const folded = before === undefined || before.isDeleted ? empty() : before;
        folded.isWhole = before === undefined ? this.#isWhole : before.isWhole;
        folded.position = offset;
        for (const [field, value] of Object.entries(write.set)) {
          folded.set.set(field, value);
          folded.appended.delete(field);
        }
        for (const [field, value] of Object.entries(write.append ?? {})) append(folded, field, value);
        this.#documents.set(write.id, folded);
      }
    }
  }

  /** The position of the last write that is known of a document. */
  positionOf(id: string): number | undefined {
    return this.#documents.get(id)?.position;
  }

  /** Undefined if the document is as it must be, or if the fold can't say. */
  compare(id: string, document: StoredDocument | undefined): Difference | undefined {
    const folded = this.#documents.get(id);
    if (folded === undefined) {
      if (document === undefined || !this.#isWhole) return undefined;
      return { expected: 'no document: no record speaks of it', found: `one at position ${document.position}` };
    }
    if (folded.isDeleted) {
      return document === undefined ? undefined : { expected: 'no document: it was deleted', found: 'one' };
    }
    if (folded.position < 0) return undefined;
    if (document === undefined) return { expected: `a document at position ${folded.position}`, found: 'none' };
    if (document.position !== folded.position) {
      return { expected: `position ${folded.position}`, found: `position ${document.position}` };
    }
    return compareFields(folded, document.fields);
  }

  /** The write that makes a document what it must be; undefined where the fold doesn't know all of it. */
  whole(id: string): { readonly position: number; readonly fields: JsonObject | undefined } | undefined {
    const folded = this.#documents.get(id);
    if (folded === undefined || !folded.isWhole) return undefined;
    const fields = Object.fromEntries([...folded.set, ...folded.appended]);
    return { position: folded.position, fields: folded.isDeleted ? undefined : fields };
  }

  #insert(id: string, set: JsonObject, position: number): void {
    // An earlier record may have made it: then what is in there can't be told.
    const isWhole = this.#isWhole || this.#documents.has(id);
    const folded = { ...empty(), position: isWhole ? position : -1, isWhole };
    if (isWhole) for (const [field, value] of Object.entries(set)) folded.set.set(field, value);
    this.#documents.set(id, folded);
  }
}

function empty(): Folded {
  return { position: -1, isDeleted: false, isWhole: false, set: new Map(), appended: new Map() };
}

function append(folded: Folded, field: string, value: Json): void {
  const set = folded.set.get(field);
  if (Array.isArray(set)) folded.set.set(field, [...set, value]);
  else folded.appended.set(field, [...(folded.appended.get(field) ?? []), value]);
}

function compareFields({ set, appended, isWhole }: Folded, fields: JsonObject): Difference | undefined {
  const wrong: [string, unknown, unknown][] = [];
  for (const [field, value] of set) if (!same(fields[field], value)) wrong.push([field, value, fields[field]]);
  for (const [field, values] of appended) {
    const found = fields[field];
    const end = Array.isArray(found) ? (isWhole ? found : found.slice(-values.length)) : undefined;
    if (!same(end, values)) wrong.push([field, values, end]);
  }
  if (isWhole) {
    for (const field of Object.keys(fields)) {
      if (!set.has(field) && !appended.has(field)) wrong.push([field, undefined, fields[field]]);
    }
  }
  if (wrong.length === 0) return undefined;
  const told = (of: 1 | 2) =>
    wrong.map((each) => `${each[0]}: ${secret.test(each[0]) ? '(hidden)' : shown(each[of])}`).join(', ');
  return { expected: told(1), found: told(2) };
}

/** Equal as JSON: the order of an object's fields says nothing, and an absent field isn't null. */
function same(one: Json | undefined, other: Json | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((each, index) => same(each, other[index]));
  }
  const [left, right] = [one as JsonObject, other as JsonObject];
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => same(left[name], right[name]));
}

const mostShown = 200;
/** Fields whose values go into no report. */
const secret = /password/i;

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}...` : text;
}
