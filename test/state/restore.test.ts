// A restore reads the changelog's tail onto what the store has; where the part between was deleted, it says so instead of
// running on half a state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { writePosition } from '../../state/changelog.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { memoryCheckpoints } from '../../state/checkpoints/memory/memory-checkpoints.ts';
import { changelogKey, TaskKeys } from '../../state/keys.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { restore } from '../../state/restore.ts';
import type { Store } from '../../state/store.ts';
import { writeCheckpoint } from '../../state/write-checkpoint.ts';

const clock = new SteppedClock();
const changelog = { topic: 'changelog', partition: 0 };
const task = 'shop_0';
const keys = new TaskKeys(task);

async function changelogOf(values: number, { offsetGaps = false } = {}) {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock, offsetGaps });
  await log.admin.createTopics([{ name: changelog.topic, partitions: 1, cleanup: 'compact' }]);
  const producer = await log.producer();
  const append = async (value: number) => {
    const key = changelogKey('numbers', `n${value}`);
    await producer.append(changelog.topic, 0, new RecordBatchBuilder().append(0, key, Buffer.from([value])));
  };
  for (let value = 0; value < values; value++) await append(value);
  const { signal } = new AbortController();
  const restoreInto = (store: Store, checkpoints?: CheckpointStore) =>
    restore({
      ...{ log, store, clock, task, changelog, specs: [], maxAgeMs: 1_000, signal },
      ...(checkpoints && { checkpoints: { checkpoints } }),
    });
  return { log, append, restoreInto };
}

test('a store that stands before what was deleted of its changelog is refused, an empty one, too', async () => {
  const { log, append, restoreInto } = await changelogOf(4);
  const store = memoryStore();
  assert.equal((await restoreInto(store)).records, 4);
  for (const value of [4, 5, 6]) await append(value);
  await log.admin.deleteRecords(changelog, 6);
  const lost = (from: number) => ({ code: 'STATE_CHANGELOG_LOST', details: { task, from, earliest: 6 } });
  await assert.rejects(restoreInto(store), lost(4));
  await assert.rejects(restoreInto(memoryStore()), lost(0));
  await log.close();
});

test('a store that has seen all that was deleted goes on behind it', async () => {
  const { log, append, restoreInto } = await changelogOf(4);
  const store = memoryStore();
  await restoreInto(store);
  await log.admin.deleteRecords(changelog, 4);
  await append(4);
  assert.equal((await restoreInto(store)).records, 1);
  const [first, last] = await store.getMany(['n0', 'n4'].map((key) => keys.entry('numbers', key)));
  assert.deepEqual([first?.[0], last?.[0]], [0, 4]);
  await log.close();
});

test('a single record that was deleted is missed', async () => {
  const { log, append, restoreInto } = await changelogOf(4);
  const store = memoryStore();
  await restoreInto(store);
  await append(4);
  await log.admin.deleteRecords(changelog, 5);
  const details = { task, from: 4, earliest: 5 };
  await assert.rejects(restoreInto(store), { code: 'STATE_CHANGELOG_LOST', details });
  await log.close();
});

/** Commits of values, and a store that has seen the first of them. */
async function commitsOf(offsetGaps: boolean) {
  const { log, restoreInto } = await changelogOf(0, { offsetGaps });
  const producer = await log.transactionalProducer('one');
  const commit = async (value: number) => {
    const transaction = producer.begin();
    const batch = new RecordBatchBuilder().append(0, changelogKey('numbers', `n${value}`), Buffer.from([value]));
    transaction.append(changelog.topic, 0, batch);
    const [{ nextOffset: offset, isMarked } = assert.fail()] = await transaction.commit();
    return { offset, at: clock.now(), isMarked };
  };
  const end = async () => (await log.admin.offsets([changelog], 'latest', 'uncommitted'))[0]!;
  const cutOff = async () => log.admin.deleteRecords(changelog, await end());
  const store = memoryStore();
  const batch = store.batch();
  batch.put(keys.entry('numbers', 'n0'), Buffer.from([0]));
  writePosition(batch, keys, await commit(0));
  await store.write(batch);
  const checkpoints = memoryCheckpoints();
  const checkpoint = () =>
    writeCheckpoint(
      { application: 'a', topology: 'shop', partition: 0, task, codeVersion: '1' },
      {
        ...{ checkpoints, store, clock, random: seededRandom(1), signal: new AbortController().signal },
        changelogEnd: end,
      },
    );
  return { log, restoreInto, commit, cutOff, store, checkpoints, checkpoint };
}

const valuesOf = async (store: Store) =>
  (await store.getMany(['n0', 'n1', 'n2'].map((key) => keys.entry('numbers', key)))).map((value) => value?.[0]);

for (const offsetGaps of [false, true]) {
  const kind = `on a log with ${offsetGaps ? '' : 'no '}marks`;

  test(`a commit's own store misses no mark, and each commit, ${kind}`, async () => {
    const { log, restoreInto, commit, cutOff, store } = await commitsOf(offsetGaps);
    await cutOff();
    assert.equal((await restoreInto(store)).records, 0);
    await commit(1);
    assert.equal((await restoreInto(store)).records, 1);
    await commit(2);
    await cutOff();
    await assert.rejects(restoreInto(store), { code: 'STATE_CHANGELOG_LOST' });
    await log.close();
  });

  test(`a checkpoint misses no mark either, ${kind}`, async () => {
    const { log, restoreInto, commit, cutOff, checkpoint, checkpoints } = await commitsOf(offsetGaps);
    await checkpoint();
    await cutOff();
    const empty = memoryStore();
    assert.equal((await restoreInto(empty, checkpoints)).records, 0);
    assert.deepEqual(await valuesOf(empty), [0, undefined, undefined]);
    await commit(1);
    const another = memoryStore();
    assert.equal((await restoreInto(another, checkpoints)).records, 1);
    assert.deepEqual(await valuesOf(another), [0, 1, undefined]);
    await log.close();
  });

  test(`state that was cut off stays until there is a checkpoint that fits, ${kind}`, async () => {
    const { log, restoreInto, commit, cutOff, store, checkpoint, checkpoints } = await commitsOf(offsetGaps);
    await checkpoint();
    await commit(1);
    await cutOff();
    await assert.rejects(restoreInto(store, checkpoints), { code: 'STATE_CHANGELOG_LOST' });
    assert.deepEqual(await valuesOf(store), [0, undefined, undefined]);
    await log.close();
  });
}
