// What a worker runs on one thread: the shop's topology, the views and the effects. It fails as a whole: what can't go on is
// reported once, for the process to stop and a supervisor to start it again.
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import type { PartHealth, StateQuery, TaskDescription } from '../gateway/operations.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import type { Store } from '../state/store.ts';
import { EffectThread } from '../streams/effect-thread.ts';
import { createEffectMetrics, createStreamsMetrics, createViewMetrics, type ViewMetrics } from '../streams/metrics.ts';
import { StreamThread } from '../streams/stream-thread.ts';
import type { View } from '../streams/view.ts';
import { ViewThread } from '../streams/view-thread.ts';
import { shopTopology } from '../topologies/shop.ts';
import type { Documents, DocumentWrite } from '../views/documents/documents.ts';
import type { Config } from './config-schema.ts';
import { type OpenEffects, openEffects } from './effects.ts';
import { registerLogFigures } from './log-figures.ts';
import { version } from './manifest.ts';
import { logHealth, partHealth } from './operations.ts';
import { readState } from './read-state.ts';
import { viewsInto } from './views.ts';
import { clock, openStore } from './wire.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface WorkerParts {
  readonly config: Config;
  /** Its number within the process, from 0: it has a state directory of its own. */
  readonly number: number;
  readonly log: Log;
  readonly topics: Topics;
  readonly documents: Documents;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
}

export class Worker implements WorkerHandle {
  readonly #parts: WorkerParts;
  readonly #store: Store;
  readonly #viewMetrics: ViewMetrics;
  readonly #thread: StreamThread;
  readonly #owner: string;
  readonly #openEffects: OpenEffects;
  readonly #effects: readonly EffectThread[];
  #views: ViewThread<DocumentWrite>[];

  private constructor(parts: WorkerParts, store: Store, effects: OpenEffects) {
    const { config, number, log, topics, metrics, logger, onFailure } = parts;
    this.#parts = parts;
    this.#store = store;
    this.#openEffects = effects;
    this.#owner = `${hostname()} ${process.pid}, thread ${number}`;
    this.#viewMetrics = createViewMetrics(metrics);
    registerLogFigures(metrics, log);
    this.#thread = new StreamThread({
      log,
      store,
      clock,
      topology: shopTopology(topics),
      appId: config.appId,
      instanceId: this.#instanceId,
      sessionTimeoutMs: config.sessionTimeoutMs,
      deadLetters: topics.deadLetters,
      codeVersion: version,
      metrics: createStreamsMetrics(metrics),
      logger,
      onFailure,
    });
    this.#views = viewsInto(parts.documents, topics).map((view) => this.#viewThread(view));
    this.#effects = this.#effectThreads(effects);
  }

  /** Opens the state and starts; tasks restore themselves in the background. */
  static async start(parts: WorkerParts): Promise<Worker> {
    const store = await openStore(parts.config, parts.number, parts.logger);
    const worker = new Worker(parts, store, await openEffects(parts));
    worker.#thread.start();
    for (const each of [...worker.#views, ...worker.#effects]) each.start();
    return worker;
  }

  async isRunning(): Promise<boolean> {
    return this.#thread.isSettled && this.#thread.tasks.every(({ state }) => state === 'running');
  }

  async areViewsCurrent(): Promise<boolean> {
    return this.#views.every(({ isCurrent }) => isCurrent);
  }

  async health(): Promise<PartHealth[]> {
    const { config, log, number } = this.#parts;
    const { state, topology } = this.#thread;
    const waits = (await this.isRunning()) ? undefined : 'tasks are being assigned or restored';
    return [
      ...(config.log === 'kafka' ? [logHealth(log, `log, thread ${number}`)] : []),
      partHealth(topology.name, state === 'running' ? waits : `it is ${state}`),
      ...this.#views.map((view) => {
        return partHealth(`view ${view.name}`, view.state === 'running' ? view.waitingFor : `it is ${view.state}`);
      }),
      ...this.#effects.map(({ name, state, waitingFor }): PartHealth => {
        const health = partHealth(`effect ${name}`, state === 'running' ? waitingFor : `it is ${state}`);
        // Whoever is asked outside may be away: orders are taken all the same, and wait for their turn.
        return state === 'running' ? { ...health, isPartial: true } : health;
      }),
    ];
  }

  async tasks(): Promise<TaskDescription[]> {
    const owner = this.#owner;
    const topology = this.#thread.topology.name;
    return [
      ...this.#thread.tasks.map(({ id, partition, state }) => ({ id, topology, partition, state, owner })),
      ...[...this.#views, ...this.#effects].flatMap(({ name, partitions, waitingFor }) => {
        const state = waitingFor === undefined ? 'running' : 'paused';
        return partitions.map((partition) => ({ id: `${name}_${partition}`, topology: name, partition, state, owner }));
      }),
    ];
  }

  figures() {
    return this.#parts.metrics.getMetricsAsJSON();
  }

  readState(query: StateQuery) {
    return readState(this.#store, this.#thread.topology, query);
  }

  async pauseView(name: string): Promise<boolean> {
    const view = this.#views.find((each) => each.name === name);
    await view?.stop();
    return view !== undefined;
  }

  async resumeView(name: string): Promise<void> {
    const { documents, topics } = this.#parts;
    const view = viewsInto(documents, topics).find((each) => each.name === name)!;
    const thread = this.#viewThread(view);
    this.#views = this.#views.map((each) => (each.name === name ? thread : each));
    thread.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#thread, ...this.#views, ...this.#effects].map((each) => each.stop()));
    await this.#openEffects.close();
    await this.#store.close();
  }

  /** The same after a restart, so that what the last one left open is ended at once. */
  get #instanceId(): string {
    const { config, number } = this.#parts;
    return config.log === 'embedded' ? 'embedded-0' : `${config.instanceId ?? hostname()}-${number}`;
  }

  #effectThreads({ tasks }: OpenEffects): EffectThread[] {
    const { config, log, topics, logger, onFailure } = this.#parts;
    const metrics = createEffectMetrics(this.#parts.metrics);
    return tasks.map((task) => {
      return new EffectThread({
        log,
        clock,
        random: systemRandom,
        task,
        appId: config.appId,
        instanceId: this.#instanceId,
        sessionTimeoutMs: config.sessionTimeoutMs,
        deadLetters: topics.deadLetters,
        codeVersion: version,
        metrics,
        logger,
        onFailure,
      });
    });
  }

  #viewThread(view: View<DocumentWrite>): ViewThread<DocumentWrite> {
    const { config, log, topics, logger, onFailure } = this.#parts;
    return new ViewThread({
      log,
      clock,
      view,
      appId: config.appId,
      instanceId: this.#instanceId,
      sessionTimeoutMs: config.sessionTimeoutMs,
      deadLetters: topics.deadLetters,
      codeVersion: version,
      metrics: this.#viewMetrics,
      logger,
      onFailure,
    });
  }
}
