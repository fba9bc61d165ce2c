// The documents suite's properties: any replay leaves what a plain fold of the writes leaves, and the pages of any find
// are the sorted, filtered list in pieces.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Documents, DocumentWrite, Json, JsonObject, StoredDocument } from '../../views/documents/documents.ts';

/** Where documents are kept: opened any number of times, each time with everything that was applied. */
export interface DocumentsPlace {
  open(): Documents | Promise<Documents>;
  remove(): Promise<void>;
}

export type MakeDocumentsPlace = () => DocumentsPlace;

const collection = 'things';
const source = { topic: 'source', partition: 0 };

type Change =
  | { readonly kind: 'upsert'; readonly set: JsonObject; readonly append: JsonObject }
  | { readonly kind: 'insert'; readonly set: JsonObject }
  | { readonly kind: 'delete' };

// JSON has no -0, which fast-check's values have and a store of doubles keeps.
const anyJson = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
const anyScalars = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(anyJson, fc.integer()), { maxKeys: 3 });
const anyLists = fc.dictionary(fc.constantFrom('list', 'notes'), fc.array(anyJson, { maxLength: 2 }), {
  maxKeys: 1,
});
const anyFields = fc.tuple(anyScalars, anyLists).map(([scalars, lists]) => ({ ...scalars, ...lists }));
const anyChange = fc.oneof(
  fc.record({
    kind: fc.constant('upsert' as const),
    set: anyFields,
    append: fc.dictionary(fc.constantFrom('list', 'notes'), anyJson, { maxKeys: 2 }),
  }),
  fc.record({ kind: fc.constant('insert' as const), set: anyFields }),
  fc.record({ kind: fc.constant('delete' as const) }),
);
const anyLog = fc.array(fc.record({ id: fc.constantFrom('x', 'y', 'z'), change: anyChange }), { maxLength: 25 });
/** How far to go back, then how far to go on, again and again. */
const anySteps = fc.array(fc.record({ back: fc.nat(12), on: fc.nat(15), reopen: fc.boolean() }), { maxLength: 6 });

export async function replaysChangeNothing(makePlace: MakeDocumentsPlace): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyLog, anySteps, async (log, steps) => {
      const writes = log.map(({ id, change }, offset) => writeOf(id, change as Change, offset));
      const place = makePlace();
      let documents = await openThings(place);
      try {
        let applied = 0;
        for (const { back, on, reopen } of steps) {
          const from = Math.max(0, applied - back);
          const to = Math.min(writes.length, from + on);
          await documents.apply(writes.slice(from, to));
          applied = Math.max(applied, to);
          if (!reopen) continue;
          await documents.close();
          documents = await openThings(place);
        }
        await documents.apply(writes.slice(applied));
        await assertHolds(documents, foldOf(writes));
      } finally {
        await documents.close();
        await place.remove();
      }
    }),
    { numRuns: 80 },
  );
}

async function assertHolds(documents: Documents, expected: ReadonlyMap<string, StoredDocument>): Promise<void> {
  const ids = ['x', 'y', 'z'];
  assert.deepEqual(
    await documents.getMany(collection, ids),
    ids.map((id) => expected.get(id)),
  );
  assert.equal(await documents.count(collection), expected.size);
}

async function openThings(place: DocumentsPlace): Promise<Documents> {
  const documents = await place.open();
  await documents.open([{ name: collection, indexes: [{ name: 'byA', fields: ['a'] }] }]);
  return documents;
}

function writeOf(id: string, change: Change, offset: number): DocumentWrite {
  const write = { collection, id, position: { ...source, offset }, ...change };
  if (write.kind !== 'upsert') return write;
  // A field is set or appended to, never both.
  const append = Object.fromEntries(Object.entries(write.append).filter(([name]) => !(name in write.set)));
  return { ...write, append };
}

