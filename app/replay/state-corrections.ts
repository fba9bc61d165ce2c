// What a changelog lacks to say the state that a store holds: keys to write, keys to delete, and how far each task is.
import { createHash } from 'node:crypto';
import type { PartitionOffset } from '../../log/log.ts';
import { changelogKey, TaskKeys } from '../../state/keys.ts';
import type { Store } from '../../state/store.ts';
import { type Progress, progressKey, progressStore } from '../../state/task-state.ts';
import { batchesOf, commitRecords } from '../../streams/commit-history.ts';
import { storesOf, taskId, topologyNames } from '../../streams/names.ts';
import type { ReplayWork } from './work.ts';

export interface Correction {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer;
  readonly value: Buffer | null;
}

type Work = Pick<ReplayWork, 'log' | 'topology' | 'appId'>;

const page = 1_000;

/** Offsets: where the inputs of each task go on, as its commits tell. */
export async function correctState(
  work: Work,
  store: Store,
): Promise<{ readonly corrections: Correction[]; readonly offsets: readonly PartitionOffset[] }> {
  const corrections: Correction[] = [];
  const offsets: PartitionOffset[] = [];
  for (let partition = 0; partition < work.topology.partitions; partition++) {
    const place = { topic: topologyNames(work.appId, work.topology.name).changelog, partition };
    const found = await lastValues(work, place);
    const progress = await progressOf(work, partition, found.progress);
    if (progress === undefined) continue;
    for (const [topic, offset] of Object.entries(progress.inputs)) offsets.push({ topic, partition, offset });
    for await (const { key, value } of entriesOf(work, store, partition)) {
      const text = key.toString();
      if (found.hashes.get(text) !== hashOf(value)) corrections.push({ ...place, key, value });
      found.hashes.delete(text);
    }
    for (const text of found.hashes.keys()) corrections.push({ ...place, key: Buffer.from(text), value: null });
    if (JSON.stringify(progress) === JSON.stringify(found.progress)) continue;
    const key = Buffer.from(changelogKey(progressStore.name, progressKey));
    corrections.push({ ...place, key, value: Buffer.from(JSON.stringify(progress)) });
  }
  return { corrections, offsets };
}

interface LastValues {
  /** Changelog key to a hash of its last value. */
  readonly hashes: Map<string, string>;
  readonly progress: Progress | undefined;
}

async function lastValues(
  { log }: Work,
  place: { readonly topic: string; readonly partition: number },
): Promise<LastValues> {
  const hashes = new Map<string, string>();
  const ofProgress = changelogKey(progressStore.name, progressKey);
  let progress: Progress | undefined;
  for await (const { batch } of batchesOf(log, place)) {
    for (const { key, value } of batch.records()) {
      const text = key?.toString() ?? '';
      if (text === ofProgress) progress = value === null ? undefined : progressStore.serde.decode(value);
      else if (value === null) hashes.delete(text);
      else hashes.set(text, hashOf(value));
    }
  }
  return { hashes, progress };
}

async function* entriesOf(
  { topology }: Work,
  store: Store,
  partition: number,
): AsyncGenerator<{ readonly key: Buffer; readonly value: Buffer }> {
  const keys = new TaskKeys(taskId(topology.name, partition));
  for (const { name } of storesOf(topology)) {
    let range = keys.entries(name);
    for (;;) {
      const entries = await store.scan(range, { limit: page });
      for (const { key, value } of entries)
        yield { key: Buffer.from(changelogKey(name, keys.keyOf(name, key))), value };
      const last = entries.at(-1);
      if (last === undefined || entries.length < page) break;
      range = { gte: Buffer.concat([last.key, Buffer.alloc(1)]), lt: range.lt };
    }
  }
}

/** What the task's last commit left, by its commit records; `known` says where inputs stand that no commit moved. */
async function progressOf(
  { log, topology, appId }: Work,
  partition: number,
  known: Progress | undefined,
): Promise<Progress | undefined> {
  const names = topologyNames(appId, topology.name);
  const places = topology.sources.map(({ topic }) => ({ topic: topic.name, partition }));
  const earliest = await log.admin.offsets(places, 'earliest');
  let progress: Progress | undefined;
  const inputs: { [topic: string]: number } = {};
  places.forEach(({ topic }, index) => {
    inputs[topic] = known?.inputs[topic] ?? earliest[index]!;
  });
  for await (const { commit, now, inputs: taken } of commitRecords({ log, names, partition })) {
    for (const [topic, [, to]] of Object.entries(taken)) inputs[topic] = to;
    progress = { commit, now, inputs };
  }
  return progress;
}

function hashOf(value: Buffer): string {
  return createHash('sha256').update(value).digest('base64url');
}
