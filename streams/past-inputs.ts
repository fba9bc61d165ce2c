// What a task's past commits took from the log, commit by commit. Records of topics that a topology sends to itself are
// given apart, for whoever decides again makes them anew.
import type { Fetched, Fetcher, Log } from '../log/log.ts';
import type { BatchRecord } from '../log/record-batch.ts';
import type { CommitRecord } from './commit-record.ts';
import { fingerprintOf } from './record-fingerprint.ts';
import type { StreamTask } from './task.ts';

export interface PastRecord extends BatchRecord {
  /** -1 for none. */
  readonly producerId: number;
  readonly fingerprint: string;
}

/** By topic. */
export type PastRecords = ReadonlyMap<string, readonly PastRecord[]>;

interface Ahead {
  readonly records: PastRecord[];
  end: number;
}

const pollLimits = { maxWaitMs: 1_000, maxBytes: 4 << 20 };

export class PastInputs {
  readonly #fetcher: Fetcher;
  readonly #task: StreamTask;
  /** Of the topology's own topics: what was read and not taken yet. */
  readonly #ahead = new Map<string, Ahead>();

  /** `starts`: where each of the task's sources begins. */
  constructor(
    log: Log,
    task: StreamTask,
    { loops, starts }: { readonly loops: ReadonlySet<string>; readonly starts: readonly number[] },
  ) {
    this.#fetcher = log.fetcher();
    this.#task = task;
    task.queues.forEach(({ topic: { name } }, index) => {
      if (loops.has(name)) this.#ahead.set(name, { records: [], end: starts[index]! });
      this.#fetcher.assign({ topic: name, partition: task.partition }, starts[index]!);
    });
  }

  /** Has the task's queues show what the commit took, nothing without one; gives what it took of the topology's own topics. */
  async take(record: CommitRecord | undefined): Promise<PastRecords> {
    if (record !== undefined) await this.#readFor(record);
    for (const queue of this.#task.queues) {
      if (this.#ahead.has(queue.topic.name)) continue;
      const [from = queue.position, to = queue.position] = record?.inputs[queue.topic.name] ?? [];
      queue.confine(from, to);
    }
    return new Map([...this.#ahead].map(([topic, ahead]) => [topic, taken(ahead, record?.inputs[topic]?.[1] ?? 0)]));
  }

  close(): Promise<void> {
    return this.#fetcher.close();
  }

  async #readFor(record: CommitRecord): Promise<void> {
    const { partition, queues } = this.#task;
    for (;;) {
      let isWhole = true;
      for (const queue of queues) {
        const input = { topic: queue.topic.name, partition };
        const isMissing = (this.#ahead.get(input.topic) ?? queue).end < (record.inputs[input.topic]?.[1] ?? 0);
        if (isMissing) isWhole = false;
        if (isMissing) this.#fetcher.resume(input);
        else this.#fetcher.pause(input);
      }
      if (isWhole) return;
      for (const fetched of await this.#fetcher.poll(pollLimits)) this.#add(fetched);
    }
  }

  #add(fetched: Fetched): void {
    const ahead = this.#ahead.get(fetched.topic);
    if (ahead === undefined) {
      this.#task.add(fetched);
      return;
    }
    for (const batch of fetched.batches) {
      const { producerId } = batch;
      for (const record of batch.records()) {
        if (record.offset < ahead.end) continue;
        ahead.records.push({ ...record, producerId, fingerprint: fingerprintOf(record) });
      }
    }
    ahead.end = Math.max(ahead.end, fetched.nextOffset);
  }
}

function taken({ records }: Ahead, to: number): PastRecord[] {
  const end = records.findIndex(({ offset }) => offset >= to);
  return records.splice(0, end < 0 ? records.length : end);
}
