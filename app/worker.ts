// What a worker runs on one thread: the shop's topology, the views and the effects. It fails as a whole: what can't go on is
// reported once, for the process to stop and a supervisor to start it again.
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import { sleep } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import type { PartHealth, TaskDescription } from '../gateway/operations.ts';
import type { StateQuery } from '../gateway/state-queries.ts';
import type { Log } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import type { PaymentFact } from '../processors/reconcile/compare-payments.ts';
import type { TaskFacts } from '../processors/reconcile/examine-task.ts';
import type { Topics } from '../schemas/topics.ts';
import { splitMemory } from '../state/memory-split.ts';
import type { Store } from '../state/store.ts';
import { CacheBudget } from '../streams/cache-budget.ts';
import { EffectThread } from '../streams/effect-thread.ts';
import {
  createEffectMetrics,
  createSourceMetrics,
  createStreamsMetrics,
  createViewMetrics,
} from '../streams/metrics.ts';
import { SourceThread } from '../streams/source-thread.ts';
import { StreamThread } from '../streams/stream-thread.ts';
import { brokeredLimits } from '../streams/stream-thread-options.ts';
import { type View, viewLabel } from '../streams/view.ts';
import { allTopologies } from '../topologies/all.ts';
import { collections } from '../views/collections.ts';
import type { ExpiryRecords } from '../views/expiry/expiry-records.ts';
import { type Archiving, startArchiving } from './archiving.ts';
import { WorkerCheckpoints } from './checkpoints.ts';
import type { Config } from './config-schema.ts';
import { type OpenEffects, openEffects } from './effects.ts';
import { type OpenFeeds, openFeeds } from './feeds.ts';
import { registerLogFigures } from './log-figures.ts';
import { version } from './manifest.ts';
import { logHealth, partHealth, readerTasks } from './operations.ts';
import { openOwnStore } from './own-store.ts';
import { readTasks } from './queries/read-tasks.ts';
import { observeStore } from './reconcile/observe.ts';
import type { ViewSets } from './view-sets.ts';
import { expiryView, sharedViewsOf, viewIn } from './views.ts';
import { clock, threadName } from './wire/places.ts';
import { openExpiryRecords } from './wire/views.ts';
import type { WorkerHandle } from './worker-handle.ts';
import { WorkerViews } from './worker-views.ts';

export interface WorkerParts {
  readonly config: Config;
  /** Its number within the process, from 0: it has a state directory of its own. */
  readonly number: number;
  /** `host:port` where others ask its process for state. */
  readonly endpoint?: string | undefined;
  readonly log: Log;
  readonly topics: Topics;
  readonly viewSets: ViewSets;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly onFailure: (error: unknown) => void;
}

/** What a worker opens for itself. */
interface Opened {
  readonly store: Store;
  readonly checkpoints: WorkerCheckpoints;
  readonly effects: OpenEffects;
  /** Undefined where nobody would find them. */
  readonly expiry: ExpiryRecords | undefined;
  /** Undefined if others take feeds in. */
  readonly feeds: OpenFeeds | undefined;
}

/** What is far behind is waited for so long: stale answers are better than none. */
const catchUpMs = 10_000;
/** What is in hand at a stop is finished within so long, else after the next start. */
const drainMs = 2_000;

export class Worker implements WorkerHandle {
  readonly #parts: WorkerParts;
  readonly #store: Store;
  readonly #checkpoints: WorkerCheckpoints;
  readonly #streams: readonly StreamThread[];
  readonly #views: WorkerViews;
  readonly #owner: string;
  readonly #openEffects: OpenEffects;
  readonly #effects: readonly EffectThread[];
  readonly #expiry: ExpiryRecords | undefined;
  readonly #feeds: OpenFeeds | undefined;
  readonly #sources: readonly SourceThread[];
  #archiving: Archiving | undefined;
  readonly #stopping = new AbortController();

