// What every adapter of the store port must do. Registers its tests when called; an adapter gives places to open.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { KeyRange, Store } from '../../state/store.ts';
import { agreesWithModel, type MakePlace, type StorePlace } from './store-model.ts';

export function storeSuite(name: string, makePlace: MakePlace): void {
  const open = (t: TestContext) => openIn(t, makePlace());
  describe(`${name}: reads and writes`, () => readsAndWrites(open));
  describe(`${name}: batches`, () => batches(open));
  describe(`${name}: scans`, () => scans(open));
  it(`${name}: a snapshot sees what was there, whatever comes after`, (t) => snapshots(open, t));
  describe(`${name}: life`, () => life(makePlace));
  it(`${name}: agrees with a sorted list over any sequence of batches`, () => agreesWithModel(makePlace));
}

type Open = (t: TestContext) => Promise<Store>;

async function openIn(t: TestContext, place: StorePlace): Promise<Store> {
  const store = await place.open();
  t.after(async () => {
    await store.close();
    await place.remove();
  });
  return store;
}

function readsAndWrites(open: Open): void {
  it('knows nothing at first', async (t) => {
    const store = await open(t);
    assert.deepEqual(await store.getMany([bytes('a'), bytes('b')]), [undefined, undefined]);
    assert.deepEqual(await store.getMany([]), []);
    assert.deepEqual(await keysIn(store, everything), []);
  });

  it('gives back what was put, and the last of two', async (t) => {
    const store = await open(t);
    await put(store, { a: '1', b: '2' });
    await put(store, { b: '3' });
    assert.deepEqual(await store.getMany([bytes('a'), bytes('b')]), [bytes('1'), bytes('3')]);
  });

  it('forgets what was deleted, and takes a delete of nothing', async (t) => {
    const store = await open(t);
    await put(store, { a: '1', b: '2' });
    const batch = store.batch();
    batch.delete(bytes('a'));
    batch.delete(bytes('never'));
    await store.write(batch);
    assert.deepEqual(await keysIn(store, everything), ['b']);
  });

  it('answers in the order asked, twice for a key asked twice', async (t) => {
    const store = await open(t);
    await put(store, { a: '1', b: '2', c: '3' });
    const asked = ['c', 'missing', 'a', 'c', 'b'].map(bytes);
    const values = (await store.getMany(asked)).map((value) => value?.toString());
    assert.deepEqual(values, ['3', undefined, '1', '3', '2']);
  });

  it('keeps empty values apart from missing ones', async (t) => {
    const store = await open(t);
    await put(store, { a: '' });
    assert.deepEqual(await store.getMany([bytes('a'), bytes('b')]), [Buffer.alloc(0), undefined]);
    assert.deepEqual(await store.scan(everything, { limit: 9 }), [{ key: bytes('a'), value: Buffer.alloc(0) }]);
  });

  it('keeps every byte of keys and values', async (t) => {
    const store = await open(t);
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const keys = [
      Buffer.from([0]),
      Buffer.from([0, 0]),
      Buffer.from([0x7f]),
      Buffer.from([0x80]),
      Buffer.from([0xff]),
      all,
    ];
    const batch = store.batch();
    for (const key of keys) batch.put(key, Buffer.concat([key, all]));
    await store.write(batch);
    assert.deepEqual(
      await store.getMany(keys),
      keys.map((key) => Buffer.concat([key, all])),
    );
  });

  it('keeps a value of a megabyte', async (t) => {
    const store = await open(t);
    const large = Buffer.alloc(1 << 20, 'megabyte');
    const batch = store.batch();
    batch.put(bytes('large'), large);
    await store.write(batch);
    const [value] = await store.getMany([bytes('large')]);
    assert.ok(value?.equals(large));
  });

  it('keeps ten thousand keys', async (t) => {
    const store = await open(t);
    const keys = Array.from({ length: 10_000 }, (_, index) => bytes(`key-${String(index).padStart(5, '0')}`));
    const batch = store.batch();
    for (const key of [...keys].reverse()) batch.put(key, key);
    assert.equal(batch.size, 10_000);
    await store.write(batch);
    assert.deepEqual(await store.getMany(keys), keys);
    const scanned = await store.scan(everything, { limit: 20_000 });
    assert.deepEqual(
      scanned.map(({ key }) => key),
      keys,
    );
  });

  it('leaves the caller its buffers once the write has resolved', async (t) => {
    const store = await open(t);
    const [key, value] = [bytes('key'), bytes('value')];
    const batch = store.batch();
    batch.put(key, value);
    await store.write(batch);
    key.fill('x');
    value.fill('x');
    assert.deepEqual(await store.scan(everything, { limit: 2 }), [{ key: bytes('key'), value: bytes('value') }]);
  });
}

