// From a task that was just assigned to one that can run: its state brought up to the changelog's end, its inputs'
// offsets found, and the two compared. They were committed together, so any difference is somebody's doing.
import type { Clock } from '../base/clock.ts';
import { StockstreamError } from '../base/errors.ts';
import type { Log, TopicPartition } from '../log/log.ts';
import { TaskKeys } from '../state/keys.ts';
import { type RestoreCheckpoints, type Restored, restore } from '../state/restore.ts';
import type { Store } from '../state/store.ts';
import type { Progress } from '../state/task-state.ts';
import { storesOf, type TopologyNames } from './names.ts';
import { quarantineTotals } from './quarantine.ts';
import type { StreamTask } from './task.ts';

export interface RestoreTaskOptions {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly names: TopologyNames;
  readonly maxStateAgeMs: number;
  readonly signal: AbortSignal;
  readonly onRestored: (records: number) => void;
  /** Where a store that has nothing of the task begins. */
  readonly checkpoints?: RestoreCheckpoints | undefined;
}

/**
 * Opens the task unless it was closed meanwhile, and gives the changelog offset that its state stands at. If others commit
 * for it while it is restored, it isn't this worker's any more and the group will say so; until then it is restored again.
 * @throws STATE_* and LOG_* errors
 */
export async function restoreTask(task: StreamTask, options: RestoreTaskOptions): Promise<number> {
  const { log, names, signal } = options;
  const sources = task.topology.sources.map(({ topic }) => ({ topic: topic.name, partition: task.partition }));
  const offsets = () => log.admin.committedOffsets(names.group, sources);
  // First the offsets, which waits for what earlier owners left open, then the changelog: never the other way round.
  let committed = await offsets();
  let { progress, offset } = await restoreState(task, options);
  for (;;) {
    const problem = compare(task.id, sources, committed, progress);
    if (problem === undefined || signal.aborted) break;
    const before = committed;
    committed = await offsets();
    if (committed.every((each, index) => each === before[index])) throw problem;
    ({ progress, offset } = await restoreState(task, options));
  }
  const [earliest, ends] = await Promise.all([
    log.admin.offsets(sources, 'earliest'),
    log.admin.offsets(sources, 'latest'),
  ]);
  const inputs = sources.map(({ topic }, index) => progress?.inputs[topic] ?? committed[index] ?? earliest[index]!);
  const totals = await readTotals(task, options);
  if (task.state !== 'restoring' || signal.aborted) return offset;
  task.open(progress, inputs);
  // Until it has read so far it doesn't know what comes first.
  for (const [index, queue] of task.queues.entries()) queue.expect(ends[index]!);
  task.stores.partitionOf(quarantineTotals.store)?.load(quarantineTotals.key, totals);
  return offset;
}

/** So that figures show from the beginning what stands still. */
async function readTotals({ id }: StreamTask, { store }: RestoreTaskOptions): Promise<Buffer | undefined> {
  const { store: name, key } = quarantineTotals;
  const [bytes] = await store.getMany([new TaskKeys(id).entry(name, key)]);
  return bytes;
}

function restoreState(
  task: StreamTask,
  { names, maxStateAgeMs: maxAgeMs, ...options }: RestoreTaskOptions,
): Promise<Restored> {
  const changelog = { topic: names.changelog, partition: task.partition };
  const specs = storesOf(task.topology);
  return restore({ ...options, task: task.id, changelog, specs, maxAgeMs });
}

/** How the state differs from the committed offsets, if it does. */
function compare(
  task: string,
  sources: readonly TopicPartition[],
  committed: readonly (number | undefined)[],
  progress: Progress | undefined,
): StockstreamError | undefined {
  for (const [index, { topic }] of sources.entries()) {
    const offset = committed[index];
    const position = progress === undefined ? 0 : progress.inputs[topic];
    if (offset === undefined || position === undefined || position === offset) continue;
    const details = { task, position, committed: offset, topic };
    return new StockstreamError(position < offset ? 'STATE_BEHIND_OFFSETS' : 'STATE_AHEAD_OF_OFFSETS', details);
  }
  return undefined;
}
