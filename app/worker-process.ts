// Workers apart from gateways: threads that work, and a small server for health checks and figures.
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { healthRoutes } from '../gateway/routes/health.ts';
import type { Log } from '../log/log.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { ApplicationParts } from './application.ts';
import { registerLogFigures } from './log-figures.ts';
import { health } from './operations.ts';
import { checkTopics } from './topics.ts';
import { openDocuments, openLog, useSchemas } from './wire.ts';
import { Workers } from './workers.ts';

interface Opened {
  readonly log: Log;
  readonly documents: Documents;
  readonly workers: Workers;
  readonly server: FastifyInstance;
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
    const server = healthServer({ log, workers, documents }, logger);
    const url = await server.listen({ host: config.host, port: config.metricsPort });
    await workers.running(new AbortController().signal);
    return new WorkerProcess(url, { log, documents, workers, server });
  }

  async stop(): Promise<void> {
    const { log, documents, workers, server } = this.#opened;
    await workers.stop();
    await server.close();
    await Promise.all([log.close(), documents.close()]);
  }
}

function healthServer(
  { log, workers, documents }: Pick<Opened, 'log' | 'workers' | 'documents'>,
  loggerInstance: FastifyBaseLogger,
): FastifyInstance {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  registerLogFigures(metrics, log);
  const server = fastify({ loggerInstance, logController: new LogController({ disableRequestLogging: true }) });
  healthRoutes(server, {
    health: () => health({ log, documents, workers: workers.all }),
    figures: () => workers.figures(metrics),
  });
  return server;
}
