// The tasks of a thread: made when they are assigned, restored beside the run loop, dropped when they move away.
import { type Clock, sleep } from '../base/clock.ts';
import type { Fetcher, Log } from '../log/log.ts';
import type { RestoreCheckpoints } from '../state/restore.ts';
import type { Store } from '../state/store.ts';
import type { StreamsMetrics } from './metrics.ts';
import type { TopologyNames } from './names.ts';
import { restoreTask } from './restore-task.ts';
import type { StateTurns } from './state-turns.ts';
import { StreamTask } from './task.ts';
import type { Topology } from './topology.ts';

export interface TaskManagerOptions {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly topology: Topology;
  readonly names: TopologyNames;
  readonly fetcher: Fetcher;
  readonly codeVersion: string;
  readonly metrics: StreamsMetrics;
  readonly checkpoints?: RestoreCheckpoints | undefined;
  /** Where the state of each task stands, by partition; told of what was restored. */
  readonly positions: Map<number, number>;
  readonly turns: StateTurns;
}

/** State that stood still for longer is read anew; a changelog keeps its tombstones twice as long. */
export const maxStateAgeMs = 12 * 60 * 60 * 1000;

/** Between two pages of keys, which take about 9 ms each: a quarter of the thread at most. */
const learnPauseMs = 25;

export class TaskManager {
  readonly #options: TaskManagerOptions;
  readonly #tasks = new Map<number, StreamTask>();
  readonly #restoring = new Map<StreamTask, AbortController>();
  /** Whether keys of tasks' stores are being read. */
  #isLearning = false;
  #failure: unknown;

  constructor(options: TaskManagerOptions) {
    this.#options = options;
  }

  get all(): readonly StreamTask[] {
    return [...this.#tasks.values()];
  }

  get running(): readonly StreamTask[] {
    return this.all.filter(({ state }) => state === 'running');
  }

  get(partition: number): StreamTask | undefined {
    return this.#tasks.get(partition);
  }

  /** Looks after the tasks. @throws what made a restore fail, once */
  check(): void {
    const { fetcher } = this.#options;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    if (!this.#isLearning && this.running.some(({ stores }) => stores.wantsKeys)) {
      this.#isLearning = true;
      void this.#learn().finally(() => {
        this.#isLearning = false;
        fetcher.wake();
      });
    }
  }

  /** Beside the run loop, and in turn, so that a large store of one task keeps no small one of another waiting. */
  async #learn(): Promise<void> {
    const { store, clock } = this.#options;
    const pause = () => sleep(clock, learnPauseMs);
    for (const task of this.running) {
      if (task.state !== 'running') continue;
      try {
        await task.stores.learnKeys(store, pause);
      } catch (error) {
        if (task.state === 'running') this.#failure = error;
      }
    }
  }

  /** Drops what isn't among `partitions`, makes what is new; the rest goes on as it is. Returns what was dropped. */
  assign(partitions: readonly number[]): number[] {
    const gone = [...this.#tasks.keys()].filter((partition) => !partitions.includes(partition));
    for (const partition of gone) this.#drop(partition);
    for (const partition of partitions) if (!this.#tasks.has(partition)) this.#create(partition);
    this.#measure();
    return gone;
  }

  /** Throws away what the tasks have in memory: each is made anew and restores itself. */
  restartAll(): void {
    const partitions = [...this.#tasks.keys()];
    this.dropAll();
    this.assign(partitions);
  }

  dropAll(): void {
    for (const partition of this.#tasks.keys()) this.#drop(partition);
    this.#failure = undefined;
    this.#measure();
  }

  #drop(partition: number): void {
    const task = this.#tasks.get(partition)!;
    this.#tasks.delete(partition);
    this.#restoring.get(task)?.abort();
    for (const { topic } of task.topology.sources) this.#options.fetcher.unassign({ topic: topic.name, partition });
    task.moveTo('closed');
  }

  #create(partition: number): void {
    const task = new StreamTask(this.#options.topology, partition, this.#options.codeVersion);
    this.#tasks.set(partition, task);
    task.moveTo('restoring');
    const abort = new AbortController();
    this.#restoring.set(task, abort);
    const { log, store, clock, names, metrics, topology, fetcher, checkpoints } = this.#options;
    const onRestored = (records: number) => metrics.restored.inc({ topology: topology.name }, records);
    const { signal } = abort;
    const options = { log, store, clock, names, maxStateAgeMs, signal, onRestored, checkpoints };
    this.#options.turns
      .take(partition, async () => (signal.aborted ? 0 : await restoreTask(task, options)))
      .then((offset) => {
        if (task.state !== 'running') return;
        this.#options.positions.set(partition, offset);
        this.#read(task);
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) this.#failure = error;
      })
      .finally(() => {
        this.#restoring.delete(task);
        this.#measure();
        fetcher.wake();
      });
  }

  #read(task: StreamTask): void {
    for (const { topic, partition, position } of task.queues) {
      this.#options.fetcher.assign({ topic: topic.name, partition }, position);
    }
  }

  /** Tells what stands still. */
  measureQuarantine(): void {
    const { metrics, topology } = this.#options;
    if (topology.quarantine === undefined) return;
    let [keys, records] = [0, 0];
    for (const { quarantined } of this.#tasks.values()) {
      keys += quarantined?.keys ?? 0;
      records += quarantined?.records ?? 0;
    }
    metrics.quarantinedKeys.set({ topology: topology.name }, keys);
    metrics.waitingRecords.set({ topology: topology.name }, records - keys);
  }

  #measure(): void {
    this.measureQuarantine();
    const { metrics, topology } = this.#options;
    for (const state of ['restoring', 'running']) {
      const count = this.all.filter((task) => task.state === state).length;
      metrics.tasks.set({ topology: topology.name, state }, count);
    }
  }
}
