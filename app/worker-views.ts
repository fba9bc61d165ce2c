// The view threads of one thread: those of every set of views that is open, begun and ended as sets come and go.
import { sleep } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PartHealth } from '../gateway/operations.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import type { ViewMetrics } from '../streams/metrics.ts';
import { type View, viewLabel } from '../streams/view.ts';
import { ViewThread } from '../streams/view-thread.ts';
import { projectCache } from '../views/cache/project-cache.ts';
import { projectExpiry } from '../views/expiry/project-expiry.ts';
import type { Config } from './config-schema.ts';
import { version } from './manifest.ts';
import { partHealth } from './operations.ts';
import type { ViewSet, ViewSets } from './view-sets.ts';
import { searchName } from './views.ts';
import { clock } from './wire/places.ts';

export interface WorkerViewsParts {
  readonly config: Pick<Config, 'appId' | 'sessionTimeoutMs'>;
  readonly log: Log;
  readonly topics: Topics;
  readonly viewSets: ViewSets;
  /** Which views of a set it keeps. */
  readonly viewsIn: (set: ViewSet) => readonly View<unknown>[];
  readonly instanceId: string;
  readonly metrics: ViewMetrics;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
}

/** Views that all can do without for a while. */
const dispensable: ReadonlySet<string> = new Set([projectCache.name, projectExpiry.name, searchName]);

export class WorkerViews {
  readonly #parts: WorkerViewsParts;
  #threads: ViewThread<unknown>[] = [];
  #leaveViewSets = () => {};

  constructor(parts: WorkerViewsParts) {
    this.#parts = parts;
  }

  get threads(): readonly ViewThread<unknown>[] {
    return this.#threads;
  }

  /** Keeps those of the sets, and `more` beside them. */
  start(more: readonly View<unknown>[] = []): void {
    this.#begin(more);
    this.#leaveViewSets = this.#parts.viewSets.keep({
      opened: (set) => this.#begin(this.#parts.viewsIn(set)),
      closing: (set) => this.#end(this.#parts.viewsIn(set)),
    });
  }

  health(): PartHealth[] {
    return this.#threads.map(({ name, state, waitingFor, view }): PartHealth => {
      const health = partHealth(`view ${name}`, state === 'running' ? waitingFor : `it is ${state}`);
      return state === 'running' && dispensable.has(view.name) ? { ...health, isPartial: true } : health;
    });
  }

  /** Resolves when they show what stands in the log by now, at a time on the monotonic clock, or when `signal` aborts. */
  async catchUp(until: number, signal: AbortSignal): Promise<void> {
    const threads = this.#threads.filter(({ state }) => state === 'running');
    await Promise.all(threads.map((thread) => thread.noteEnds()));
    const isDone = () => threads.every(({ isCurrent }) => isCurrent) || clock.monotonic() > until;
    while (!signal.aborted && !isDone()) await sleep(clock, 10, signal);
  }

  /** False if there is no such view. */
  async pause(label: string): Promise<boolean> {
    const thread = this.#threads.find(({ name }) => name === label);
    await thread?.stop();
    return thread !== undefined;
  }

  /** Starts it again, from wherever its offsets are then. */
  resume(label: string): void {
    this.#threads = this.#threads.map((each) => (each.name === label ? this.#threadOf(each.view) : each));
    for (const each of this.#threads) if (each.name === label) each.start();
  }

  /** Sets that come or go are no matter from here on. */
  leaveSets(): void {
    this.#leaveViewSets();
  }

  async stop(): Promise<void> {
    this.leaveSets();
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  #begin(views: readonly View<unknown>[]): void {
    const threads = views.map((view) => this.#threadOf(view));
    this.#threads = [...this.#threads, ...threads];
    for (const thread of threads) thread.start();
  }

  async #end(views: readonly View<unknown>[]): Promise<void> {
    const labels = new Set(views.map(viewLabel));
    const threads = this.#threads.filter(({ name }) => labels.has(name));
    this.#threads = this.#threads.filter((each) => !threads.includes(each));
    await Promise.all(threads.map((thread) => thread.stop()));
  }

  #threadOf(view: View<unknown>): ViewThread<unknown> {
    const { config, log, topics, instanceId, metrics, logger, onFailure } = this.#parts;
    return new ViewThread({
      log,
      clock,
      view,
      appId: config.appId,
      instanceId,
      sessionTimeoutMs: config.sessionTimeoutMs,
      deadLetters: topics.deadLetters,
      codeVersion: version,
      metrics,
      logger,
      onFailure,
    });
  }
}
