// Gateway and workers in one process, from config to running and back. Starting opens things in the order in which they
// need each other; stopping goes the other way: first no more requests, then no more work, then the ports.
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { systemRandom } from '../base/random.ts';
import type { Log } from '../log/log.ts';
import type { Topology } from '../streams/topology.ts';
import { allTopologies } from '../topologies/all.ts';
import { checkpointsOf } from './checkpoints.ts';
import type { Config } from './config-schema.ts';
import { isUnused, seedAccounts, seedNetwork, seedProducts } from './demo/seed.ts';
import { runTraffic } from './demo/traffic.ts';
import { type OpenGateway, openGateway } from './gateway.ts';
import { operationsOf } from './operations.ts';
import { endpointOf, openStateReader } from './queries/open.ts';
import { openReconciler, reconcileNowAndThen } from './reconcile/open.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { checkpointBases } from './replay/bases.ts';
import { forgetRunning, noteRunning } from './running.ts';
import { tokenSecret } from './secret.ts';
import { tokenIssuer } from './tokens.ts';
import { checkTopics, checkTopologies, createTopics } from './topics.ts';
import type { LoggedViewGenerations } from './view-generations.ts';
import type { ViewSets } from './view-sets.ts';
import { viewsOf } from './views.ts';
import { openCheckpoints } from './wire/checkpoints.ts';
import { openLog, useSchemas } from './wire/log.ts';
import { clock } from './wire/places.ts';
import { openViewGenerations, openViewSets } from './wire/views.ts';
import { Workers } from './workers.ts';

export interface ApplicationParts {
  readonly config: Config;
  readonly logger: Logger;
  /** Called once if something can't go on. */
  readonly onFailure: (error: unknown) => void;
}

/** What an application is made of, in the order of starting. */
interface Opened {
  readonly log: Log;
  readonly viewSets: ViewSets;
  readonly workers: Workers;
  readonly reconciler: Reconciler;
  readonly generations: LoggedViewGenerations;
  readonly gateway: OpenGateway;
  /** Where the gateway answers. */
  readonly url: string;
  readonly metrics: Registry;
  readonly topologies: readonly Topology[];
  /** How many. */
  readonly views: number;
  readonly effects: number;
}

export class Application {
  readonly url: string;
  readonly #config: Config;
  readonly #opened: Opened;
  readonly #stopping = new AbortController();

  private constructor(config: Config, opened: Opened) {
    this.url = opened.url;
    this.#config = config;
    this.#opened = opened;
  }

  /** Resolves when the gateway listens and every task runs. */
  static async start({ config, logger, onFailure }: ApplicationParts): Promise<Application> {
    const { appId } = config;
    await useSchemas(config, logger);
    const log = await openLog(config, logger);
    await createTopics(log, config);
    const topics = await checkTopics(log, config, logger);
    await checkTopologies(log, config, topics);
    const viewSets = await openViewSets(config, log, logger, 'gateway');
    if (config.demo && (await isUnused(log, topics))) {
      await seedAccounts(log, { clock, topics });
      await seedNetwork(log, { clock, topics });
      await seedProducts(log, { clock, topics });
    }
    // With a port that is free by chance nobody knows yet where this process will be: it isn't asked by others then.
    const endpoint = config.port === 0 ? undefined : endpointOf(config, `http://${config.host}:${config.port}`);
    const workers = await Workers.start({ config, endpoint, log, topics, viewSets, logger, onFailure });
    const metrics = new Registry();
    const reconciler = openReconciler({ config, log, topics, viewSets, workers: workers.all, logger, metrics });
    const generations = openViewGenerations({ config, log, topics, viewSets, logger });
    const operations = operationsOf({
      log,
      topics,
      viewSets,
      appId,
      workers: workers.all,
      state: openStateReader({ config, log, topologies: allTopologies(topics), workers: workers.all, logger }),
      reconciliation: reconciler,
      generations,
      checkpoints: checkpointsOf({ config, log, topologies: allTopologies(topics), workers: workers.all }),
      bases: checkpointBases(() => openCheckpoints(config)),
    });
    const figures = () => workers.figures(metrics);
    const gateway = await openGateway({
      config,
      log,
      viewSets,
      operations,
      logger,
      metrics,
      figures,
      random: systemRandom,
    });
    const url = await gateway.app.listen({ host: config.host, port: config.port });
    const topologies = allTopologies(topics);
    const views = viewsOf(viewSets.current, topics).length;
    const effects = [config.payments, config.carrier, config.mail].filter((adapter) => adapter !== 'off').length;
    const opened = {
      log,
      viewSets,
      workers,
      reconciler,
      generations,
      gateway,
      url,
      metrics,
      topologies,
      views,
      effects,
    };
    const application = new Application(config, opened);
    await workers.running(application.#stopping.signal);
    noteRunning(config, url);
    reconcileNowAndThen(reconciler, { config, topics, workers: workers.all });
    if (config.traffic) await application.#startTraffic(logger);
    return application;
  }

  /** What runs, in words. */
  get tasks(): string {
    const { topologies, views, effects } = this.#opened;
    const { threads } = this.#config;
    const where = threads === 1 ? 'one thread' : `${threads} threads`;
    return `${topologies.map(({ name, partitions }) => `${name} x ${partitions}`).join(', ')}, ${views} views and ${effects} effects on ${where}`;
  }

  /** Each metric summed over its labels and all threads. */
  async totals(names: readonly string[]): Promise<number[]> {
    const all = (await this.#opened.workers.allFigures(this.#opened.metrics)).flat();
    return names.map((name) => {
      const values = all.filter((metric) => metric.name === name).flatMap((metric) => metric.values);
      return values.reduce((sum, { value }) => sum + value, 0);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const { gateway, reconciler, generations, workers, log, viewSets } = this.#opened;
    await gateway.close();
    await generations.stop();
    await reconciler.stop();
    await workers.stop();
    await viewSets.close();
    await log.close();
    forgetRunning(this.#config);
  }

  async #startTraffic(logger: Logger): Promise<void> {
    const issue = await tokenIssuer(tokenSecret(this.#config));
    const tokenOf = (userId: string, role: 'shopper' | 'seller') => issue({ userId, role, email: `${userId}@demo` });
    void runTraffic({ url: this.url, tokenOf, clock, logger, signal: this.#stopping.signal });
  }
}