/** What the port's own words say, once over and in order. */
function foldOf(writes: readonly DocumentWrite[]): Map<string, StoredDocument> {
  const documents = new Map<string, StoredDocument>();
  for (const write of writes) {
    const { id } = write;
    const position = write.position.offset;
    const before = documents.get(id);
    if (write.kind === 'delete') documents.delete(id);
    else if (write.kind === 'insert') {
      if (before === undefined) documents.set(id, { id, position, fields: clean(write.set) });
    } else {
      const fields: { [name: string]: Json } = { ...before?.fields, ...clean(write.set) };
      for (const [name, element] of Object.entries(clean(write.append ?? {}))) {
        fields[name] = [...((fields[name] as readonly Json[] | undefined) ?? []), element];
      }
      documents.set(id, { id, position, fields });
    }
  }
  return documents;
}

/** As JSON has it: own plain objects. */
function clean(fields: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(fields));
}

const anyRow = fc.record({
  color: fc.option(fc.constantFrom('red', 'green', 'blue')),
  size: fc.option(fc.integer({ min: -3, max: 3 })),
  name: fc.option(fc.string({ unit: 'grapheme', maxLength: 3 }), { nil: undefined }),
});
const anyCondition = fc.record(
  {
    color: fc.oneof(fc.constantFrom('red', 'green', null), fc.record({ in: fc.subarray(['red', 'blue', 'black']) })),
    size: fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.record({ gte: fc.integer({ min: -3, max: 3 }), lt: fc.integer({ min: -3, max: 3 }) }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
);
const anySort = fc.record({
  field: fc.constantFrom('size', 'name', 'color', 'id'),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
});

export async function pagesAreTheSortedList(documents: Documents): Promise<void> {
  const indexes = [{ name: 'byColor', fields: ['color', 'size'] }];
  await documents.open([{ name: 'rows', indexes }]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRow, { maxLength: 20 }),
      anyCondition,
      anySort,
      fc.integer({ min: 1, max: 6 }),
      async (rows, where, sort, limit) => {
        await documents.clear('rows');
        const all = rows.map((row, offset) => ({
          id: `row-${offset}`,
          fields: clean(row as JsonObject),
          position: offset,
        }));
        await documents.apply(
          all.map(({ id, fields, position }) => ({
            collection: 'rows',
            kind: 'insert',
            id,
            set: fields,
            position: { ...source, offset: position },
          })),
        );
        const seen: StoredDocument[] = [];
        for (let cursor: string | undefined; ; ) {
          const page = await documents.find('rows', { where, sort, limit, cursor });
          assert.ok(seen.length < rows.length || page.documents.length === 0, 'pages come to an end');
          assert.ok(page.documents.length === limit || page.cursor === undefined, 'a short page has no next one');
          seen.push(...page.documents);
          cursor = page.cursor;
          if (cursor === undefined) break;
        }
        const sign = sort.direction === 'asc' ? 1 : -1;
        const expected = all
          .filter(({ fields }) => Object.entries(where).every(([name, condition]) => meets(fields[name], condition)))
          .sort((a, b) => sign * (compare(sortValue(a, sort.field), sortValue(b, sort.field)) || compare(a.id, b.id)));
        assert.deepEqual(seen, expected);
      },
    ),
    { numRuns: 150 },
  );
}

function sortValue({ id, fields }: StoredDocument, field: string): Json {
  return field === 'id' ? id : (fields[field] ?? null);
}

function meets(value: Json | undefined, condition: unknown): boolean {
  if (condition === null) return value === undefined || value === null;
  if (typeof condition !== 'object') return value === condition;
  if ('in' in condition!) return (condition.in as unknown[]).includes(value);
  const { gte = -Infinity, lt = Infinity } = condition as { gte?: number; lt?: number };
  if (Object.values(condition!).every((bound) => bound === undefined)) return true;
  return typeof value === 'number' && value >= gte && value < lt;
}

function compare(a: Json, b: Json): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
