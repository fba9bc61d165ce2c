// Copies of a store's files: taken while it is written to they hold every batch whole, in their order; what is damaged is
// passed over; the store that they were taken from may change and vanish.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { openDirectoryCheckpoints } from '../../state/checkpoints/directory/directory-checkpoints.ts';
import { memoryCheckpoints } from '../../state/checkpoints/memory/memory-checkpoints.ts';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';
import type { Store } from '../../state/store.ts';
import { listImages, openNewestImage, takeImage, verifyImage } from '../../state/store-images.ts';

const root = mkdtempSync(join(tmpdir(), 'stockstream-images-'));
after(() => rmSync(root, { recursive: true, force: true }));

const number = (value: number) => Buffer.from(String(value).padStart(9, '0'));
const directoryOf = () => join(mkdtempSync(join(root, 'd')), 'state');

interface Place {
  readonly checkpoints: CheckpointStore;
  readonly store: Store;
  readonly take: () => ReturnType<typeof takeImage>;
  readonly open: () => Promise<{ store: Store; id: string; passedOver: string[] } | undefined>;
}

// Small memtables, so that files come and go.
async function place(writeBufferBytes = 64 << 10): Promise<Place> {
  const checkpoints = await openDirectoryCheckpoints(mkdtempSync(join(root, 'c')));
  const store = await openRocksdbStore({ directory: directoryOf(), writeBufferBytes });
  const options = {
    checkpoints,
    store,
    clock: systemClock,
    random: systemRandom,
    thread: 'app-0',
    codeVersion: '1',
    keepMs: 1000,
  };
  const open = async () => {
    const directory = directoryOf();
    const passedOver: string[] = [];
    const found = await openNewestImage(checkpoints, {
      ...{ thread: 'app-0', directory, open: () => openRocksdbStore({ directory }) },
      onPassedOver: (error) => passedOver.push(String(error)),
    });
    return found && { store: found.opened, id: found.manifest.id, passedOver };
  };
  return { checkpoints, store, take: () => takeImage(options), open };
}

/** Batch `n` moves the mark to n, adds an entry n, and drops one of those before. */
async function writeBatch(store: Store, n: number): Promise<void> {
  const batch = store.batch();
  batch.put(Buffer.from('mark'), number(n));
  batch.put(Buffer.concat([Buffer.from('n'), number(n)]), Buffer.alloc(500, String(n)));
  if (n % 3 === 0) batch.delete(Buffer.concat([Buffer.from('n'), number(n - 2)]));
  await store.write(batch);
}

async function checkBatches(store: Store): Promise<number> {
  const [mark] = await store.getMany([Buffer.from('mark')]);
  const last = Number(mark);
  const entries = await store.scan({ gte: Buffer.from('n'), lt: Buffer.from('o') }, { limit: 100_000 });
  const found = entries.map(({ key }) => Number(key.toString('latin1', 1)));
  const expected = Array.from({ length: last }, (_, index) => index + 1).filter((n) => n % 3 !== 1 || n + 2 > last);
  assert.deepEqual(found, expected);
  return last;
}

test('taken while batches are written, each copy holds all that had been written, and no batch in part', async () => {
  const { store, take, open } = await place();
  let written = 0;
  let isDone = false;
  const writing = (async () => {
    while (!isDone) {
      await writeBatch(store, written + 1);
      written++;
    }
  })();
  for (let round = 0; round < 12; round++) {
    while (written < (round + 1) * 300) await new Promise((resolve) => setImmediate(resolve));
    const before = written;
    const image = await take();
    const copy = await open();
    assert.deepEqual([copy?.id, copy?.passedOver], [image!.id, []]);
    const held = await checkBatches(copy!.store);
    assert.ok(held >= before && held <= written + 1, `${held} of ${before} to ${written}`);
    // It is a store of its own.
    await writeBatch(copy!.store, held + 1);
    await copy!.store.close();
  }
  isDone = true;
  await writing;
  assert.equal(await checkBatches(store), written);
  await store.close();
});

/** Two copies of two states. */
async function twoImages(writeBufferBytes?: number) {
  const made = await place(writeBufferBytes);
  for (let n = 1; n <= 400; n++) await writeBatch(made.store, n);
  const first = (await made.take())!;
  for (let n = 401; n <= 800; n++) await writeBatch(made.store, n);
  await new Promise((resolve) => setTimeout(resolve, 2));
  const second = (await made.take())!;
  await made.store.close();
  return { ...made, first, second, folder: join(made.checkpoints.place, 'threads', 'app-0', second.id) };
}

