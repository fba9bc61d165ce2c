// The store suite's property: any sequence of batches leaves what a plain map, sorted by key, would hold.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RecordSpans } from '../../log/record-spans.ts';
import type { EntryRun, KeyRange, Store } from '../../state/store.ts';

/** Where a store keeps its content: opened any number of times, but one at a time. */
export interface StorePlace {
  open(): Promise<Store>;
  remove(): Promise<void>;
}

export type MakePlace = () => StorePlace;

const everything: KeyRange = { gte: Buffer.alloc(0), lt: Buffer.from([0xff]) };

/** Few short keys, so that operations meet. */
const anyKey = fc.uint8Array({ minLength: 1, maxLength: 2, max: 3 }).map((key) => Buffer.from(key));
const anyOperation = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key: anyKey, value: fc.uint8Array({ maxLength: 5 }) }),
  fc.record({ kind: fc.constant('delete' as const), key: anyKey }),
  fc.record({ kind: fc.constant('deleteRange' as const), gte: anyKey, lt: anyKey }),
  fc.record({
    kind: fc.constant('run' as const),
    prefix: anyKey,
    entries: fc.array(fc.record({ key: anyKey, value: fc.option(fc.uint8Array({ maxLength: 5 })) }), { maxLength: 4 }),
  }),
);

export async function agreesWithModel(makePlace: MakePlace): Promise<void> {
  const sequences = fc.array(fc.array(anyOperation, { maxLength: 8 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(sequences, anyKey, anyKey, async (sequence, gte, lt) => {
      const place = makePlace();
      const model = new Map<string, Buffer>();
      let store = await place.open();
      for (const [index, operations] of sequence.entries()) {
        const batch = store.batch();
        for (const operation of operations) {
          applyToModel(model, operation);
          if (operation.kind === 'put') batch.put(operation.key, Buffer.from(operation.value));
          else if (operation.kind === 'delete') batch.delete(operation.key);
          else if (operation.kind === 'deleteRange') batch.deleteRange(operation);
          else batch.putRun(runOf(operation));
        }
        await store.write(batch);
        if (index === 3) {
          await store.close();
          store = await place.open();
        }
      }
      const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
      const inRange = expected.filter(([key]) => key >= gte.toString('hex') && key < lt.toString('hex'));
      assert.deepEqual(await hexEntries(store, everything), expected);
      assert.deepEqual(await hexEntries(store, { gte, lt }), inRange);
      assert.deepEqual(await hexEntries(store, { gte, lt }, true), inRange.reverse());
      await store.close();
      await place.remove();
    }),
    { numRuns: 60 },
  );
}

type ModelOperation = typeof anyOperation extends fc.Arbitrary<infer Value> ? Value : never;

function applyToModel(model: Map<string, Buffer>, operation: ModelOperation): void {
  if (operation.kind === 'put') model.set(operation.key.toString('hex'), Buffer.from(operation.value));
  else if (operation.kind === 'delete') model.delete(operation.key.toString('hex'));
  else if (operation.kind === 'run') {
    for (const { key: rest, value } of operation.entries) {
      const key = Buffer.concat([operation.prefix, rest]);
      applyToModel(model, value === null ? { kind: 'delete', key } : { kind: 'put', key, value });
    }
  } else {
    const [gte, lt] = [operation.gte.toString('hex'), operation.lt.toString('hex')];
    for (const key of [...model.keys()]) if (key >= gte && key < lt) model.delete(key);
  }
}

type Run = Extract<ModelOperation, { readonly kind: 'run' }>;

/** Its bytes have others between them, as a changelog's have. */
function runOf({ prefix, entries }: Run): EntryRun {
  const spans = new RecordSpans();
  const pieces: Uint8Array[] = [];
  let end = 0;
  const place = (piece: Uint8Array) => {
    pieces.push(Buffer.from('between'), piece);
    end += 'between'.length + piece.length;
    return [end - piece.length, end] as const;
  };
  for (const { key, value } of entries) {
    const index = spans.add();
    spans.setKey(index, ...place(key));
    if (value !== null) spans.setValue(index, ...place(value));
  }
  return { bytes: Buffer.concat(pieces), prefix, spans };
}

async function hexEntries(store: Store, bounds: KeyRange, reverse = false): Promise<[string, Buffer][]> {
  const entries = await store.scan(bounds, { limit: 1_000, reverse });
  return entries.map(({ key, value }) => [key.toString('hex'), value]);
}
