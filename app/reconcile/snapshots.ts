// Snapshots of all tasks that stand at or behind a moment of the log: what the tasks had said or been told by then is in
// them. Of tasks that this process runs, their own state; of others, their changelog.
import { sleep } from '../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import type { TaskFacts } from '../../processors/reconcile/examine-task.ts';
import { decodeCommitRecord } from '../../streams/commit-record.ts';
import { taskId, topologyNames } from '../../streams/names.ts';
import type { Topology } from '../../streams/topology.ts';
import { clock } from '../wire/places.ts';
import { observeChangelog } from './observe.ts';
import { readStretches } from './read-topic.ts';

export interface SnapshotParts {
  readonly log: Log;
  readonly topology: Topology;
  readonly appId: string;
  /** The tasks of this process, as their state stands. */
  readonly observe: () => Promise<readonly TaskFacts[]>;
  readonly signal: AbortSignal;
}

/** Whether a snapshot is late enough. */
type IsLate = (facts: TaskFacts) => boolean;

const lookAgainMs = 200;
/** A commit record is the last but for the log's own marks. */
const marksAtEnd = 20;

/** What every task had committed when this was asked for is in the snapshot. Undefined if that can't be had in time. */
export async function snapshotFromNow(parts: SnapshotParts, patienceMs: number): Promise<TaskFacts[] | undefined> {
  const commits = await lastCommits(parts);
  return await snapshotWhen(parts, patienceMs, ({ partition, commit }) => commit >= (commits[partition] ?? 0));
}

/** What stood in any input of a task when this was asked for has been taken in the snapshot. Undefined likewise. */
export async function snapshotAfterInputs(parts: SnapshotParts, patienceMs: number): Promise<TaskFacts[] | undefined> {
  const { log, topology } = parts;
  const ends = await Promise.all(
    topology.sources.map(async ({ topic: { name: topic } }) => {
      const inputs = Array.from({ length: topology.partitions }, (_, partition) => ({ topic, partition }));
      return { topic, ends: await log.admin.offsets(inputs, 'latest', 'uncommitted') };
    }),
  );
  return await snapshotWhen(parts, patienceMs, ({ partition, inputs }) =>
    ends.every(({ topic, ends: each }) => (inputs[topic] ?? 0) >= (each[partition] ?? 0)),
  );
}

async function snapshotWhen(
  parts: SnapshotParts,
  patienceMs: number,
  isLate: IsLate,
): Promise<TaskFacts[] | undefined> {
  const until = clock.monotonic() + patienceMs;
  const { topology, signal } = parts;
  const found = new Map<number, TaskFacts>();
  while (!signal.aborted) {
    const own = await parts.observe();
    for (const facts of own) if (isLate(facts)) found.set(facts.partition, facts);
    const running = new Set(own.map(({ partition }) => partition));
    for (let partition = 0; partition < topology.partitions; partition++) {
      if (found.has(partition) || running.has(partition)) continue;
      const facts = (await observeChangelog({ ...parts, partition })) ?? untouched(topology, partition);
      if (isLate(facts)) found.set(partition, facts);
    }
    if (found.size === topology.partitions) return [...found.values()].sort((a, b) => a.partition - b.partition);
    if (clock.monotonic() > until) return undefined;
    await sleep(clock, lookAgainMs, signal);
  }
  return undefined;
}

/** A task that has never committed anything. */
function untouched({ name }: Topology, partition: number): TaskFacts {
  const nothing = { found: { counts: {}, findings: [] }, orders: [], holds: [], stocks: [] };
  return { task: taskId(name, partition), partition, commit: 0, now: 0, inputs: {}, ...nothing };
}

/** The number of each task's last commit in the log. */
async function lastCommits({ log, topology, appId, signal }: SnapshotParts): Promise<number[]> {
  const topic = topologyNames(appId, topology.name).commits;
  const places = Array.from({ length: topology.partitions }, (_, partition) => ({ topic, partition }));
  const starts = await log.admin.offsets(places, 'earliest');
  const ends = await log.admin.offsets(places, 'latest');
  const stretches = places.map(({ partition }) => {
    const to = ends[partition] ?? 0;
    return { partition, from: Math.max(starts[partition] ?? 0, to - marksAtEnd), to };
  });
  const commits = places.map(() => 0);
  await readStretches({ log, topic, stretches, signal }, (partition, { value }) => {
    if (value !== null) commits[partition] = decodeCommitRecord(value).commit;
    return undefined;
  });
  return commits;
}
