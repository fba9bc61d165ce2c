// A restore reads the changelog's tail onto what the store has; where the part between was deleted, it says so instead of
// running on half a state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { writePosition } from '../../state/changelog.ts';
import { changelogKey, TaskKeys } from '../../state/keys.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { restore } from '../../state/restore.ts';
import type { Store } from '../../state/store.ts';

const clock = new SteppedClock();
const changelog = { topic: 'changelog', partition: 0 };
const task = 'shop_0';

async function changelogOf(values: number, { offsetGaps = false } = {}) {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock, offsetGaps });
  await log.admin.createTopics([{ name: changelog.topic, partitions: 1, cleanup: 'compact' }]);
  const producer = await log.producer();
  const append = async (value: number) => {
    const key = changelogKey('numbers', `n${value}`);
    await producer.append(changelog.topic, 0, new RecordBatchBuilder().append(0, key, Buffer.from([value])));
  };
  for (let value = 0; value < values; value++) await append(value);
  const restoreInto = (store: Store) =>
    restore({ log, store, clock, task, changelog, specs: [], maxAgeMs: 1_000, signal: new AbortController().signal });
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
  const [first, last] = await store.getMany(['n0', 'n4'].map((key) => new TaskKeys(task).entry('numbers', key)));
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

for (const offsetGaps of [false, true]) {
  test(`a commit's own store misses no mark, and each commit, on a log with ${offsetGaps ? '' : 'no '}marks`, async () => {
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
    const store = memoryStore();
    const batch = store.batch();
    const position = await commit(0);
    writePosition(batch, new TaskKeys(task), position);
    await store.write(batch);
    await log.admin.deleteRecords(changelog, await end());
    assert.equal((await restoreInto(store)).records, 0);
    await commit(1);
    assert.equal((await restoreInto(store)).records, 1);
    await commit(2);
    await log.admin.deleteRecords(changelog, await end());
    await assert.rejects(restoreInto(store), { code: 'STATE_CHANGELOG_LOST' });
    await log.close();
  });
}
