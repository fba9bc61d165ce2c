// The reconciliation of a process, put together from what the process has open.
import type { Registry } from 'prom-client';
import type { Logger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import type { Log } from '../../log/log.ts';
import type { Topics } from '../../schemas/topics.ts';
import { taskId } from '../../streams/names.ts';
import { shopTopology } from '../../topologies/shop.ts';
import type { Documents } from '../../views/documents/documents.ts';
import type { Config } from '../config-schema.ts';
import { openArchive } from '../wire.ts';
import type { WorkerHandle } from '../worker-handle.ts';
import { Reconciler } from './reconciler.ts';
import type { ReconcileParts } from './run.ts';

export interface OpenReconcilerParts {
  readonly config: Config;
  readonly log: Log;
  readonly topics: Topics;
  readonly documents: Documents;
  /** Of this process. */
  readonly workers: readonly WorkerHandle[];
  readonly logger: Logger;
  readonly metrics?: Registry;
  /** Asks the provider where no worker of this process does. */
  readonly payments?: ReconcileParts['payments'];
  readonly paymentQuietMs?: number;
  readonly patienceMs?: number;
}

export function openReconciler({ config, workers, payments, ...parts }: OpenReconcilerParts): Reconciler {
  // Every worker asks the same provider.
  const ask = payments ?? (async (since: number) => await workers[0]?.payments(since));
  return new Reconciler({
    ...parts,
    appId: config.appId,
    openArchive: () => openArchive(config),
    random: systemRandom,
    observe: async () => (await Promise.all(workers.map((worker) => worker.observe()))).flat(),
    payments: config.payments === 'off' ? undefined : ask,
  });
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
