// Doing a task's commits again: the same inputs, cut where they were cut, at the times that were seen, into an empty
// state. Decisions are a function of the log, so outputs and changelog come out the same, byte for byte.
// Nothing is written to the log; whoever replays compares, or looks at the steps.
import type { Clock } from '../base/clock.ts';
import { StockstreamError } from '../base/errors.ts';
import type { Fetcher, Log } from '../log/log.ts';
import { RecordBatch } from '../log/record-batch.ts';
import type { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import type { Store } from '../state/store.ts';
import type { Progress } from '../state/task-state.ts';
import type { Topic } from './api.ts';
import { sealCommit } from './commit.ts';
import { commitRecords } from './commit-history.ts';
import type { CommitRecord } from './commit-record.ts';
import { type TopologyNames, taskId, topologyNames } from './names.ts';
import { runBatches } from './process.ts';
import { StreamTask } from './task.ts';
import type { Topology } from './topology.ts';

export interface ReplayOptions {
  readonly log: Log;
  /** Empty; the replayed state ends up in it. */
  readonly store: Store;
  readonly clock: Clock;
  readonly topology: Topology;
  readonly appId: string;
  readonly partition: number;
  readonly deadLetters: Topic<Buffer>;
  /** Default: everything is done again from the first commit on. */
  readonly base?: ReplayBase | undefined;
  /** See `endsOf`; default: where the commits end when the replay begins. */
  readonly ends?: readonly number[] | undefined;
}

/** Puts a task's state into an empty store as it stood at some commit. Undefined if it has none: from the first one on. */
export type ReplayBase = (task: {
  readonly store: Store;
  readonly id: string;
  readonly partition: number;
}) => Promise<Progress | undefined>;

/** What one commit wrote, as batches by topic and partition; the changelog and the commit record are among them. */
export interface ReplayedCommit {
  readonly record: CommitRecord;
  readonly outputs: readonly { readonly topic: string; readonly partition: number; readonly batch: RecordBatch }[];
}

/** Rows of the time index that are looked at beside those which fired: stale ones are skipped. */
const dueMargin = 10_000;

/**
 * Replays every commit of one task, oldest first.
 * @throws REPLAY_DIVERGED if the inputs don't lead where the commit record says
 */
export async function* replayTask(options: ReplayOptions): AsyncGenerator<ReplayedCommit> {
  const { log, topology, partition, store, clock } = options;
  const base = await options.base?.({ store, id: taskId(topology.name, partition), partition });
  const names = topologyNames(options.appId, topology.name);
  const inputs = topology.sources.map(({ topic }) => ({ topic: topic.name, partition }));
  const fetcher = log.fetcher();
  let task: StreamTask | undefined;
  try {
    for await (const record of commitRecords({ log, names, partition, ends: options.ends }, base)) {
      task ??= openTask(options, { first: record, base }, fetcher);
      if (record.commit !== task.stores.transaction.number) {
        throw diverged(task, record, `the commit before it is missing`);
      }
      await takeInputs(task, record, fetcher);
      const due = record.fired > 0 ? await task.stores.times.due(store, record.now, record.fired + dueMargin) : [];
      task.beginWith({ now: record.now, due, maxFired: record.fired, records: Number.POSITIVE_INFINITY });
      await runBatches([task], { store, clock, deadline: Number.POSITIVE_INFINITY });
      if (task.batch!.fired !== record.fired) {
        throw diverged(task, record, `${task.batch!.fired} timers fired, not ${record.fired}`);
      }
      yield { record, outputs: await apply(task, record, names, options) };
    }
  } finally {
    for (const input of inputs) fetcher.unassign(input);
    await fetcher.close();
  }
}

interface TaskStart {
  readonly first: CommitRecord;
  readonly base: Progress | undefined;
}

function openTask({ topology, partition }: ReplayOptions, { first, base }: TaskStart, fetcher: Fetcher): StreamTask {
  const task = new StreamTask(topology, partition, first.code);
  task.moveTo('restoring');
  const inputs = topology.sources.map(({ topic: { name } }) => base?.inputs[name] ?? first.inputs[name]?.[0] ?? 0);
  task.open(base, inputs);
  topology.sources.forEach(({ topic }, index) => {
    fetcher.assign({ topic: topic.name, partition }, inputs[index]!);
  });
  return task;
}

/** Reads on until each queue has what the commit took of it, and shows just that. */
async function takeInputs(task: StreamTask, record: CommitRecord, fetcher: Fetcher): Promise<void> {
  const { partition } = task;
  for (;;) {
    let missing = 0;
    for (const queue of task.queues) {
      const input = { topic: queue.topic.name, partition };
      const to = record.inputs[input.topic]?.[1] ?? 0;
      if (queue.end < to) missing++;
      if (queue.end < to) fetcher.resume(input);
      else fetcher.pause(input);
    }
    if (missing === 0) break;
    for (const fetched of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 4 << 20 })) task.add(fetched);
  }
  for (const queue of task.queues) {
    const range = record.inputs[queue.topic.name];
    queue.confine(range?.[0] ?? queue.position, range?.[1] ?? queue.position);
  }
}

/** Steps 2 and 4 of a commit, without the log. */
async function apply(
  task: StreamTask,
  record: CommitRecord,
  names: TopologyNames,
  { clock, store, deadLetters }: ReplayOptions,
): Promise<ReplayedCommit['outputs']> {
  const parts = { clock, store, names, deadLetters, codeVersion: record.code };
  const sealed = sealCommit([task], parts);
  const { changelog, transaction } = sealed.tasks[0]!;
  await store.write(sealed.stores);
  task.stores.applied(transaction);
  const finish = (topic: string, partition: number, builder: RecordBatchBuilder) => {
    return { topic, partition, batch: new RecordBatch(builder.finish(0)) };
  };
  const outputs = [...sealed.outputs].map((output) => finish(output.topic, output.partition, output.builder));
  return [finish(names.changelog, task.partition, changelog), ...outputs];
}

function diverged(task: StreamTask, { commit }: CommitRecord, reason: string): StockstreamError {
  return new StockstreamError('REPLAY_DIVERGED', { task: task.id, commit, reason });
}
