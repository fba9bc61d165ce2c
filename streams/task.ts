// A stream task: one partition of one topology, with its inputs, its state and the batch that it is working on.
//
//     created --> restoring --> running
//        |            |            |
//        +------------+------------+----> closed
//
// Running: takes batches, also while the group re-forms. Closed: never used again; after a failed commit a task is closed
// and made anew.
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Serde } from '../base/serde.ts';
import type { Fetched } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import { Encodings } from '../state/encodings.ts';
import type { TimeRow } from '../state/keys.ts';
import type { Store } from '../state/store.ts';
import { type Progress, TaskState } from '../state/task-state.ts';
import { type BatchParts, type StoreKey, TaskBatch } from './batch.ts';
import { InputQueue, mergeQueues } from './input-queue.ts';
import { storesOf, taskId } from './names.ts';
import { type BatchScope, ProcessorNode } from './processor-node.ts';
import { Quarantine, type QuarantineTotals } from './quarantine.ts';
import { SentRecords } from './sent-records.ts';
import type { SourceNode, TimerNode, Topology } from './topology.ts';

export const taskStates = ['created', 'restoring', 'running', 'closed'] as const;
export type TaskStateName = (typeof taskStates)[number];

export const taskTransitions: { readonly [From in TaskStateName]: readonly TaskStateName[] } = {
  created: ['restoring', 'closed'],
  restoring: ['running', 'closed'],
  running: ['closed'],
  closed: [],
};

/** Limits of one batch of one task. */
export interface BatchLimits {
  readonly records: number;
  readonly timers: number;
  /** What it may write, about. */
  readonly bytes: number;
}

interface BeginWith {
  readonly now: number;
  readonly due: readonly TimeRow[];
  readonly retired?: readonly StoreKey[];
  readonly maxFired: number;
  readonly records: number;
  readonly maxBytes?: number;
}

/** How long records wait for those of a source that can't be read. */
const mostBehindMs = 5_000;

/** What the filters of stores' keys may take, each: 2.8 million keys and 5.6 MB, or 11 million and 22 MB. */
const manyTasksLayers = 5;
const fewTasksLayers = 6;

/** Of a batch, however slow the one before it was. */
const leastRecords = 64;

export class StreamTask {
  readonly id: string;
  readonly partition: number;
  readonly topology: Topology;
  /** Of outputs whose values may lie in stores as well. */
  readonly sharedSerdes: ReadonlySet<Serde<unknown>>;
  readonly #codeVersion: string;
  #state: TaskStateName = 'created';
  #parts: BatchParts | undefined;
  #queues: InputQueue[] = [];
  #now = 0;
  /** Retired stores that may still have entries. */
  #retiring: readonly string[] = [];
  /** The batch being processed, until it is sealed. */
  batch: TaskBatch | undefined;
  /** How many records a batch takes at most: what it has no time for needn't be made ready. */
  #mostRecords = Number.POSITIVE_INFINITY;
  #taken = 0;
  /** Since when a source has more than was fetched and nothing that waits, on the monotonic clock. */
  #behindSince: number | undefined;

  constructor(topology: Topology, partition: number, codeVersion: string) {
    this.id = taskId(topology.name, partition);
    this.topology = topology;
    const serdesOfStores = new Set(storesOf(topology).map(({ serde }) => serde));
    this.sharedSerdes = new Set(topology.outputs.map(({ serde }) => serde).filter((each) => serdesOfStores.has(each)));
    this.partition = partition;
    this.#codeVersion = codeVersion;
  }

  get state(): TaskStateName {
    return this.#state;
  }

  get queues(): readonly InputQueue[] {
    return this.#queues;
  }