function batches(open: Open): void {
  it('does nothing before the write, nor ever for a batch that is dropped', async (t) => {
    const store = await open(t);
    const dropped = store.batch();
    dropped.put(bytes('a'), bytes('1'));
    assert.deepEqual(await store.getMany([bytes('a')]), [undefined]);
  });

  it('takes an empty batch', async (t) => {
    const store = await open(t);
    assert.equal(store.batch().size, 0);
    await store.write(store.batch());
    assert.deepEqual(await keysIn(store, everything), []);
  });

  it('applies operations in the order of the calls', async (t) => {
    const store = await open(t);
    await put(store, { a: 'old', b: 'old', c: 'old' });
    const batch = store.batch();
    batch.put(bytes('a'), bytes('lost'));
    batch.put(bytes('d'), bytes('1'));
    batch.deleteRange(range('a', 'c'));
    batch.put(bytes('b'), bytes('new'));
    batch.delete(bytes('d'));
    batch.put(bytes('d'), bytes('2'));
    batch.put(bytes('e'), bytes('3'));
    batch.delete(bytes('e'));
    await store.write(batch);
    assert.deepEqual(await contentOf(store), { b: 'new', c: 'old', d: '2' });
  });

  it('deletes a range up to its end, exclusively', async (t) => {
    const store = await open(t);
    await put(store, { a: '1', b: '2', ba: '3', c: '4', d: '5' });
    await deleteRange(store, range('b', 'c'));
    assert.deepEqual(await contentOf(store), { a: '1', c: '4', d: '5' });
    assert.deepEqual(await store.getMany([bytes('b'), bytes('ba')]), [undefined, undefined]);
  });

  it('deletes nothing in an empty or a reversed range', async (t) => {
    const store = await open(t);
    await put(store, { a: '1', b: '2' });
    await deleteRange(store, range('a', 'a'));
    await deleteRange(store, range('c', 'a'));
    await deleteRange(store, range('x', 'z'));
    assert.deepEqual(await contentOf(store), { a: '1', b: '2' });
  });

  it('shows all or nothing of a batch to reads meanwhile', async (t) => {
    const store = await open(t);
    const keys = Array.from({ length: 50 }, (_, index) => bytes(`k${index}`));
    for (let round = 0; round < 40; round++) {
      const batch = store.batch();
      for (const key of keys) batch.put(key, bytes(String(round)));
      const written = store.write(batch);
      const [seen, scanned] = await Promise.all([store.getMany(keys), store.scan(everything, { limit: 100 })]);
      assert.equal(new Set(seen.map(String)).size, 1, `a multi-get saw a part of batch ${round}`);
      assert.ok(new Set(scanned.map(({ value }) => String(value))).size <= 1, `a scan saw a part of batch ${round}`);
      await written;
    }
  });

  it('applies batches in the order of the writes, without waiting between them', async (t) => {
    const store = await open(t);
    const keys = Array.from({ length: 20 }, (_, index) => bytes(`key-${index}`));
    const writes: Promise<void>[] = [];
    for (const key of keys) {
      // The second of each pair is short, so that it would overtake the first if it could.
      const [long, short] = [store.batch(), store.batch()];
      long.put(key, bytes('first'));
      for (let fill = 0; fill < 1_000; fill++) long.put(bytes(`fill-${fill}`), key);
      short.put(key, bytes('second'));
      writes.push(store.write(long), store.write(short));
    }
    await Promise.all(writes);
    assert.deepEqual(
      (await store.getMany(keys)).map(String),
      keys.map(() => 'second'),
    );
  });
}

async function snapshots(open: Open, t: TestContext): Promise<void> {
  const store = await open(t);
  await put(store, { a: '1', b: '2', c: '3' });
  const snapshot = store.snapshot();
  await put(store, { a: '4', d: '5' });
  const batch = store.batch();
  batch.delete(bytes('b'));
  batch.deleteRange({ gte: bytes('c'), lt: bytes('e') });
  await store.write(batch);
  assert.deepEqual(await snapshot.getMany(['a', 'b', 'c', 'd'].map(bytes)), [...['1', '2', '3'].map(bytes), undefined]);
  const seen = await snapshot.scan(everything, { limit: 10 });
  assert.deepEqual(
    seen.map(({ key, value }) => `${key}${value}`),
    ['a1', 'b2', 'c3'],
  );
  await snapshot.close();
  assert.deepEqual(await keysIn(store, everything), ['a']);
  const after = store.snapshot();
  assert.deepEqual(await after.getMany([bytes('a')]), [bytes('4')]);
  await after.close();
}

