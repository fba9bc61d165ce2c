// A replay in place: the state that an application has in its changelog becomes what today's code makes of its inputs, and
// so do the last values in its compacted topics. What it sent to topics that keep all is recognised by its bytes and not
// sent again. Where today's code would have sent something else there, nothing is written at all: others have acted on
// it. While it writes it is the only member of the application's group, so no worker can come between.
import { StockstreamError } from '../../base/errors.ts';
import type { CommitReplay } from '../../gateway/replays.ts';
import type { PartitionOffset } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Store } from '../../state/store.ts';
import { topologyNames } from '../../streams/names.ts';
import { clock } from '../wire/places.ts';
import { alone, assertUnused } from './alone.ts';
import { type Decided, decideApart } from './decide-apart.ts';
import { type Correction, correctState } from './state-corrections.ts';
import type { ReplayWork } from './work.ts';

/** @throws REPLAY_WHILE_RUNNING, REPLAY_UNSAFE */
export async function replayInPlace(work: ReplayWork): Promise<CommitReplay> {
  const { log, topology, appId } = work;
  const { group } = topologyNames(appId, topology.name);
  await assertUnused(log, group, topology);
  // Whatever the base is, what follows from it must be right: all that is decided again is compared.
  const base = await work.bases.before(work.from, topology);
  const from = base === undefined ? Number.NEGATIVE_INFINITY : work.from;
  const { report } = await decideApart(
    { ...work, from, bases: { ...work.bases, before: async () => base } },
    { mode: 'in-place', atEnd: (decided) => correct(work, decided) },
  );
  return report;
}

async function correct(work: ReplayWork, { diff, store }: Decided & { readonly store: Store }) {
  const unsafe = [...diff.appended()].map(([topic, count]) => `${topic} ${count}`);
  if (unsafe.length > 0) throw new StockstreamError('REPLAY_UNSAFE', { counts: unsafe.join(', ') });
  work.onStep('comparing the state');
  const { corrections, offsets } = await correctState(work, store);
  for (const { topic, key, value } of diff.corrections()) {
    corrections.push({
      topic: topic.name,
      partition: partitionOf(key, topic.partitions),
      key: Buffer.from(key),
      value,
    });
  }
  work.onStep('writing');
  return await write(work, corrections, offsets);
}

/** In one transaction, or none of it. */
async function write(
  { log, topology, appId }: ReplayWork,
  corrections: readonly Correction[],
  offsets: readonly PartitionOffset[],
): Promise<Readonly<Record<string, number>>> {
  const written: { [topic: string]: number } = {};
  const { group } = topologyNames(appId, topology.name);
  await alone(log, { group, topology }, async (member) => {
    const producer = await log.transactionalProducer(`${group}-replay`);
    try {
      const transaction = producer.begin();
      for (const { topic, partition, builder } of batches(corrections)) {
        written[topic] = (written[topic] ?? 0) + builder.count;
        transaction.append(topic, partition, builder);
      }
      if (offsets.length > 0) transaction.commitOffsets(member(), offsets);
      await transaction.commit();
    } finally {
      await producer.close();
    }
  });
  return written;
}

const fullBytes = 512 * 1024;

function* batches(corrections: readonly Correction[]) {
  const open = new Map<string, { topic: string; partition: number; builder: RecordBatchBuilder }>();
  for (const { topic, partition, key, value } of corrections) {
    const place = `${topic}/${partition}`;
    const batch = open.get(place) ?? { topic, partition, builder: new RecordBatchBuilder() };
    open.set(place, batch);
    batch.builder.append(clock.now(), key, value);
    if (batch.builder.byteLength < fullBytes) continue;
    yield batch;
    open.delete(place);
  }
  yield* open.values();
}
