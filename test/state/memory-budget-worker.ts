// A process for the test of the memory budget: tasks of two threads fill one store far beyond the budget, reading what they
// wrote before all the while, as a worker does. It tells on its output what it takes, a line now and then.

import { seededRandom } from '../../base/random.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { Encodings } from '../../state/encodings.ts';
import { splitMemory } from '../../state/memory-split.ts';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';
import type { StoreSpec } from '../../state/store-spec.ts';
import { jsonSerde, loadMissing, TaskState } from '../../state/task-state.ts';
import { suspended } from '../../state/transaction.ts';
import { CacheBudget } from '../../streams/cache-budget.ts';

/** Of one task at a time. */
const encodings = new Encodings();

interface Item {
  readonly lines: readonly { readonly text: string; readonly quantity: number }[];
}

/** In bytes. */
export interface Footprint extends NodeJS.MemoryUsage {
  /** The state by now. */
  readonly written: number;
  /** Of it decoded, about. */
  readonly cached: number;
}

const [directory = '', budget = '', bytes = ''] = process.argv.slice(2);
const memory = splitMemory(Number(budget));
const store = await openRocksdbStore({ directory, writeBufferBytes: memory.memtables / 2 });
const items: StoreSpec<Item> = { name: 'items', serde: jsonSerde() };
const random = seededRandom(1);
const cache = new CacheBudget(memory.cache);
const threads = [0, 1].map((thread) => {
  return {
    tasks: [0, 1].map((task) => new TaskState(`t${thread}_${task}`, [items as StoreSpec<unknown>], 0)),
    written: 0,
  };
});

/** Text that doesn't pack. */
const text = () => Array.from({ length: 4 }, () => random.uuid()).join('');
const made = Array.from({ length: 100 }, (): Item => {
  return { lines: Array.from({ length: 12 }, (_, quantity) => ({ text: text(), quantity })) };
});
/** Each is another object, as decoded ones are. */
const item = (): Item => ({ lines: made[random.int(made.length)]!.lines.map((line) => ({ ...line })) });
const itemBytes = items.serde.encode(item(), Buffer.alloc(16_384), 0);

let written = 0;
let told = 0;
tell();
while (written < Number(bytes)) {
  for (const thread of threads) {
    const { tasks } = thread;
    for (const task of tasks) await readSome(task, thread.written);
    const perTask = Math.floor(memory.uncommitted / threads.length / tasks.length / 2 / itemBytes);
    for (const task of tasks) for (let each = 0; each < perTask; each++) put(task, thread.written + each);
    await commit(tasks);
    thread.written += perTask;
    written += perTask * tasks.length * itemBytes;
    const cached = () => tasks.reduce((sum, { bytes: of }) => sum + of, 0);
    const allowed = cache.allow(thread, cached());
    for (const task of tasks) task.evict(allowed / tasks.length);
    cache.note(thread, cached());
  }
  if (written - told >= Number(bytes) / 40) tell();
}
tell();
await store.close();

function tell(): void {
  told = written;
  const footprint: Footprint = { ...process.memoryUsage(), written, cached: cache.used };
  process.stdout.write(`${JSON.stringify(footprint)}\n`);
}

function put(task: TaskState, key: number): void {
  task.partition(items).put(String(key), item());
}

/** Of all that there is by now. */
async function readSome(task: TaskState, keys: number): Promise<void> {
  const wanted = Array.from({ length: Math.min(keys, 100) }, () => String(random.int(keys)));
  for (const key of wanted) {
    try {
      task.partition(items).get(key);
    } catch (error) {
      if (error !== suspended) throw error;
    }
  }
  await loadMissing(store, [task]);
}

async function commit(tasks: readonly TaskState[]): Promise<void> {
  const batch = store.batch();
  const sealed = tasks.map((task) => {
    const changelog = new RecordBatchBuilder();
    encodings.clear();
    return task.seal(changelog, task.encode({ now: 1, inputs: {} }, changelog, encodings), batch);
  });
  await store.write(batch);
  for (const [index, task] of tasks.entries()) task.applied(sealed[index]!);
}
