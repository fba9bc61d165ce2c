// Workers apart from gateways: threads that work, and a small server for health checks and figures.
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { healthRoutes } from '../gateway/routes/health.ts';
import type { Log } from '../log/log.ts';
import type { ApplicationParts } from './application.ts';
import { registerLogFigures } from './log-figures.ts';
import { health } from './operations.ts';
import { openReconciler, reconcileNowAndThen } from './reconcile/open.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { checkTopics } from './topics.ts';
import type { ViewSets } from './view-sets.ts';
import { openLog, useSchemas } from './wire/log.ts';
import { openViewSets } from './wire/views.ts';
import { Workers } from './workers.ts';

interface Opened {
  readonly log: Log;
  readonly viewSets: ViewSets;
  readonly workers: Workers;
  readonly server: FastifyInstance;
  readonly reconciler: Reconciler;
}

export class WorkerProcess {
  /** Where health and figures are. */
  readonly url: string;
  readonly #opened: Opened;

  private constructor(url: string, opened: Opened) {
    this.url = url;
    this.#opened = opened;
  }

  /** Resolves when every task that this process was given runs. Its topics must exist. */
  static async start({ config, logger, onFailure }: ApplicationParts): Promise<WorkerProcess> {
    await useSchemas(config, logger);
    const log = await openLog(config, logger);
    const topics = await checkTopics(log, config, logger);
    const viewSets = await openViewSets(config, log, logger);
    const workers = await Workers.start({ config, log, topics, viewSets, logger, onFailure });
    const metrics = new Registry();
    const reconciler = openReconciler({ config, log, topics, viewSets, workers: workers.all, logger, metrics });
    const server = healthServer({ log, workers, viewSets }, logger, metrics);
    const url = await server.listen({ host: config.host, port: config.metricsPort });
    await workers.running(new AbortController().signal);
    reconcileNowAndThen(reconciler, { config, topics, workers: workers.all });
    return new WorkerProcess(url, { log, viewSets, workers, server, reconciler });
  }

  async stop(): Promise<void> {
    const { log, viewSets, workers, server, reconciler } = this.#opened;
    await reconciler.stop();
    await workers.stop();
    await server.close();
    await viewSets.close();
    await log.close();
  }
}

function healthServer(
  { log, workers, viewSets }: Pick<Opened, 'log' | 'workers' | 'viewSets'>,
  loggerInstance: FastifyBaseLogger,
  metrics: Registry,
): FastifyInstance {
  collectDefaultMetrics({ register: metrics });
  registerLogFigures(metrics, log);
  const server = fastify({ loggerInstance, logController: new LogController({ disableRequestLogging: true }) });
  healthRoutes(server, {
    health: () => health({ log, viewSets, workers: workers.all }),
    figures: () => workers.figures(metrics),
  });
  return server;
}