test('two of a thread are kept', async () => {
  const { checkpoints, first, second } = await twoImages();
  assert.deepEqual(
    await listImages(checkpoints, 'app-0'),
    [second, first].map(({ id, thread }) => ({ thread, id })),
  );
  assert.deepEqual(await listImages(checkpoints, 'app-1'), []);
});

test('those of a thread that is gone are dropped once they are old', async () => {
  const { checkpoints, store, take } = await place();
  await writeBatch(store, 1);
  const parts = { checkpoints, store, random: systemRandom, codeVersion: '1', keepMs: 1000 };
  const at = (now: number) => ({ ...systemClock, now: () => now });
  await takeImage({ ...parts, thread: 'gone-0', clock: at(Date.now() - 2000) });
  await takeImage({ ...parts, thread: 'gone-0', clock: at(Date.now()) });
  assert.equal((await listImages(checkpoints, 'gone-0')).length, 2);
  await take();
  assert.equal((await listImages(checkpoints, 'gone-0')).length, 1);
  assert.equal((await listImages(checkpoints, 'app-0')).length, 1);
  await store.close();
});

test('one with a file that is gone, cut off or changed is passed over', async () => {
  const { open, first, second, folder } = await twoImages();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const whole = readFileSync(path);
    // A link to the store's own file must not be changed through the other.
    const replace = (bytes: Buffer) => {
      unlinkSync(path);
      writeFileSync(path, bytes);
    };
    const damages = [() => unlinkSync(path), () => replace(whole.subarray(0, -2))];
    if (!name.endsWith('.sst')) {
      for (let at = 0; at < whole.length - 1; at += Math.ceil(whole.length / 8)) {
        damages.push(() => {
          const flipped = Buffer.from(whole);
          flipped[at]! ^= 4;
          replace(flipped);
        });
      }
    }
    for (const damage of damages) {
      damage();
      const found = await open();
      assert.equal(found?.id, first.id, `${name} of ${second.id}: ${found?.passedOver}`);
      await found.store.close();
      writeFileSync(path, whole);
    }
  }
  const found = await open();
  assert.equal(found?.id, second.id);
  await found.store.close();
});

test('a file that was still being written belongs to no state, and may grow', async () => {
  const { checkpoints, store, take, open } = await place();
  await writeBatch(store, 1);
  const image = store.image!.bind(store);
  store.image = async () => {
    const directory = await image();
    writeFileSync(join(directory, '999999.sst'), 'half');
    return directory;
  };
  const { id } = (await take())!;
  await store.close();
  appendFileSync(join(checkpoints.place, 'threads', 'app-0', id, '999999.sst'), ' and half');
  const found = (await open())!;
  assert.deepEqual([found.id, found.passedOver], [id, []]);
  assert.equal(await checkBatches(found.store), 1);
  await found.store.close();
});

test('a changed block is found by a verification', async () => {
  // Two files in all, so that no compaction is about to replace one.
  const { checkpoints, second, folder } = await twoImages(64 << 20);
  const verify = async () => {
    const directory = directoryOf();
    await verifyImage(checkpoints, second, { directory, open: () => openRocksdbStore({ directory }) });
  };
  await verify();
  const path = readdirSync(folder)
    .filter((name) => name.endsWith('.sst'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).size - statSync(a).size)[0]!;
  const whole = readFileSync(path);
  for (const share of [0.01, 0.2, 0.5, 0.7]) {
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length * share)]! ^= 1;
    unlinkSync(path);
    writeFileSync(path, flipped);
    await assert.rejects(verify(), { code: 'CHECKPOINT_DAMAGED' }, `at ${share}`);
  }
});

test('where files are not shared there are no copies, and none is looked for', async () => {
  const { store } = await place();
  const checkpoints = memoryCheckpoints();
  const parts = { clock: systemClock, random: systemRandom, thread: 'app-0', codeVersion: '1', keepMs: 1000 };
  assert.equal(await takeImage({ ...parts, checkpoints, store }), undefined);
  const open = () => assert.fail('nothing to open');
  const onPassedOver = () => assert.fail('nothing to pass over');
  assert.equal(
    await openNewestImage(checkpoints, { thread: 'app-0', directory: directoryOf(), open, onPassedOver }),
    undefined,
  );
  await store.close();
});
