// The topics that a topology sends to itself, while its past is decided again. What it sent then is matched with what it
// sends now by the bytes: what is the same is taken where it was taken then; what isn't sent any more is left out; what is
// new is taken with the next commit of the task that it goes to. What others wrote there is taken as it was.
import type { Fetched, Log, TopicPartition } from '../log/log.ts';
import { type BatchRecord, RecordBatch } from '../log/record-batch.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import type { Progress } from '../state/task-state.ts';
import { batchesOf, committers } from './commit-history.ts';
import type { TopologyNames } from './names.ts';
import type { PastRecord, PastRecords } from './past-inputs.ts';
import { fingerprintOf } from './record-fingerprint.ts';
import type { ReplayedCommit } from './replay.ts';
import type { Topology } from './topology.ts';

/** Appends to a topic that stands in for one of these; gives the offset of the first record. */
export type LoopWriter = (place: TopicPartition, batch: RecordBatchBuilder) => Promise<number>;

interface LoopOptions {
  readonly log: Log;
  readonly names: TopologyNames;
  readonly topology: Topology;
  /** Where each task begins; undefined: with its first commit. */
  readonly bases: readonly (Progress | undefined)[];
  readonly writer: LoopWriter | undefined;
}

type Sent = Omit<BatchRecord, 'offset'>;

/** Of one partition. */
interface Loop {
  /** Fingerprint to how often it was sent then and isn't sent again yet. */
  readonly past: Map<string, number>;
  /** Sent again, and not taken yet: fingerprint to how often. */
  readonly again: Map<string, number>;
  /** Sent now and not then, and not taken yet. */
  readonly fresh: Sent[];
}

export class LoopTopics {
  readonly names: ReadonlySet<string>;
  readonly #loops = new Map<string, Loop>();
  readonly #producers: ReadonlySet<number>;
  readonly #writer: LoopWriter | undefined;
  readonly #topology: Topology;
  /** What was sent until then may be of commits that aren't done again. */
  readonly #basedAt: number;

  private constructor({ topology, bases, writer }: LoopOptions, producers: ReadonlySet<number>) {
    this.#producers = producers;
    this.#topology = topology;
    this.#writer = writer;
    this.names = topology.loops;
    this.#basedAt = Math.max(Number.NEGATIVE_INFINITY, ...bases.map((base) => base?.now ?? Number.NEGATIVE_INFINITY));
  }

  /** Reads what was sent since the bases. */
  static async open(options: LoopOptions): Promise<LoopTopics> {
    const { log, topology, bases } = options;
    const loops = new LoopTopics(options, await committers(options));
    const since = Math.min(...bases.map((base) => base?.now ?? 0));
    for (const topic of loops.names) {
      for (let partition = 0; partition < topology.partitions; partition++) {
        await loops.#readPast(log, { topic, partition }, since);
      }
    }
    return loops;
  }

  /** Where the task's queues begin, given where its sources do. */
  starts(sources: readonly number[]): number[] {
    const isWritten = this.#writer !== undefined;
    return sources.map((start, index) => {
      return isWritten && this.names.has(this.#topology.sources[index]!.topic.name) ? 0 : start;
    });
  }

  /** Up to when others must be done again that may send what of this isn't there yet. */
  awaited(partition: number, past: PastRecords): number {
    let until = Number.NEGATIVE_INFINITY;
    for (const [topic, records] of past) {
      const { again } = this.#loop({ topic, partition });
      const needed = new Map<string, number>();
      for (const record of records) {
        if (!this.#isOwn(record) || record.timestamp <= until) continue;
        const { fingerprint } = record;
        const count = (needed.get(fingerprint) ?? 0) + 1;
        needed.set(fingerprint, count);
        if (count > (again.get(fingerprint) ?? 0)) until = record.timestamp;
      }
    }
    return until;
  }

  /** Tells what a commit sends now. */
  made(outputs: ReplayedCommit['outputs']): void {
    for (const { topic, partition, batch } of outputs) {
      if (!this.names.has(topic)) continue;
      const { past, again, fresh } = this.#loop({ topic, partition });
      for (const record of batch.records()) {
        const fingerprint = fingerprintOf(record);
        if (takeOne(past, fingerprint)) again.set(fingerprint, (again.get(fingerprint) ?? 0) + 1);
        else fresh.push(record);
      }
    }
  }

  /** What a task takes now in place of what it took then; undefined for nothing. `at`: where its queue stands. */
  async take(place: TopicPartition, past: readonly PastRecord[], at: number): Promise<Fetched | undefined> {
    const loop = this.#loop(place);
    const records: Sent[] = past.filter((record) => {
      return !this.#isOwn(record) || takeOne(loop.again, record.fingerprint) || record.timestamp <= this.#basedAt;
    });
    records.push(...loop.fresh.splice(0));
    if (records.length === 0) return undefined;
    const build = () => {
      const builder = new RecordBatchBuilder();
      for (const { timestamp, key, value, headers } of records) builder.append(timestamp, key, value, headers);
      return builder;
    };
    const offset = (await this.#writer?.(place, build())) ?? at;
    const batch = new RecordBatch(build().finish(offset));
    return { ...place, batches: [batch], nextOffset: batch.nextOffset, endOffset: batch.nextOffset };
  }

  /** A partition with records that wait for a task. */
  waiting(): number | undefined {
    for (const [place, { fresh }] of this.#loops) if (fresh.length > 0) return Number(place.split('/')[1]);
    return undefined;
  }

  async #readPast(log: Log, place: TopicPartition, since: number): Promise<void> {
    const { past } = this.#loop(place);
    const [from = 0] = since > 0 ? await log.admin.offsets([place], { timestamp: since }) : [];
    for await (const { batch } of batchesOf(log, place, from)) {
      if (!this.#producers.has(batch.producerId)) continue;
      for (const record of batch.records()) {
        const fingerprint = fingerprintOf(record);
        past.set(fingerprint, (past.get(fingerprint) ?? 0) + 1);
      }
    }
  }

  #isOwn({ producerId }: PastRecord): boolean {
    return this.#producers.has(producerId);
  }

  #loop({ topic, partition }: TopicPartition): Loop {
    const name = `${topic}/${partition}`;
    let loop = this.#loops.get(name);
    if (loop === undefined) {
      loop = { past: new Map(), again: new Map(), fresh: [] };
      this.#loops.set(name, loop);
    }
    return loop;
  }
}

/** Takes one of the counted away; false if there is none. */
export function takeOne(counts: Map<string, number>, fingerprint: string): boolean {
  const count = counts.get(fingerprint) ?? 0;
  if (count > 1) counts.set(fingerprint, count - 1);
  else counts.delete(fingerprint);
  return count > 0;
}
