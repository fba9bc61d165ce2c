// A gateway apart from workers: requests in, queries and events out. It decides nothing, so any number may run.
import { Registry } from 'prom-client';
import { systemRandom } from '../base/random.ts';
import type { Log } from '../log/log.ts';
import { allTopologies } from '../topologies/all.ts';
import type { ApplicationParts } from './application.ts';
import { checkpointsOf } from './checkpoints.ts';
import { type OpenGateway, openGateway } from './gateway.ts';
import { operationsOf } from './operations.ts';
import { OwnIndex } from './own-index.ts';
import { openStateReader } from './queries/open.ts';
import { openReconciler } from './reconcile/open.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { checkpointBases } from './replay/bases.ts';
import { checkTopics } from './topics.ts';
import type { LoggedViewGenerations } from './view-generations.ts';
import type { ViewSets } from './view-sets.ts';
import { openCheckpoints } from './wire/checkpoints.ts';
import { openLog, useSchemas } from './wire/log.ts';
import { openViewGenerations, openViewSets } from './wire/views.ts';

interface Opened {
  readonly log: Log;
  readonly viewSets: ViewSets;
  readonly gateway: OpenGateway;
  readonly reconciler: Reconciler;
  readonly generations: LoggedViewGenerations;
  readonly ownIndex: OwnIndex | undefined;
}

export class GatewayProcess {
  readonly url: string;
  readonly #opened: Opened;

  private constructor(url: string, opened: Opened) {
    this.url = url;
    this.#opened = opened;
  }

  /** Resolves when it listens. Its topics must exist. */
  static async start({ config, logger, onFailure }: ApplicationParts): Promise<GatewayProcess> {
    await useSchemas(config, logger);
    const log = await openLog(config, logger);
    const topics = await checkTopics(log, config, logger);
    const viewSets = await openViewSets(config, log, logger, 'gateway');
    const metrics = new Registry();
    const ownIndex = OwnIndex.start({ config, log, topics, viewSets, metrics, logger, onFailure });
    const workers = ownIndex ? [ownIndex] : [];
    const reconciler = openReconciler({ config, log, topics, viewSets, workers: [], logger });
    const { appId } = config;
    const generations = openViewGenerations({ config, log, topics, viewSets, logger });
    const operations = operationsOf({
      log,
      topics,
      viewSets,
      appId,
      workers,
      state: openStateReader({ config, log, topologies: allTopologies(topics), workers: [], logger }),
      reconciliation: reconciler,
      generations,
      checkpoints: checkpointsOf({ config, log, topologies: allTopologies(topics), workers: [] }),
      bases: checkpointBases(() => openCheckpoints(config)),
    });
    const gateway = await openGateway({ config, log, viewSets, operations, logger, random: systemRandom, metrics });
    const url = await gateway.app.listen({ host: config.host, port: config.port });
    await Promise.all(workers.map((worker) => worker.catchUp('views')));
    return new GatewayProcess(url, { log, viewSets, gateway, reconciler, generations, ownIndex });
  }

  async stop(): Promise<void> {
    const { log, viewSets, gateway, reconciler, generations, ownIndex } = this.#opened;
    await gateway.close();
    await generations.stop();
    await reconciler.stop();
    await ownIndex?.stop();
    await viewSets.close();
    await log.close();
  }
}
