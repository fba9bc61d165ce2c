// The standby tasks of a thread: copies of state that others work on, kept close behind their changelogs, so that one of
// them can be run here without being restored. They read on a fetcher of their own, a little at a time, so that running
// tasks come first; they commit nothing. A copy that was closed writes nothing more from that moment on.
import { type Clock, sleep } from '../base/clock.ts';
import { isStockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fetched, Fetcher, Log } from '../log/log.ts';
import { applyFetched, openTail, type RestoreOptions, type RestoreTarget } from '../state/restore.ts';
import type { Store } from '../state/store.ts';
import type { StreamsMetrics } from './metrics.ts';
import { storesOf, type TopologyNames, taskId } from './names.ts';
import type { StateTurns } from './state-turns.ts';
import type { Topology } from './topology.ts';

export interface StandbyOptions {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly topology: Topology;
  readonly names: TopologyNames;
  readonly metrics: StreamsMetrics;
  readonly maxStateAgeMs: number;
  /** Where a store that has nothing of a task begins. */
  readonly checkpoints?: RestoreOptions['checkpoints'];
  /** A warm-up is done when it is at most so many records behind. */
  readonly acceptableLag: number;
  /** Where the state of each task stands, by partition; told of every step. */
  readonly positions: Map<number, number>;
  readonly turns: StateTurns;
  /** A warm-up is done. */
  readonly onWarm: () => void;
  /** The store can't go on: `check` says why. */
  readonly onFailure: () => void;
  readonly logger: Logger;
}

/** A copy as it stands. */
export interface StandbyTask {
  readonly id: string;
  readonly partition: number;
  /** Records in the changelog that it doesn't have yet; undefined until that is known. */
  readonly lag: number | undefined;
}

interface Standby {
  readonly id: string;
  readonly partition: number;
  readonly closing: AbortController;
  isWarmup: boolean;
  /** Undefined until it is known where its state stands. */
  target: RestoreTarget | undefined;
  position: number;
  lag: number | undefined;
}

const idleWaitMs = 500;
/** What is read at once, and the pause after it, in which running tasks go on. */
const pollBytes = 256 << 10;
const pauseMs = 5;
const retryDelayMs = 500;
/** What an operator must mend is looked at again so seldom: nothing waits for a copy. */
const brokenDelayMs = 30_000;
/** A warm-up that is done is told so often, for the leader may see it otherwise. */
const tellEveryMs = 1_000;

export class StandbyTasks {
  readonly #options: StandbyOptions;
  readonly #fetcher: Fetcher;
  readonly #standbys = new Map<number, Standby>();
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #onAssigned: () => void = () => {};
  #toldAt = Number.NEGATIVE_INFINITY;
  #failure: unknown;

  constructor(options: StandbyOptions) {
    this.#options = options;
    this.#fetcher = options.log.fetcher();
    this.#done = this.#run();
  }

