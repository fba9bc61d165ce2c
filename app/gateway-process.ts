// A gateway apart from workers: requests in, queries and events out. It decides nothing, so any number may run.
import { systemRandom } from '../base/random.ts';
import type { Log } from '../log/log.ts';
import type { ApplicationParts } from './application.ts';
import { type OpenGateway, openGateway } from './gateway.ts';
import { operationsOf } from './operations.ts';
import { openReconciler } from './reconcile/open.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { checkTopics } from './topics.ts';
import type { LoggedViewGenerations } from './view-generations.ts';
import type { ViewSets } from './view-sets.ts';
import { openLog, useSchemas } from './wire/log.ts';
import { openViewGenerations, openViewSets } from './wire/views.ts';

interface Opened {
  readonly log: Log;
  readonly viewSets: ViewSets;
  readonly gateway: OpenGateway;
  readonly reconciler: Reconciler;
  readonly generations: LoggedViewGenerations;
}

export class GatewayProcess {
  readonly url: string;
  readonly #opened: Opened;

  private constructor(url: string, opened: Opened) {
    this.url = url;
    this.#opened = opened;
  }

  /** Resolves when it listens. Its topics must exist. */
  static async start({ config, logger }: ApplicationParts): Promise<GatewayProcess> {
    await useSchemas(config, logger);
    const log = await openLog(config, logger);
    const topics = await checkTopics(log, config, logger);
    const viewSets = await openViewSets(config, log, logger);
    const reconciler = openReconciler({ config, log, topics, viewSets, workers: [], logger });
    const { appId } = config;
    const generations = openViewGenerations({ config, log, topics, viewSets, logger });
    const operations = operationsOf({
      log,
      topics,
      viewSets,
      appId,
      workers: [],
      reconciliation: reconciler,
      generations,
    });
    const gateway = await openGateway({ config, log, viewSets, operations, logger, random: systemRandom });
    const url = await gateway.app.listen({ host: config.host, port: config.port });
    return new GatewayProcess(url, { log, viewSets, gateway, reconciler, generations });
  }

  async stop(): Promise<void> {
    const { log, viewSets, gateway, reconciler, generations } = this.#opened;
    await gateway.close();
    await generations.stop();
    await reconciler.stop();
    await viewSets.close();
    await log.close();
  }
}
