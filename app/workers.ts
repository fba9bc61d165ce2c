// The workers of a process: one on this thread with the embedded log, which is one thread's; with Kafka each on a
// thread of its own, with connections and state of its own.
import { AggregatorRegistry, Registry } from 'prom-client';
import { sleep } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import type { Config } from './config-schema.ts';
import { OwnIndex } from './own-index.ts';
import { ThreadWorker } from './thread-worker.ts';
import type { ViewSets } from './view-sets.ts';
import { clock } from './wire/places.ts';
import { Worker } from './worker.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface WorkersParts {
  readonly config: Config;
  /** `host:port` where others ask this process for state. */
  readonly endpoint?: string | undefined;
  readonly log: Log;
  readonly topics: Topics;
  readonly viewSets: ViewSets;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
}

export class Workers {
  readonly all: readonly WorkerHandle[];

  private constructor(all: readonly WorkerHandle[]) {
    this.all = all;
  }

  static async start(parts: WorkersParts): Promise<Workers> {
    const { config, endpoint, logger, onFailure } = parts;
    if (config.log === 'embedded')
      return new Workers([await Worker.start({ ...parts, number: 0, metrics: new Registry() })]);
    const numbers = Array.from({ length: config.threads }, (_, number) => number);
    const threads = numbers.map((number) => new ThreadWorker({ config, number, endpoint, logger, onFailure }));
    const ownIndex = OwnIndex.start({ ...parts, metrics: new Registry() });
    return new Workers([...threads, ...(ownIndex ? [ownIndex] : [])]);
  }

  /**
   * Resolves when every task of this process runs, what was in the log before is decided, and its views show it, or
   * `signal` aborts. What is far behind is waited for a while only: stale answers are better than none.
   */
  async running(signal: AbortSignal): Promise<void> {
    const isRunning = async () => (await Promise.all(this.all.map((worker) => worker.isRunning()))).every(Boolean);
    while (!signal.aborted && !(await isRunning())) await sleep(clock, 10, signal);
    if (signal.aborted) return;
    await Promise.all(this.all.map((worker) => worker.catchUp('topologies')));
    await Promise.all(this.all.map((worker) => worker.catchUp('views')));
  }

  /** Of this process: its own and its workers'. */
  allFigures(own: Registry) {
    return Promise.all([own.getMetricsAsJSON(), ...this.all.map((worker) => worker.figures())]);
  }

  /** All of them in Prometheus' text format. */
  async figures(own: Registry): Promise<string> {
    return await AggregatorRegistry.aggregate(await this.allFigures(own)).metrics();
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.stop()));
  }
}