  get all(): readonly StandbyTask[] {
    return [...this.#standbys.values()].map(({ id, partition, lag }) => ({ id, partition, lag }));
  }

  /** @throws what a standby can't go on with, once */
  check(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Closes all but these. */
  keep(partitions: readonly number[]): void {
    for (const standby of [...this.#standbys.values()]) {
      if (!partitions.includes(standby.partition)) this.#close(standby);
    }
    this.#measure();
  }

  /** Nothing else may write the state of these tasks from now on. */
  assign({ standbys, warmups }: { standbys: readonly number[]; warmups: readonly number[] }): void {
    const partitions = [...standbys, ...warmups];
    this.keep(partitions);
    for (const partition of partitions) {
      const isWarmup = warmups.includes(partition);
      const known = this.#standbys.get(partition);
      if (known === undefined) this.#create(partition, isWarmup);
      else known.isWarmup = isWarmup;
    }
    this.#measure();
    this.#onAssigned();
  }

  async stop(): Promise<void> {
    this.keep([]);
    this.#stopping.abort();
    this.#onAssigned();
    this.#fetcher.wake();
    await this.#done;
    await this.#fetcher.close();
  }

  #create(partition: number, isWarmup: boolean): void {
    const id = taskId(this.#options.topology.name, partition);
    const closing = new AbortController();
    const standby = { id, partition, closing, isWarmup, target: undefined, position: 0, lag: undefined };
    this.#standbys.set(partition, standby);
    void this.#open(standby);
  }

  #close(standby: Standby): void {
    const { closing, partition } = standby;
    closing.abort();
    this.#standbys.delete(partition);
    this.#fetcher.unassign(this.#changelogOf(partition));
    this.#options.metrics.standbyLag.remove(this.#labelsOf(partition));
  }

  /** Looks where its state stands, and reads on from there. */
  async #open(standby: Standby): Promise<void> {
    const { signal } = standby.closing;
    while (!signal.aborted) {
      try {
        const options = this.#restoreOptions(standby);
        const open = async () => (signal.aborted ? undefined : await openTail(options));
        const tail = await this.#options.turns.take(standby.partition, open);
        if (tail === undefined || signal.aborted) return;
        const { from, end } = tail;
        standby.target = tail;
        this.#moved(standby, from, end);
        this.#fetcher.assign(this.#changelogOf(standby.partition), from);
        this.#fetcher.wake();
        return;
      } catch (error) {
        if (!signal.aborted) await this.#suffer(error, signal);
      }
    }
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (this.#standbys.size === 0) {
        await new Promise<void>((resolve) => (this.#onAssigned = resolve));
        continue;
      }
      try {
        const fetched = await this.#fetcher.poll({ maxWaitMs: idleWaitMs, maxBytes: pollBytes });
        for (const each of fetched) await this.#apply(each);
        this.#tellWarm();
        if (fetched.length > 0) await sleep(clock, pauseMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#suffer(error, signal);
        this.#reopen();
      }
    }
  }

  /** After a fault nothing that was read is trusted. */
  #reopen(): void {
    for (const { partition, isWarmup } of [...this.#standbys.values()]) {
      this.#close(this.#standbys.get(partition)!);
      this.#create(partition, isWarmup);
    }
  }

  async #apply(fetched: Fetched): Promise<void> {
    const standby = this.#standbys.get(fetched.partition);
    if (standby?.target === undefined) return;
    const { target, position, closing } = standby;
    const options = this.#restoreOptions(standby);
    // Whoever is given the task next looks where its state stands only after this is written.
    await this.#options.turns.take(standby.partition, async () => {
      if (!closing.signal.aborted) await applyFetched(fetched, position, { target, options });
    });
    this.#moved(standby, fetched.nextOffset, fetched.endOffset);
  }

  #moved(standby: Standby, position: number, end: number): void {
    const { positions, metrics } = this.#options;
    if (standby.closing.signal.aborted) return;
    standby.position = position;
    standby.lag = Math.max(0, end - position);
    positions.set(standby.partition, position);
    metrics.standbyLag.set(this.#labelsOf(standby.partition), standby.lag);
    this.#tellWarm();
  }

  /** Again and again, until it is given the task: the leader may know of a later end. */
  #tellWarm(): void {
    const { clock, acceptableLag, onWarm } = this.#options;
    const isWarm = ({ isWarmup, lag = Number.POSITIVE_INFINITY }: Standby) => isWarmup && lag <= acceptableLag;
    if (clock.monotonic() - this.#toldAt < tellEveryMs || ![...this.#standbys.values()].some(isWarm)) return;
    this.#toldAt = clock.monotonic();
    onWarm();
  }

  #restoreOptions({ id: task, partition, closing: { signal } }: Standby): RestoreOptions {
    const { log, store, clock, topology, checkpoints, maxStateAgeMs: maxAgeMs } = this.#options;
    const changelog = this.#changelogOf(partition);
    return { log, store, clock, task, changelog, specs: storesOf(topology), maxAgeMs, signal, checkpoints };
  }

  #changelogOf(partition: number) {
    return { topic: this.#options.names.changelog, partition };
  }

  #labelsOf(partition: number) {
    return { topology: this.#options.topology.name, partition: String(partition) };
  }

  /** What passes is waited for; what is wrong with the store is wrong for all tasks of the thread. */
  async #suffer(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, logger, topology, onFailure } = this.#options;
    const isOfStore = !isStockstreamError(error) || ofStore.has(error.code);
    const passes = isStockstreamError(error) && error.disposition === 'retry';
    if (isOfStore) {
      this.#failure = error;
      onFailure();
    } else if (!passes) logger.error({ err: error, topology: topology.name }, 'standby tasks stand still');
    await sleep(clock, passes ? retryDelayMs : brokenDelayMs, signal);
  }

  #measure(): void {
    const { metrics, topology } = this.#options;
    metrics.tasks.set({ topology: topology.name, state: 'standby' }, this.#standbys.size);
  }
}

const ofStore: ReadonlySet<string> = new Set(['STATE_STORAGE_FAILED', 'STATE_STORE_DAMAGED', 'STATE_CLOSED']);