  /** The decoded stores; only once it was opened. */
  get stores(): TaskState {
    assert(this.#parts, `task ${this.id} has no state yet`);
    return this.#parts.state;
  }

  /** How many keys stand still, and how many of their records lie there. */
  get quarantined(): QuarantineTotals | undefined {
    return this.#parts?.quarantine?.totals;
  }

  moveTo(next: TaskStateName): void {
    assert(taskTransitions[this.#state].includes(next), `task ${this.id} can't go from ${this.#state} to ${next}`);
    this.#state = next;
  }

  /** Opens the restored state and starts running; `inputs` are the offsets to read on from, one a source. */
  open(progress: Progress | undefined, inputs: readonly number[]): void {
    const filters = { maxLayers: this.topology.partitions > 2 ? manyTasksLayers : fewTasksLayers };
    const state = new TaskState(this.id, storesOf(this.topology), progress?.commit ?? 0, filters);
    const scope: BatchScope = { now: 0, eventTime: undefined, sent: new SentRecords(), dropped: [] };
    const { sources, timers, quarantine, timed } = this.topology;
    const held = quarantine && new Quarantine(quarantine, state);
    const owns = (key: string) => this.#hasPartitionOf(key) && !held?.has(key);
    const node = ({ topic, processor, wires, isQuarantined }: SourceNode): [string, ProcessorNode] => [
      topic.name,
      ProcessorNode.ofRecords(processor, { wires, state, scope, owns, isQuarantined, timed }),
    ];
    const timerNode = ({ name, processor, wires }: TimerNode): [string, ProcessorNode] => [
      name,
      ProcessorNode.ofTimers(processor, { wires, state, scope, owns, isQuarantined: true, timed }),
    ];
    this.#parts = {
      task: this.id,
      state,
      scope,
      sources: new Map(sources.map(node)),
      timers: new Map(timers.map(timerNode)),
      quarantine: held,
      serdes: new Map(sources.map(({ topic }) => [topic.name, topic.serde])),
      codeVersion: this.#codeVersion,
      encodings: new Encodings(this.sharedSerdes),
    };
    this.#now = progress?.now ?? 0;
    this.#retiring = this.topology.retired.stores;
    this.#queues = sources.map(({ topic }, index) => new InputQueue(topic, this.partition, inputs[index]!));
    this.moveTo('running');
  }

  #hasPartitionOf(key: string): boolean {
    const { partitions } = this.topology;
    return partitions === 1 || partitionOf(key, partitions) === this.partition;
  }

  add(fetched: Fetched): void {
    this.#queues.find(({ topic }) => topic.name === fetched.topic)?.add(fetched);
  }

  /** How many records wait, and how many bytes they take. */
  get buffered(): { records: number; bytes: number } {
    let records = 0;
    let bytes = 0;
    for (const queue of this.#queues) {
      records += queue.length;
      bytes += queue.bytes;
    }
    return { records, bytes };
  }

  /** The time of the next commit: the clock's, unless that went back. */
  timeOf(clock: Clock): number {
    return Math.max(this.#now, clock.now());
  }

  /** Whether its inputs were read past where the last commit left them without a record: past the log's own marks. */
  get isAhead(): boolean {
    return this.#queues.some(({ position, from }) => position > from);
  }

  hasWork(clock: Clock): boolean {
    return (
      this.#retiring.length > 0 ||
      this.stores.times.nextAt <= this.timeOf(clock) ||
      (this.#queues.some(({ length }) => length > 0) && !this.#mustWait(clock))
    );
  }

  /** Whether what is still to be fetched may have to come before what waits; not for ever, for a broker may be away. */
  #mustWait(clock: Clock): boolean {
    if (!this.#queues.some(({ length, hasMore }) => length === 0 && hasMore)) {
      this.#behindSince = undefined;
      return false;
    }
    this.#behindSince ??= clock.monotonic();
    return clock.monotonic() - this.#behindSince < mostBehindMs;
  }

  /** Looks up what is due, then starts a batch. */
  async begin(store: Store, clock: Clock, limits: BatchLimits): Promise<void> {
    const now = this.timeOf(clock);
    const { times } = this.stores;
    const due = times.nextAt <= now ? await times.due(store, now, limits.timers) : [];
    const retired = this.#retiring.length > 0 ? await this.#retire(store, limits.timers) : [];
    const records = this.#mustWait(clock) ? 0 : Math.min(limits.records, this.#mostRecords);
    this.beginWith({ now, due, retired, maxFired: limits.timers, records, maxBytes: limits.bytes });
  }

  /** Learns from a batch that is done how many records the next one will have time for. */
  pace(): void {
    const done = this.batch!.consumed.length;
    if (done < this.#taken) this.#mostRecords = leastRecords + done * 2;
    else if (done >= this.#mostRecords) this.#mostRecords *= 2;
  }

  /** The next entries of retired stores that aren't being deleted yet. */
  async #retire(store: Store, limit: number): Promise<StoreKey[]> {
    const [name = ''] = this.#retiring;
    const { keys } = this.stores;
    const partition = this.stores.partitionOf(name)!;
    const entries = await store.scan(keys.entries(name), { limit });
    if (entries.length === 0) this.#retiring = this.#retiring.slice(1);
    const found = entries.map(({ key }) => ({ store: name, key: keys.keyOf(name, key) }));
    return found.filter(({ key }) => !partition.holds(key));
  }

  /** Starts a batch with given timers and about so many waiting records. */
  beginWith(input: BeginWith): void {
    this.#now = input.now;
    const records = mergeQueues(this.#queues, input.records);
    this.#taken = records.length;
    this.batch = new TaskBatch(this.#parts!, { ...input, records });
  }
}
