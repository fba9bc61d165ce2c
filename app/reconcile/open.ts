// The reconciliation of a process, put together from what the process has open.
import type { Registry } from 'prom-client';
import type { Logger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import type { Log } from '../../log/log.ts';
import type { Topics } from '../../schemas/topics.ts';
import { taskId } from '../../streams/names.ts';
import { shopTopology } from '../../topologies/shop.ts';
import type { Config } from '../config-schema.ts';
import type { ViewSets } from '../view-sets.ts';
import { openArchive } from '../wire/views.ts';
import type { WorkerHandle } from '../worker-handle.ts';
import { readProviderBooks } from './provider-books.ts';
import { Reconciler } from './reconciler.ts';

export interface OpenReconcilerParts {
  readonly config: Config;
  readonly log: Log;
  readonly topics: Topics;
  readonly viewSets: ViewSets;
  /** Of this process. */
  readonly workers: readonly WorkerHandle[];
  readonly logger: Logger;
  readonly metrics?: Registry;
  readonly paymentQuietMs?: number;
}

export function openReconciler(opened: OpenReconcilerParts): Reconciler {
  const { config, workers, viewSets, ...parts } = opened;
  // On the embedded log nobody is at work elsewhere: there is nothing to wait for.
  const isAlone = config.log === 'embedded' && workers.length === 0;
  return new Reconciler({
    ...parts,
    views: () => viewSets.current,
    appId: config.appId,
    random: systemRandom,
    ...(isAlone && { patienceMs: 0 }),
    openArchive: () => openArchive(config),
    observe: async () => (await Promise.all(workers.map((worker) => worker.observe()))).flat(),
    payments: config.payments === 'off' ? undefined : (since) => askProvider(opened, since),
  });
}

/** Every worker asks the same provider. Where none runs, a simulated one's books are elsewhere, unless they are shared. */
async function askProvider({ config, workers, logger }: OpenReconcilerParts, since: number) {
  const [worker] = workers;
  if (worker !== undefined) return await worker.payments(since);
  const { payments, log, simulatorData } = config;
  const isSimulatedElsewhere = payments === 'simulator' && log !== 'embedded' && simulatorData === undefined;
  return isSimulatedElsewhere ? undefined : await readProviderBooks(config, since, logger);
}

/**
 * Runs at the interval of the settings, until the reconciler is stopped; of all processes of an application in the one
 * that has the topology's first task.
 */
export function reconcileNowAndThen(
  reconciler: Reconciler,
  { config, workers, topics }: Pick<OpenReconcilerParts, 'config' | 'workers' | 'topics'>,
): void {
  if (config.reconcileEvery === 0) return;
  const first = taskId(shopTopology(topics).name, 0);
  const isOurs = async () => {
    const tasks = (await Promise.all(workers.map((worker) => worker.tasks()))).flat();
    return tasks.some(({ id, state }) => id === first && state === 'running');
  };
  void reconciler.keepOn(config.reconcileEvery, isOurs);
}
