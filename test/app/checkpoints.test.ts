// `checkpoint restore`: the local state of a stopped application, put back as a whole or not at all.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../app/config.ts';
import type { Config } from '../../app/config-schema.ts';
import { restoreCheckpoints } from '../../app/restore-checkpoint.ts';
import { forgetRunning, noteRunning } from '../../app/running.ts';
import { openCheckpoints } from '../../app/wire/checkpoints.ts';
import { openStoreIn } from '../../app/wire/log.ts';
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { writePosition } from '../../state/changelog.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { TaskKeys } from '../../state/keys.ts';
import type { Store } from '../../state/store.ts';
import { writeCheckpoint } from '../../state/write-checkpoint.ts';

const root = mkdtempSync(join(tmpdir(), 'stockstream-checkpoint-'));
after(() => rmSync(root, { recursive: true }));

interface Shop {
  readonly config: Config;
  readonly checkpoints: CheckpointStore;
}

async function open(settings: Record<string, string> = {}): Promise<Shop> {
  const data = mkdtempSync(join(root, 'data'));
  const config = readConfig({ flags: { data, ...settings }, parts: [], env: {} });
  return { config, checkpoints: await openCheckpoints(config) };
}

async function take({ config, checkpoints }: Shop, thread: number, tasks: readonly string[], value: string) {
  const store = await openStoreIn(stateOf(config, thread));
  const ids: string[] = [];
  for (const task of tasks) {
    const keys = new TaskKeys(task);
    const batch = store.batch();
    batch.put(keys.entry('items', 'a'), Buffer.from(value));
    writePosition(batch, keys, { offset: value.length, at: 1 });
    await store.write(batch);
    const about = { application: 'app', topology: 'toy', partition: 0, task, codeVersion: '1' };
    const { signal } = new AbortController();
    const changelogEnd = async () => 0;
    const manifest = await writeCheckpoint(about, {
      ...{ checkpoints, store, clock: systemClock, random: systemRandom, changelogEnd, signal },
    });
    ids.push(manifest!.id);
  }
  await store.close();
  return ids;
}

const stateOf = ({ data }: Config, thread: number) => join(data, 'state', String(thread));

async function valuesIn({ config }: Shop, thread: number): Promise<Record<string, string>> {
  const store: Store = await openStoreIn(stateOf(config, thread));
  const entries = await store.scan({ gte: Buffer.from('t'), lt: Buffer.from('u') }, { limit: 100 });
  await store.close();
  const ofItems = entries.filter(({ key }) => key.includes('items'));
  return Object.fromEntries(ofItems.map(({ key, value }) => [key.toString().split('\0')[0]!, value.toString()]));
}

test('each task comes back to where it was, and to the first where it was nowhere', async () => {
  const shop = await open();
  await take(shop, 0, ['toy_0'], 'one');
  await take(shop, 1, ['toy_1', 'toy_2'], 'one');
  const [, last] = await take(shop, 1, ['toy_1', 'toy_2'], 'second');
  await take(shop, 1, ['toy_1', 'toy_2'], 'spoilt');
  const restored = await restoreCheckpoints(shop.config, shop.checkpoints, { upTo: last });
  assert.deepEqual(
    restored.map(({ task }) => task),
    ['toy_0', 'toy_1', 'toy_2'],
  );
  assert.deepEqual(
    [await valuesIn(shop, 0), await valuesIn(shop, 1)],
    [{ toy_0: 'one' }, { toy_1: 'second', toy_2: 'second' }],
  );
  rmSync(join(shop.config.data, 'state'), { recursive: true });
  await restoreCheckpoints(shop.config, shop.checkpoints, {});
  assert.deepEqual(await valuesIn(shop, 0), { toy_0: 'one', toy_1: 'spoilt', toy_2: 'spoilt' });
  await restoreCheckpoints(shop.config, shop.checkpoints, { task: 'toy_1', upTo: last });
  assert.deepEqual(await valuesIn(shop, 0), { toy_0: 'one', toy_1: 'second', toy_2: 'spoilt' });
});

test('nothing is touched if one is damaged, there is none, or the application runs', async () => {
  const shop = await open();
  const [id] = await take(shop, 0, ['toy_0'], 'one');
  await take(shop, 0, ['toy_1'], 'one');
  await take(shop, 0, ['toy_0'], 'two');
  const none = { code: 'CHECKPOINT_NOT_FOUND' };
  await assert.rejects(restoreCheckpoints(shop.config, shop.checkpoints, { task: 'toy_7' }), none);
  await assert.rejects(restoreCheckpoints(shop.config, shop.checkpoints, { upTo: '2000' }), none);
  noteRunning(shop.config, 'http://127.0.0.1:1');
  await assert.rejects(restoreCheckpoints(shop.config, shop.checkpoints, {}), { code: 'STATE_IN_USE' });
  forgetRunning(shop.config);
  const used = await openStoreIn(stateOf(shop.config, 0));
  await assert.rejects(restoreCheckpoints(shop.config, shop.checkpoints, {}), { code: 'STATE_IN_USE' });
  await used.close();
  const folder = join(shop.checkpoints.place, 'tasks', 'toy_1');
  const data = join(folder, readdirSync(folder)[0]!, 'data-00000.zst');
  const bytes = readFileSync(data);
  bytes[9]! ^= 1;
  writeFileSync(data, bytes);
  await assert.rejects(restoreCheckpoints(shop.config, shop.checkpoints, { upTo: '9' }), {
    code: 'CHECKPOINT_DAMAGED',
  });
  assert.deepEqual(await valuesIn(shop, 0), { toy_0: 'two', toy_1: 'one' });
  await restoreCheckpoints(shop.config, shop.checkpoints, { task: 'toy_0', upTo: id });
  assert.deepEqual(await valuesIn(shop, 0), { toy_0: 'one', toy_1: 'one' });
});

test('a place of their own, apart for each application', async () => {
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  const shop = await open({ checkpoints: elsewhere, appId: 'other' });
  assert.equal(shop.checkpoints.place, join(elsewhere, 'other'));
  const inS3 = await open({ checkpoints: 's3://bucket/some/where/', appId: 'other' });
  assert.equal(inS3.checkpoints.place, 's3://bucket/some/where/other/');
});
