// Workers apart from gateways: threads that work, and a small server for health checks, figures, and questions of other
// processes about the state of tasks that are here, and their checkpoints.
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { useAuth } from '../gateway/auth.ts';
import { answerProblems } from '../gateway/problem.ts';
import { healthRoutes } from '../gateway/routes/health.ts';
import { taskCheckpointRoutes } from '../gateway/routes/task-checkpoints.ts';
import { taskStateRoutes } from '../gateway/routes/task-state.ts';
import type { Log } from '../log/log.ts';
import type { ApplicationParts } from './application.ts';
import { createHere } from './checkpoints.ts';
import type { Config } from './config-schema.ts';
import { registerLogFigures } from './log-figures.ts';
import { health } from './operations.ts';
import { endpointOf } from './queries/open.ts';
import { readHere } from './queries/state-reader.ts';
import { openReconciler, reconcileNowAndThen } from './reconcile/open.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { tokenSecret } from './secret.ts';
import { checkTopics, checkTopologies } from './topics.ts';
import type { ViewSets } from './view-sets.ts';
import { openLog, useSchemas } from './wire/log.ts';
import { clock } from './wire/places.ts';
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
    await checkTopologies(log, config, topics);
    const viewSets = await openViewSets(config, log, logger);
    const metrics = new Registry();
    const started = Promise.withResolvers<Workers>();
    const server = await openServer({ config, log, viewSets, metrics, logger, workers: started.promise });
    // Before the workers: they tell the others where they can be asked.
    const url = await server.listen({ host: config.host, port: config.metricsPort });
    const endpoint = endpointOf(config, url);
    const workers = await Workers.start({ config, endpoint, log, topics, viewSets, logger, onFailure });
    started.resolve(workers);
    const reconciler = openReconciler({ config, log, topics, viewSets, workers: workers.all, logger, metrics });
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

interface ServerParts extends Pick<Opened, 'log' | 'viewSets'> {
  readonly config: Config;
  readonly metrics: Registry;
  readonly logger: FastifyBaseLogger;
  readonly workers: Promise<Workers>;
}

async function openServer({ config, log, viewSets, metrics, logger, workers }: ServerParts): Promise<FastifyInstance> {
  collectDefaultMetrics({ register: metrics });
  registerLogFigures(metrics, log);
  const logController = new LogController({ disableRequestLogging: true });
  const server = fastify({ loggerInstance: logger, logController });
  answerProblems(server);
  await useAuth(server, { secret: tokenSecret(config), lifetimeMs: 0, clock });
  healthRoutes(server, {
    health: async () => health({ log, viewSets, workers: (await workers).all }),
    figures: async () => (await workers).figures(metrics),
  });
  taskStateRoutes(server, { readHere: async (query) => await readHere((await workers).all, query) });
  taskCheckpointRoutes(server, { createHere: async (tasks) => await createHere((await workers).all, tasks) });
  return server;
}
