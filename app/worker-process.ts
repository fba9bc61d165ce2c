// Workers apart from gateways: threads that work, and a small server for health checks and figures.
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { healthRoutes } from '../gateway/routes/health.ts';
import type { Log } from '../log/log.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { ApplicationParts } from './application.ts';
import { registerLogFigures } from './log-figures.ts';
import { health } from './operations.ts';
import { openReconciler, reconcileNowAndThen } from './reconcile/open.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { checkTopics } from './topics.ts';
import { openDocuments, openLog, useSchemas } from './wire.ts';
import { Workers } from './workers.ts';

interface Opened {
  readonly log: Log;
  readonly documents: Documents;
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
    const documents = await openDocuments(config, logger);
    const workers = await Workers.start({ config, log, topics, documents, logger, onFailure });
    const metrics = new Registry();
    const reconciler = openReconciler({ config, log, topics, documents, workers: workers.all, logger, metrics });
    const server = healthServer({ log, workers, documents }, logger, metrics);
    const url = await server.listen({ host: config.host, port: config.metricsPort });
    await workers.running(new AbortController().signal);
    reconcileNowAndThen(reconciler, { config, topics, workers: workers.all });
    return new WorkerProcess(url, { log, documents, workers, server, reconciler });
  }

  async stop(): Promise<void> {
    const { log, documents, workers, server, reconciler } = this.#opened;
    await reconciler.stop();
    await workers.stop();
    await server.close();
    await Promise.all([log.close(), documents.close()]);
  }
}

function healthServer(
  { log, workers, documents }: Pick<Opened, 'log' | 'workers' | 'documents'>,
  loggerInstance: FastifyBaseLogger,
  metrics: Registry,
): FastifyInstance {
  collectDefaultMetrics({ register: metrics });
  registerLogFigures(metrics, log);
  const server = fastify({ loggerInstance, logController: new LogController({ disableRequestLogging: true }) });
  healthRoutes(server, {
    health: () => health({ log, documents, workers: workers.all }),
    figures: () => workers.figures(metrics),
  });
  return server;
}
