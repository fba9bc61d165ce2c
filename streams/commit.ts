// The commit: the only way in which anything that tasks did becomes visible. Step 1, processing in memory, is batch.ts.
// A crash before step 3 ends leaves nothing; between 3 and 4 the changelog's tail is read again; after 4 all is there.
import type { Clock } from '../base/clock.ts';
import type { GroupMetadata } from '../log/group.ts';
import type { Appended, PartitionOffset, TransactionalProducer } from '../log/log.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import type { RecordSpans } from '../log/record-spans.ts';
import { writePosition } from '../state/changelog.ts';
import type { Store, WriteBatch } from '../state/store.ts';
import type { Transaction } from '../state/transaction.ts';
import type { Topic } from './api.ts';
import type { TaskBatch } from './batch.ts';
import { encodeCommitRecord } from './commit-record.ts';
import type { TopologyNames } from './names.ts';
import { OutputBatches } from './output-batches.ts';
import type { StreamTask } from './task.ts';

/** What sealing needs; a replay has no producer. */
export interface SealParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly names: TopologyNames;
  readonly deadLetters: Topic<Buffer>;
  readonly codeVersion: string;
}

export interface CommitParts extends SealParts {
  readonly producer: TransactionalProducer;
}

/** Encoded but not yet sealed: it can still be thrown away and done again. */
interface EncodedTask {
  readonly task: StreamTask;
  readonly batch: TaskBatch;
  readonly changelog: RecordBatchBuilder;
  readonly spans: RecordSpans;
  /** Of the inputs that moved. */
  readonly offsets: readonly PartitionOffset[];
}

/** No more than it takes to commit: the batch's objects needn't outlive their encoding. */
interface SealedTask {
  readonly task: StreamTask;
  readonly changelog: RecordBatchBuilder;
  readonly transaction: Transaction;
}

/** Everything of one commit in its final bytes, ready for the log and the store. */
export interface SealedCommit {
  readonly outputs: OutputBatches;
  readonly tasks: readonly SealedTask[];
  readonly offsets: readonly PartitionOffset[];
  readonly stores: WriteBatch;
}

/**
 * Step 2: encodes outputs, changes and commit records of the tasks' finished batches, and takes the batches off the
 * tasks, which may start their next ones. Synchronous: no batch can change under it.
 */
export function sealCommit(tasks: readonly StreamTask[], parts: SealParts): SealedCommit {
  const { outputs, encoded } = encodeTasks(tasks, parts);
  const stores = parts.store.batch();
  const sealed = encoded.map(({ task, batch, changelog, spans }) => {
    task.stores.deleteTimes(batch.staleRows, stores);
    const transaction = task.stores.seal(changelog, spans, stores);
    for (const record of batch.consumed) record.queue.consume();
    for (const queue of task.queues) queue.seal();
    task.batch = undefined;
    return { task, changelog, transaction };
  });
  return { outputs, tasks: sealed, offsets: encoded.flatMap(({ offsets }) => offsets), stores };
}

/**
 * Step 3, in one log transaction: changelogs, outputs and commit records, input offsets.
 * @throws LOG_* errors; the tasks must then restore themselves, for what became of the transaction may be unknown
 */
export async function commitToLog(
  sealed: SealedCommit,
  member: GroupMetadata,
  parts: CommitParts,
): Promise<readonly Appended[]> {
  const transaction = parts.producer.begin();
  for (const { task, changelog } of sealed.tasks) transaction.append(parts.names.changelog, task.partition, changelog);
  for (const { topic, partition, builder } of sealed.outputs) transaction.append(topic, partition, builder);
  transaction.commitOffsets(member, sealed.offsets);
  return await transaction.commit();
}

/**
 * Step 4, in one atomic store batch: the changed entries and the changelog positions that they stand for. After those of all
 * commits before. Gives the changelog offset that each task's state stands at then.
 */
export async function commitToStore(
  sealed: SealedCommit,
  appended: readonly Appended[],
  parts: Pick<CommitParts, 'clock' | 'store'>,
): Promise<number[]> {
  const at = parts.clock.now();
  // The changelogs were appended first, in the tasks' order.
  const ends = sealed.tasks.map((_, index) => appended[index]!.nextOffset);
  for (const [index, { task }] of sealed.tasks.entries()) {
    const { nextOffset: offset, isMarked } = appended[index]!;
    writePosition(sealed.stores, task.stores.keys, { offset, at, isMarked });
  }
  await parts.store.write(sealed.stores);
  for (const { task, transaction } of sealed.tasks) task.stores.applied(transaction);
  return ends;
}

/** What it takes in memory, about. */
export function bytesOf({ outputs, tasks }: SealedCommit): number {
  const changes = tasks.reduce((sum, { changelog }) => sum + changelog.byteLength, 0);
  return [...outputs].reduce((sum, { builder }) => sum + builder.byteLength, changes);
}

/** Encodes all tasks' work; a task whose outputs can't be encoded runs again carefully, and all is encoded anew. */
function encodeTasks(
  tasks: readonly StreamTask[],
  parts: SealParts,
): { outputs: OutputBatches; encoded: EncodedTask[] } {
  const outputs = new OutputBatches();
  const encoded: EncodedTask[] = [];
  for (const task of tasks) {
    try {
      encoded.push(encodeTask(task, outputs, parts));
    } catch (error) {
      if (!task.batch!.restartCarefully(parts.clock)) throw error;
      return encodeTasks(tasks, parts);
    }
  }
  return { outputs, encoded };
}

function encodeTask(task: StreamTask, outputs: OutputBatches, parts: SealParts): EncodedTask {
  const batch = task.batch!;
  const { now } = batch;
  const { encodings } = batch;
  batch.encode();
  outputs.addSent(batch.sent, now, encodings.bytes);
  outputs.addDeadLetters(batch.deadLetters, parts.deadLetters, now);
  const ranges = rangesOf(task, batch);
  const moved = ranges.filter(({ from, to }) => to > from);
  const inputs = Object.fromEntries(ranges.map(({ topic, to }) => [topic, to]));
  const changelog = new RecordBatchBuilder();
  const spans = task.stores.encode({ now, inputs }, changelog, encodings);
  const record = encodeCommitRecord({
    task: task.id,
    commit: task.stores.transaction.number,
    now,
    code: parts.codeVersion,
    fired: batch.fired,
    inputs: Object.fromEntries(moved.map(({ topic, from, to }) => [topic, [from, to]])),
  });
  outputs.builder(parts.names.commits, task.partition).append(now, task.id, record);
  const offsets = moved.map(({ topic, to }) => ({ topic, partition: task.partition, offset: to }));
  return { task, batch, changelog, spans, offsets };
}

interface InputRange {
  readonly topic: string;
  readonly from: number;
  to: number;
}

/** Where each input stands and will stand once the batch is consumed, in the order of the sources. */
function rangesOf(task: StreamTask, batch: TaskBatch): InputRange[] {
  const ranges = new Map<string, InputRange>();
  for (const { topic, from, position } of task.queues)
    ranges.set(topic.name, { topic: topic.name, from, to: position });
  for (const record of batch.consumed) ranges.get(record.topic)!.to = record.nextOffset;
  return [...ranges.values()];
}
