// What every adapter of the checkpoint store must do. Registers its tests when called; an adapter gives empty stores.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';

export function checkpointsSuite(name: string, open: () => Promise<CheckpointStore>): void {
  const setUp = async (t: TestContext): Promise<CheckpointStore> => {
    const store = await open();
    t.after(() => store.close());
    return store;
  };

  it(`${name}: what was put is read, until it is deleted`, async (t) => {
    const store = await setUp(t);
    assert.equal(await read(store, 'tasks/shop_0/1/data'), undefined);
    await store.put('tasks/shop_0/1/data', Buffer.from('first'));
    await store.put('tasks/shop_0/1/data', Buffer.from('second'));
    await store.put('tasks/shop_0/1/empty', Buffer.alloc(0));
    assert.equal(String(await read(store, 'tasks/shop_0/1/data')), 'second');
    assert.equal((await read(store, 'tasks/shop_0/1/empty'))?.length, 0);
    await store.delete(['tasks/shop_0/1/data', 'tasks/shop_0/1/never']);
    await store.delete(['tasks/shop_0/1/data']);
    assert.equal(await read(store, 'tasks/shop_0/1/data'), undefined);
    assert.equal((await read(store, 'tasks/shop_0/1/empty'))?.length, 0);
  });

  it(`${name}: lists what begins with a prefix, in byte order`, async (t) => {
    const store = await setUp(t);
    assert.deepEqual(await store.list(''), []);
    const keys = ['tasks/shop_0/1/b', 'tasks/shop_0/1/a', 'tasks/shop_0/2/a', 'tasks/shop_01/1/a', 'tasks/@t/B/a'];
    for (const key of keys) await store.put(key, Buffer.from(key));
    assert.deepEqual(await store.list('tasks/shop_0/'), ['tasks/shop_0/1/a', 'tasks/shop_0/1/b', 'tasks/shop_0/2/a']);
    assert.deepEqual(await store.list('tasks/shop_0'), [...keys.slice(0, 4)].sort());
    assert.deepEqual(await store.list(''), [...keys].sort());
    assert.deepEqual(await store.list('threads/'), []);
    await store.delete(await store.list('tasks/shop_0/'));
    assert.deepEqual(await store.list(''), ['tasks/@t/B/a', 'tasks/shop_01/1/a']);
  });

  it(`${name}: lists more than a page holds`, async (t) => {
    const store = await setUp(t);
    const keys = Array.from({ length: 1_050 }, (_, index) => `tasks/a_0/1/${String(index).padStart(5, '0')}`);
    for (let from = 0; from < keys.length; from += 50) {
      await Promise.all(keys.slice(from, from + 50).map((key) => store.put(key, Buffer.from('x'))));
    }
    assert.deepEqual(await store.list('tasks/a_0/'), keys);
    await store.delete(keys);
    assert.deepEqual(await store.list(''), []);
  });

  it(`${name}: any bytes come back as they are`, async (t) => {
    const store = await setUp(t);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (bytes) => {
        await store.put('any', bytes);
        assert.deepEqual(await read(store, 'any'), Buffer.from(bytes));
      }),
      { numRuns: 20 },
    );
  });

  it(`${name}: megabytes come as a stream, which may be left`, async (t) => {
    const store = await setUp(t);
    const bytes = Buffer.alloc(5 << 20, 'megabytes ');
    await store.put('large', bytes);
    const left = await store.get('large');
    assert.equal(left?.bytes, bytes.length);
    left.stream.destroy();
    assert.deepEqual(await read(store, 'large'), bytes);
  });

  it(`${name}: shares files, where it can`, async (t) => {
    const store = await setUp(t);
    if (store.shared === undefined) return;
    const directory = await mkdtemp(join(tmpdir(), 'stockstream-shared-'));
    t.after(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'a'), 'content');
    await store.shared.put('threads/a/1/a', join(directory, 'a'));
    await store.shared.put('threads/a/1/a', join(directory, 'a'));
    await rm(join(directory, 'a'));
    assert.equal(String(await read(store, 'threads/a/1/a')), 'content');
    assert.deepEqual(await store.list(''), ['threads/a/1/a']);
    assert.equal(await store.shared.get('threads/a/1/a', join(directory, 'b')), true);
    assert.equal(await store.shared.get('threads/a/1/c', join(directory, 'c')), false);
    await store.delete(['threads/a/1/a']);
    assert.equal(await readFile(join(directory, 'b'), 'utf8'), 'content');
  });

  it(`${name}: what is no key is a fault of the program`, async (t) => {
    const store = await setUp(t);
    for (const key of ['', '/a', 'a/', '../a', 'a/../b', 'a//b', '.a', 'a b', 'a.part', 'a\\b', 'a/b/c/d/e/f/g']) {
      await assert.rejects(async () => store.get(key), /is no key/, key);
      await assert.rejects(async () => store.put(key, Buffer.from('x')), /is no key/, key);
    }
  });

  it(`${name}: answers nothing once it was closed`, async () => {
    const store = await open();
    await store.close();
    await store.close();
    const unavailable = { code: 'CHECKPOINTS_UNAVAILABLE' };
    await assert.rejects(store.get('a'), unavailable);
    await assert.rejects(store.put('a', Buffer.from('x')), unavailable);
    await assert.rejects(store.list(''), unavailable);
    await assert.rejects(store.delete(['a']), unavailable);
  });
}

async function read(store: CheckpointStore, key: string): Promise<Buffer | undefined> {
  const found = await store.get(key);
  if (found === undefined) return undefined;
  const bytes = await buffer(found.stream);
  assert.equal(found.bytes, bytes.length);
  return bytes;
}