function scans(open: Open): void {
  const letters = { a: '1', b: '2', c: '3', d: '4', e: '5' };

  it('includes the lower bound and excludes the upper, both ways', async (t) => {
    const store = await open(t);
    await put(store, letters);
    assert.deepEqual(await keysIn(store, range('b', 'd')), ['b', 'c']);
    assert.deepEqual(await keysIn(store, range('b', 'd'), { reverse: true }), ['c', 'b']);
    assert.deepEqual(await keysIn(store, range('aa', 'cc')), ['b', 'c']);
    assert.deepEqual(await keysIn(store, range('aa', 'cc'), { reverse: true }), ['c', 'b']);
  });

  it('stops at the limit', async (t) => {
    const store = await open(t);
    await put(store, letters);
    for (const [limit, forward, backward] of [
      [0, '', ''],
      [1, 'a', 'e'],
      [4, 'abcd', 'edcb'],
      [5, 'abcde', 'edcba'],
      [6, 'abcde', 'edcba'],
    ] as const) {
      assert.equal((await keysIn(store, everything, { limit })).join(''), forward);
      assert.equal((await keysIn(store, everything, { limit, reverse: true })).join(''), backward);
    }
  });

  it('finds nothing in an empty or a reversed range', async (t) => {
    const store = await open(t);
    await put(store, letters);
    for (const [from, to] of [
      ['c', 'c'],
      ['d', 'b'],
      ['', ''],
      ['x', 'z'],
      ['a', ''],
    ] as const) {
      assert.deepEqual(await keysIn(store, range(from, to)), []);
      assert.deepEqual(await keysIn(store, range(from, to), { reverse: true }), []);
    }
  });

  it('orders by unsigned bytes, a prefix first', async (t) => {
    const store = await open(t);
    const ordered = [[0], [0, 0], [0, 0xff], [1], [0x7f, 0xff], [0x80], [0xfe, 0xff], [0xff], [0xff, 0], [0xff, 0xff]];
    const batch = store.batch();
    for (const key of [...ordered].reverse()) batch.put(Buffer.from(key), Buffer.alloc(0));
    await store.write(batch);
    const scan = async (from: number[], to: number[], reverse = false) => {
      const bounds = { gte: Buffer.from(from), lt: Buffer.from(to) };
      return (await store.scan(bounds, { limit: 99, reverse })).map(({ key }) => [...key]);
    };
    assert.deepEqual(await scan([], [0xff, 0xff, 0xff]), ordered);
    assert.deepEqual(await scan([], [0xff, 0xff, 0xff], true), [...ordered].reverse());
    assert.deepEqual(await scan([0xff], [0xff, 0xff]), [[0xff], [0xff, 0]]);
    assert.deepEqual(await scan([0, 0], [1], true), [
      [0, 0xff],
      [0, 0],
    ]);
  });

  it('goes on page by page from the last key', async (t) => {
    const store = await open(t);
    const keys = Array.from({ length: 2_500 }, (_, index) => String(index).padStart(4, '0'));
    await put(store, Object.fromEntries(keys.map((key) => [key, key])));
    const seen: string[] = [];
    for (let from = bytes(''); ; ) {
      const page = await store.scan({ gte: from, lt: bytes(':') }, { limit: 333 });
      seen.push(...page.map(({ key }) => key.toString()));
      if (page.length < 333) break;
      from = Buffer.concat([page.at(-1)!.key, Buffer.from([0])]);
    }
    assert.deepEqual(seen, keys);
    assert.deepEqual(await keysIn(store, everything, { limit: 2_400, reverse: true }), keys.reverse().slice(0, 2_400));
  });
}

function life(makePlace: MakePlace): void {
  it('keeps its content over closing and opening', async (t) => {
    const place = makePlace();
    const first = await place.open();
    await put(first, { a: '1', b: '2', c: '3' });
    await deleteRange(first, range('b', 'c'));
    await first.close();
    const second = await openIn(t, place);
    assert.deepEqual(await contentOf(second), { a: '1', c: '3' });
  });

  it('finishes writes under way before it closes', async (t) => {
    const place = makePlace();
    const first = await place.open();
    const writes = [put(first, { a: '1' }), put(first, { b: '2' })];
    await first.close();
    await Promise.all(writes);
    const second = await openIn(t, place);
    assert.deepEqual(await contentOf(second), { a: '1', b: '2' });
  });

  it('refuses every use once it is closed, except closing', async (t) => {
    const store = await openIn(t, makePlace());
    const batch = store.batch();
    batch.put(bytes('a'), bytes('1'));
    await store.close();
    await store.close();
    const closed = (error: unknown) => isStockstreamError(error, 'STATE_CLOSED');
    await assert.rejects(store.getMany([bytes('a')]), closed);
    await assert.rejects(store.scan(everything, { limit: 1 }), closed);
    await assert.rejects(store.write(batch), closed);
  });
}

const everything: KeyRange = { gte: Buffer.alloc(0), lt: Buffer.from([0xff, 0xff, 0xff, 0xff]) };

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

function range(gte: string, lt: string): KeyRange {
  return { gte: bytes(gte), lt: bytes(lt) };
}

async function put(store: Store, entries: { readonly [key: string]: string }): Promise<void> {
  const batch = store.batch();
  for (const [key, value] of Object.entries(entries)) batch.put(bytes(key), bytes(value));
  await store.write(batch);
}

async function deleteRange(store: Store, bounds: KeyRange): Promise<void> {
  const batch = store.batch();
  batch.deleteRange(bounds);
  await store.write(batch);
}

async function keysIn(
  store: Store,
  bounds: KeyRange,
  options: { limit?: number; reverse?: boolean } = {},
): Promise<string[]> {
  return (await store.scan(bounds, { limit: 99_999, ...options })).map(({ key }) => key.toString());
}

async function contentOf(store: Store): Promise<{ [key: string]: string }> {
  const entries = await store.scan(everything, { limit: 99_999 });
  return Object.fromEntries(entries.map(({ key, value }) => [key.toString(), value.toString()]));
}
