// A restore reads the changelog's tail onto what the store has; where the part between was deleted, it says so instead of
// running on half a state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { changelogKey, TaskKeys } from '../../state/keys.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { restore } from '../../state/restore.ts';
import type { Store } from '../../state/store.ts';

const clock = new SteppedClock();
const changelog = { topic: 'changelog', partition: 0 };
const task = 'shop_0';

async function changelogOf(values: number) {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
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
