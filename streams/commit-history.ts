// The commit records of a topology's tasks as the log has them, and the moment that a place in that history stands for.
// A moment is all that a replay needs to begin somewhere: what a commit writes carries the time that the commit saw.
import { StockstreamError } from '../base/errors.ts';
import type { Log } from '../log/log.ts';
import type { RecordBatch } from '../log/record-batch.ts';
import type { Progress } from '../state/task-state.ts';
import { type CommitRecord, decodeCommitRecord } from './commit-record.ts';
import type { TopologyNames } from './names.ts';
import type { Topology } from './topology.ts';

/** A place in the history that the log knows. Times in milliseconds since the Unix epoch. */
export type PlaceInHistory =
  | { readonly type: 'beginning' }
  | { readonly type: 'time'; readonly at: number }
  /** The first commits at this offset of the commit topic or later. */
  | { readonly type: 'commit'; readonly offset: number }
  /** The commit that took this record. */
  | { readonly type: 'input'; readonly topic: string; readonly partition: number; readonly offset: number };

/** Where a replay begins. */
export type ReplayPoint = PlaceInHistory | { readonly type: 'checkpoint'; readonly id: string };

export interface History {
  readonly log: Log;
  readonly names: TopologyNames;
  readonly topology: Topology;
}

interface TaskHistory extends Pick<History, 'log' | 'names'> {
  readonly partition: number;
  /** By partition, offsets of the commit topic; default: where it ends now. */
  readonly ends?: readonly number[] | undefined;
}

const pollLimits = { maxWaitMs: 100, maxBytes: 1 << 20 };

/**
 * The batches of a partition from `from` on, up to where it ends now: transactions that are open still are waited for, as
 * what was committed may be about to show. A batch may begin before `from`.
 */
export async function* batchesOf(
  log: Log,
  place: { readonly topic: string; readonly partition: number },
  from?: number,
): AsyncGenerator<{ readonly batch: RecordBatch; readonly end: number }> {
  const [earliest = 0] = await log.admin.offsets([place], 'earliest');
  const [end = 0] = await log.admin.offsets([place], 'latest', 'uncommitted');
  let position = Math.max(from ?? 0, earliest);
  if (position >= end) return;
  const fetcher = log.fetcher();
  fetcher.assign(place, position);
  try {
    while (position < end) {
      for (const fetched of await fetcher.poll(pollLimits)) {
        for (const batch of fetched.batches) yield { batch, end };
        position = fetched.nextOffset;
      }
    }
  } finally {
    await fetcher.close();
  }
}

/** Every commit record of a task in order, those behind `after` if that is given. */
export async function* commitRecords(
  { log, names, partition, ends }: TaskHistory,
  after?: Progress,
): AsyncGenerator<CommitRecord> {
  const place = { topic: names.commits, partition };
  const [from = 0] = after === undefined ? [] : await log.admin.offsets([place], { timestamp: after.now });
  for await (const { batch, end } of batchesOf(log, place, from)) {
    for (const { value, offset } of batch.records()) {
      if (offset >= (ends?.[partition] ?? end)) return;
      if (offset < from) continue;
      const record = decodeCommitRecord(value!);
      if (after === undefined || record.commit > after.commit) yield record;
    }
  }
}

/** Where the commit topic ends, by partition: all that these commits wrote is there to be compared. */
export async function endsOf({ log, names, topology }: History): Promise<number[]> {
  const places = Array.from({ length: topology.partitions }, (_, partition) => ({ topic: names.commits, partition }));
  return await log.admin.offsets(places, 'latest');
}

/** The time of the first commit behind the ends: what bears it, or a later one, may be of a commit that came meanwhile. */
export async function firstBehind({ log, names, topology }: History, ends: readonly number[]): Promise<number> {
  let first = Number.POSITIVE_INFINITY;
  for (let partition = 0; partition < topology.partitions; partition++) {
    const now = await firstCommitAt(log, { topic: names.commits, partition }, ends[partition]!);
    first = Math.min(first, now ?? first);
  }
  return first;
}

/** Who wrote the commits of a topology: only what these wrote follows from them. */
export async function committers({ log, names, topology }: History): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (let partition = 0; partition < topology.partitions; partition++) {
    for await (const { batch } of batchesOf(log, { topic: names.commits, partition })) found.add(batch.producerId);
  }
  return found;
}

/**
 * The moment that a place stands for: what was committed then or later lies behind it.
 * @throws REPLAY_POINT_UNKNOWN
 */
export async function momentOf(history: History, point: PlaceInHistory): Promise<number> {
  switch (point.type) {
    case 'beginning':
      return Number.NEGATIVE_INFINITY;
    case 'time':
      return point.at;
    case 'commit':
      return await momentOfOffset(history, point.offset);
    case 'input': {
      const { topic, partition, offset } = point;
      if (!history.topology.sources.some((source) => source.topic.name === topic)) {
        throw unknown(`topology ${history.topology.name} doesn't read topic ${topic}`);
      }
      for await (const { inputs, now } of commitRecords({ ...history, partition })) {
        const [from = 0, to = 0] = inputs[topic] ?? [];
        if (from <= offset && offset < to) return now;
      }
      throw unknown(`no commit that the log has took offset ${offset} of ${topic}-${partition}`);
    }
  }
}

async function momentOfOffset({ log, names, topology }: History, offset: number): Promise<number> {
  let moment = Number.POSITIVE_INFINITY;
  for (let partition = 0; partition < topology.partitions; partition++) {
    const now = await firstCommitAt(log, { topic: names.commits, partition }, offset);
    moment = Math.min(moment, now ?? moment);
  }
  if (moment === Number.POSITIVE_INFINITY) throw unknown(`topic ${names.commits} ends before offset ${offset}`);
  return moment;
}

async function firstCommitAt(
  log: Log,
  place: { readonly topic: string; readonly partition: number },
  from: number,
): Promise<number | undefined> {
  for await (const { batch } of batchesOf(log, place, from)) {
    for (const { value, offset } of batch.records()) if (offset >= from) return decodeCommitRecord(value!).now;
  }
  return undefined;
}

function unknown(reason: string): StockstreamError {
  return new StockstreamError('REPLAY_POINT_UNKNOWN', { reason });
}