  private constructor(parts: WorkerParts, { store, checkpoints, effects, expiry, feeds }: Opened) {
    const { number, log, topics, metrics } = parts;
    this.#parts = parts;
    this.#store = store;
    this.#checkpoints = checkpoints;
    this.#openEffects = effects;
    this.#expiry = expiry;
    this.#owner = `${hostname()} ${process.pid}, thread ${number}`;
    registerLogFigures(metrics, log);
    this.#streams = this.#streamThreads();
    this.#views = new WorkerViews({
      ...parts,
      viewsIn: (set) => sharedViewsOf(set, topics),
      instanceId: this.#instanceId,
      metrics: createViewMetrics(metrics),
    });
    this.#effects = this.#effectThreads(effects);
    this.#feeds = feeds;
    this.#sources = feeds ? [this.#sourceThread(feeds)] : [];
  }

  /** Opens the state and starts; tasks restore themselves in the background. */
  static async start(parts: WorkerParts): Promise<Worker> {
    const { config, logger } = parts;
    // Records in memory are found by a gateway of the same thread alone.
    const isFound = config.cache === 'redis' || config.log === 'embedded';
    const store = await openOwnStore(parts);
    const threads = () => worker.#streams;
    const worker: Worker = new Worker(parts, {
      store,
      checkpoints: await WorkerCheckpoints.open({ ...parts, store, threads }),
      effects: await openEffects({ ...parts, documents: parts.viewSets.documents }),
      expiry: isFound ? await openExpiryRecords(config, logger) : undefined,
      feeds: await openFeeds({ ...parts, documents: parts.viewSets.documents }),
    });
    worker.#archiving = await startArchiving({
      ...parts,
      documents: parts.viewSets.documents,
      owns: (orderId) => worker.#writesOrder(orderId),
    });
    for (const each of [...worker.#streams, ...worker.#effects, ...worker.#sources]) each.start();
    worker.#views.start(worker.#ownViews());
    worker.#checkpoints.checkpointer.start();
    return worker;
  }

  async isRunning(): Promise<boolean> {
    return this.#streams.every(({ isSettled, tasks }) => isSettled && tasks.every(({ state }) => state === 'running'));
  }

  async catchUp(of: 'topologies' | 'views'): Promise<void> {
    const until = clock.monotonic() + catchUpMs;
    // One topology after the other: what one decides another takes.
    const { signal } = this.#stopping;
    if (of === 'views') return await this.#views.catchUp(until, signal);
    for (const thread of this.#streams) {
      await thread.noteEnds();
      while (!signal.aborted && !thread.isCurrent && clock.monotonic() < until) await sleep(clock, 10, signal);
    }
  }

  async health(): Promise<PartHealth[]> {
    const { config, log, number } = this.#parts;
    return [
      ...(config.log === 'kafka' ? [logHealth(log, `log, thread ${number}`)] : []),
      ...this.#streams.map(streamHealth),
      ...this.#views.health(),
      ...(this.#archiving ? [this.#archiving.health()] : []),
      ...[...this.#effects, ...this.#sources].map((each): PartHealth => {
        const { name, state, waitingFor } = each;
        const kind = each instanceof EffectThread ? 'effect' : 'source';
        const health = partHealth(`${kind} ${name}`, state === 'running' ? waitingFor : `it is ${state}`);
        // Whoever is asked outside may be away: orders are taken all the same, and wait for their turn.
        return state === 'running' ? { ...health, isPartial: true } : health;
      }),
    ];
  }

  async tasks(): Promise<TaskDescription[]> {
    const owner = this.#owner;
    return [
      ...this.#streams.flatMap(({ topology: { name }, tasks }) => {
        return tasks.map(({ id, partition, state }) => ({ id, topology: name, partition, state, owner }));
      }),
      ...this.#streams.flatMap(({ topology: { name }, standbys }) => {
        return standbys.map(({ id, partition, lag }) => {
          const standby = { id, topology: name, partition, state: 'standby', owner };
          return lag === undefined ? standby : { ...standby, lag };
        });
      }),
      ...readerTasks([...this.#views.threads, ...this.#effects, ...this.#sources], owner),
    ];
  }

  figures() {
    return this.#parts.metrics.getMetricsAsJSON();
  }

  readTasks(query: StateQuery) {
    const { log, config } = this.#parts;
    return readTasks({ log, clock, appId: config.appId, store: this.#store, threads: this.#streams }, query);
  }

  async observe(): Promise<TaskFacts[]> {
    const running = this.#streams[0]!.tasks.filter(({ state }) => state === 'running');
    const found: TaskFacts[] = [];
    for (const { topology, partition } of running) {
      const facts = await observeStore(this.#store, topology, partition);
      if (facts !== undefined) found.push(facts);
    }
    return found;
  }

  async payments(since: number): Promise<PaymentFact[] | undefined> {
    const { payments } = this.#openEffects;
    if (payments === undefined) return undefined;
    const found: PaymentFact[] = [];
    for await (const payment of payments.list(since)) found.push(payment);
    return found;
  }

  async checkpoint(tasks: readonly string[]) {
    const wanted = new Set(tasks);
    const owned = (await Promise.all(this.#streams.map((thread) => ownedIds(thread, wanted)))).flat();
    return owned.length === 0 ? [] : await this.#checkpoints.checkpointer.create(new Set(owned));
  }

  async pauseView(label: string): Promise<boolean> {
    return await this.#views.pause(label);
  }

  async resumeView(label: string): Promise<void> {
    this.#views.resume(label);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#views.leaveSets();
    await this.#archiving?.stop();
    await this.#checkpoints.stop();
    await Promise.all([...this.#effects, ...this.#sources].map((each) => each.stop()));
    // With Kafka others go on at once; nobody does with an embedded log.
    if (this.#parts.config.log === 'embedded') await this.#drain();
    await Promise.all([...this.#streams, this.#views].map((each) => each.stop()));
    await this.#openEffects.close();
    await this.#feeds?.close();
    await this.#expiry?.close();
    await this.#store.close();
  }

  /** Lets topologies and views come to the end of what they read, within a while: what one decides others take. */
  async #drain(): Promise<void> {
    const until = clock.monotonic() + drainMs;
    const threads = this.#streams.filter(({ state }) => state === 'running');
    for (;;) {
      await Promise.all(threads.map((thread) => thread.noteEnds()));
      if (threads.every(({ isCurrent }) => isCurrent) || clock.monotonic() > until) break;
      await sleep(clock, 5);
    }
    await this.#views.catchUp(until, new AbortController().signal);
  }

  /** The same after a restart, so that what the last one left open is ended at once. */
  get #instanceId(): string {
    return threadName(this.#parts.config, this.#parts.number);
  }

  #streamThreads(): StreamThread[] {
    const { config, log, topics, metrics, logger, endpoint, onFailure } = this.#parts;
    const streamsMetrics = createStreamsMetrics(metrics);
    const topologies = allTopologies(topics);
    const memory = splitMemory(config.stateMemory * 2 ** 20);
    for (const [part, bytes] of Object.entries(memory)) streamsMetrics.memoryLimit.set({ part }, bytes);
    const cache = new CacheBudget(memory.cache);
    const ofLog = config.log === 'kafka' ? { ...brokeredLimits, commitDelayMs: config.commitDelayMs } : {};
    return topologies.map((topology) => {
      return new StreamThread({
        limits: { uncommittedBytes: memory.uncommitted / topologies.length, ...ofLog },
        cache,
        log,
        store: this.#store,
        clock,
        topology,
        appId: config.appId,
        instanceId: this.#instanceId,
        endpoint,
        sessionTimeoutMs: config.sessionTimeoutMs,
        rules: {
          standbys: config.standbys,
          acceptableLag: config.acceptableRecoveryLag,
          maxWarmups: config.maxWarmupReplicas,
        },
        process: `${hostname()} ${process.pid}`,
        deadLetters: topics.deadLetters,
        codeVersion: version,
        metrics: streamsMetrics,
        logger,
        checkpoints: this.#checkpoints.restore,
        onFailure,
      });
    });
  }

  /** Beside those of the sets. */
  #ownViews(): View<unknown>[] {
    return this.#expiry ? [expiryView(this.#expiry, this.#parts.topics) as View<unknown>] : [];
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

  #sourceThread({ task }: OpenFeeds): SourceThread {
    const { config, log, logger, metrics, onFailure } = this.#parts;
    return new SourceThread({
      log,
      clock,
      task,
      appId: config.appId,
      instanceId: this.#instanceId,
      sessionTimeoutMs: config.sessionTimeoutMs,
      metrics: createSourceMetrics(metrics),
      logger,
      onFailure,
    });
  }

  #writesOrder(orderId: string): boolean {
    const answering = viewLabel(viewIn(this.#parts.viewSets.generations.active, collections.orders.name));
    const view = this.#views.threads.find(({ name }) => name === answering);
    return view?.partitions.includes(partitionOf(orderId, view.topic.partitions)) ?? false;
  }
}

/** Which of the tasks the thread runs, with the group's word for it. */
async function ownedIds(thread: StreamThread, wanted: ReadonlySet<string>): Promise<string[]> {
  const tasks = thread.tasks.filter(({ id }) => wanted.has(id));
  const partitions = tasks.map(({ partition }) => partition);
  const owned = await thread.readOwned(partitions, async (proven) => proven);
  return tasks.filter(({ partition }) => owned?.includes(partition)).map(({ id }) => id);
}

function streamHealth({ state, topology, isSettled, tasks }: StreamThread): PartHealth {
  const runs = isSettled && tasks.every((task) => task.state === 'running');
  const waits = runs ? undefined : 'tasks are being assigned or restored';
  return partHealth(topology.name, state === 'running' ? waits : `it is ${state}`);
}
