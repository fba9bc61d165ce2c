// The state that restores are measured with: one store of entries of one size, in a changelog that was written for it, and
// the topology that owns it. Values are half random, as ids and amounts are beside names that recur.
import type { Log, TopicSpec } from '../../log/log.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { changelogKey } from '../../state/keys.ts';
import { progressKey, progressStore } from '../../state/task-state.ts';
import type { Processor, Serde, StoreSpec, Topic } from '../../streams/api.ts';
import { internalTopics, topologyNames } from '../../streams/names.ts';
import { type Topology, topology } from '../../streams/topology.ts';

export interface StateSize {
  /** Of keys and values, over all tasks. */
  readonly bytes: number;
  readonly valueBytes: number;
  readonly tasks: number;
  /** How often each entry was written again before the changelog was compacted. */
  readonly updates: number;
}

const bytesSerde: Serde<Buffer> = {
  encode: (value, target, at) => (at + value.length > target.length ? -1 : at + value.copy(target, at)),
  decode: (bytes) => bytes,
};

export const items: StoreSpec<Buffer> = { name: 'items', serde: bytesSerde };
export const appId = 'bench';

const touch: Processor<Buffer, { stores: { items: Buffer }; outputs: Record<never, never>; timers: never }> = {
  name: 'touch',
  process({ key, value }, { stores }) {
    stores.items.get(key);
    stores.items.put(key, value);
  },
};

function topicOf(name: string, partitions: number): Topic<Buffer> {
  return { name, partitions, cleanup: 'delete', serde: bytesSerde };
}

export const deadLetters = topicOf('bench-dead-letters', 1);

export function benchTopology(tasks: number): Topology {
  return topology('bench')
    .source(topicOf('bench-in', tasks), touch, { stores: { items }, outputs: {}, timers: {} })
    .build();
}

export function topicsFor(tasks: number): TopicSpec[] {
  const own = ['bench-in', deadLetters.name].map((name) => ({ name, partitions: tasks, cleanup: 'delete' as const }));
  return [...own, ...internalTopics(appId, benchTopology(tasks))];
}

export function keyOf(index: number): string {
  return `product-${((index * 2_654_435_761) >>> 0).toString(36)}-${index}`;
}

const words = Buffer.from('{"warehouse":"berlin","onHand":12,"held":3,"holds":[]}'.repeat(400));

export function valueAt(random: Buffer, index: number, length: number): Buffer {
  const value = Buffer.allocUnsafe(length);
  const half = length >> 1;
  words.copy(value, 0, 0, half);
  const from = (index * 7919) % (random.length - length);
  random.copy(value, half, from, from + length - half);
  return value;
}

const batchRecords = 1_000;

/** Writes the changelogs. Returns how many entries there are, and how many records. */
export async function writeChangelogs(
  log: Log,
  size: StateSize,
  random: Buffer,
): Promise<{ entries: number; records: number }> {
  await log.admin.createTopics(topicsFor(size.tasks));
  const { changelog } = topologyNames(appId, 'bench');
  const producer = await log.producer();
  const entries = Math.ceil(size.bytes / (size.valueBytes + keyOf(1_000_000).length));
  let records = 0;
  for (let partition = 0; partition < size.tasks; partition++) {
    for (let round = 0; round <= size.updates; round++) {
      for (let index = partition; index < entries; ) {
        const batch = new RecordBatchBuilder(batchRecords * (size.valueBytes + 64));
        for (; batch.count < batchRecords && index < entries; index += size.tasks) {
          batch.append(
            Date.now(),
            changelogKey(items.name, keyOf(index)),
            valueAt(random, index + round, size.valueBytes),
          );
        }
        records += batch.count;
        await producer.append(changelog, partition, batch);
      }
    }
    const progress = Buffer.from(JSON.stringify({ commit: 1, now: Date.now(), inputs: { 'bench-in': 0 } }));
    const end = new RecordBatchBuilder().append(Date.now(), changelogKey(progressStore.name, progressKey), progress);
    await producer.append(changelog, partition, end);
  }
  await producer.close();
  return { entries, records };
}
