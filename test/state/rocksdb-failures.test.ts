// What RocksDB's store says when it can't do its work: each case by its own code, with the directory in the message.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ErrorCode } from '../../base/error-catalogue.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { loadEngine } from '../../state/rocksdb/engine.ts';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';
import type { Store } from '../../state/store.ts';

test('a missing system library is told with what to install', async () => {
  const library = 'libatomic.so.1: cannot open shared object file: No such file or directory';
  const loader = new Error("Cannot load addon 'file:///rocksdb-native.node'", { cause: new Error(library) });
  await assert.rejects(
    loadEngine(() => Promise.reject(loader)),
    (error) => {
      assert.ok(isStockstreamError(error, 'STATE_ENGINE_MISSING'));
      assert.match(error.message, /libatomic\.so\.1/);
      assert.match(error.remedy, /apt-get install libatomic1/);
      return true;
    },
  );
});

test('a directory in use is refused, and free again once the other has closed', async (t) => {
  const directory = await place(t);
  const first = await openRocksdbStore({ directory });
  await assert.rejects(openRocksdbStore({ directory }), failure('STATE_IN_USE', directory));
  await first.close();
  await (await openRocksdbStore({ directory })).close();
});

test('a directory that cannot be made or written is refused', async (t) => {
  const file = join(await place(t), 'file');
  await writeFile(file, '');
  await assert.rejects(openRocksdbStore({ directory: file }), failure('STATE_STORAGE_FAILED', file));
  const below = join(file, 'below');
  await assert.rejects(openRocksdbStore({ directory: below }), failure('STATE_STORAGE_FAILED', below));
});

test('damage that shows at opening is told', async (t) => {
  for (const damage of [
    { of: /^CURRENT$/, by: (file: string) => writeFile(file, 'nonsense\n') },
    { of: /^MANIFEST/, by: (file: string) => writeFile(file, Buffer.alloc(500, 7)) },
    { of: /\.sst$/, by: (file: string) => truncate(file, 10) },
    { of: /\.sst$/, by: (file: string) => rm(file) },
  ]) {
    const directory = await place(t);
    await filled(directory);
    await damage.by(await fileOf(directory, damage.of));
    await assert.rejects(openRocksdbStore({ directory }), failure('STATE_STORE_DAMAGED', directory));
  }
});

test('damage that shows at reading is told', async (t) => {
  const directory = await place(t);
  await filled(directory);
  const file = await fileOf(directory, /\.sst$/);
  const content = await readFile(file);
  await writeFile(file, content.fill(0x55, 0, 50_000));
  const store = await openRocksdbStore({ directory });
  t.after(() => store.close());
  await assert.rejects(store.getMany([keyOf(0), keyOf(1)]), failure('STATE_STORE_DAMAGED', directory));
  const range = { gte: keyOf(0), lt: keyOf(10) };
  await assert.rejects(store.scan(range, { limit: 5 }), failure('STATE_STORE_DAMAGED', directory));
  await store.close();
  // Opening alone wouldn't find it, and whoever restarts would meet it again and again.
  await assert.rejects(openRocksdbStore({ directory }), failure('STATE_STORE_DAMAGED', directory));
});

test('after a failed write every later one fails, so that no gap is left', async (t) => {
  const directory = await place(t);
  const store = await openRocksdbStore({ directory, writeBufferBytes: 1 << 16 });
  t.after(() => store.close());
  await rm(directory, { recursive: true });
  const written = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => write(store, index, 50)));
  const firstFailure = written.findIndex(({ status }) => status === 'rejected');
  assert.ok(firstFailure > 0, 'the removed directory was noticed');
  for (const { status } of written.slice(firstFailure)) assert.equal(status, 'rejected');
  await assert.rejects(write(store, 0, 1), failure('STATE_STORAGE_FAILED', directory));
});

async function place(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'stockstream-failures-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Leaves a directory with a table file: more is written than fits into the memory for writes. */
async function filled(directory: string): Promise<void> {
  const store = await openRocksdbStore({ directory, writeBufferBytes: 1 << 16 });
  for (let start = 0; start < 2_000; start += 100) await write(store, start, 100);
  await store.close();
}

async function write(store: Store, start: number, count: number): Promise<void> {
  const batch = store.batch();
  for (let index = start; index < start + count; index++) batch.put(keyOf(index), Buffer.alloc(500, index));
  await store.write(batch);
}

function keyOf(index: number): Buffer {
  return Buffer.from(`key-${String(index).padStart(6, '0')}`);
}

/** The first file, by name, that the pattern takes. */
async function fileOf(directory: string, pattern: RegExp): Promise<string> {
  const name = (await readdir(directory)).sort().find((each) => pattern.test(each));
  assert.ok(name, `a file like ${pattern}`);
  return join(directory, name);
}

function failure(code: ErrorCode, directory: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStockstreamError(error, code), `${code} expected: ${error}`);
    assert.ok(error.message.includes(directory));
    return true;
  };
}
