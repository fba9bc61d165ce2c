// The search index of a gateway that has no search server: with Kafka each such process fills one of its own from the log,
// on the thread that reads it. To the process it is one more worker, which runs no tasks and has no state.
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import type { PartHealth, TaskDescription } from '../gateway/operations.ts';
import { createViewMetrics } from '../streams/metrics.ts';
import { readerTasks } from './operations.ts';
import type { ViewSets } from './view-sets.ts';
import { ownViewsOf } from './views.ts';
import { clock } from './wire/places.ts';
import type { WorkerHandle } from './worker-handle.ts';
import { WorkerViews, type WorkerViewsParts } from './worker-views.ts';

type OwnIndexParts = Omit<WorkerViewsParts, 'viewsIn' | 'instanceId' | 'metrics'> & { readonly metrics: Registry };

const catchUpMs = 10_000;

export class OwnIndex implements WorkerHandle {
  readonly #views: WorkerViews;
  readonly #metrics: Registry;
  readonly #stopping = new AbortController();

  private constructor(parts: OwnIndexParts) {
    this.#metrics = parts.metrics;
    this.#views = new WorkerViews({
      ...parts,
      viewsIn: (set) => ownViewsOf(set, parts.topics),
      instanceId: 'own',
      metrics: createViewMetrics(parts.metrics),
    });
  }

  /** Undefined if the sets' indexes are filled by others. */
  static start(parts: OwnIndexParts): OwnIndex | undefined {
    if (!isNeeded(parts.viewSets)) return undefined;
    const index = new OwnIndex(parts);
    index.#views.start();
    return index;
  }

  async isRunning(): Promise<boolean> {
    return true;
  }

  async catchUp(of: 'topologies' | 'views'): Promise<void> {
    if (of === 'views') await this.#views.catchUp(clock.monotonic() + catchUpMs, this.#stopping.signal);
  }

  async health(): Promise<PartHealth[]> {
    return this.#views.health();
  }

  async tasks(): Promise<TaskDescription[]> {
    return readerTasks(this.#views.threads, `${hostname()} ${process.pid}`);
  }

  figures() {
    return this.#metrics.getMetricsAsJSON();
  }

  async readTasks(): Promise<undefined> {
    return undefined;
  }

  async observe(): Promise<[]> {
    return [];
  }

  async payments(): Promise<undefined> {
    return undefined;
  }

  async checkpoint(): Promise<[]> {
    return [];
  }

  pauseView(name: string): Promise<boolean> {
    return this.#views.pause(name);
  }

  async resumeView(name: string): Promise<void> {
    this.#views.resume(name);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#views.stop();
  }
}

function isNeeded({ current }: ViewSets): boolean {
  return current.ownIndex !== undefined;
}
