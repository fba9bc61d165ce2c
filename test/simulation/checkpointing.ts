// How a worker of the simulation takes checkpoints and begins with them: the shipped checkpointer over a slow line, with
// dice of its own, so that what goes on beside is the same with and without it.
import { Registry } from 'prom-client';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type { Log } from '../../log/log.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import type { RestoreCheckpoints } from '../../state/restore.ts';
import type { Store } from '../../state/store.ts';
import { createCheckpointMetrics } from '../../streams/checkpoint-metrics.ts';
import { Checkpointer, restoreCheckpoints } from '../../streams/checkpointer.ts';
import type { StreamThread } from '../../streams/stream-thread.ts';
import { type Counts, count } from './counts.ts';
import type { CheckpointPlan } from './plan.ts';
import type { ProcessClock } from './process-clock.ts';

export interface CheckpointingParts {
  readonly plan: CheckpointPlan;
  readonly checkpoints: CheckpointStore;
  readonly store: Store;
  readonly log: Log;
  readonly clock: ProcessClock;
  readonly random: Random;
  readonly counts: Counts;
  readonly logger: Logger;
  readonly appId: string;
  readonly name: string;
}

const metrics = createCheckpointMetrics(new Registry());

/** Where the tasks of a worker begin. */
export function restoring({ checkpoints, counts, logger }: CheckpointingParts): RestoreCheckpoints {
  const { onLoaded, onPassedOver, ...rest } = restoreCheckpoints(checkpoints, { metrics, logger });
  return {
    ...rest,
    onLoaded: (manifest) => {
      count(counts, 'checkpoints loaded');
      onLoaded?.(manifest);
    },
    onPassedOver: (error, task) => {
      count(counts, error.code === 'CHECKPOINT_DAMAGED' ? 'checkpoints passed over' : 'checkpoints out of reach');
      onPassedOver?.(error, task);
    },
  };
}

export function startCheckpointer(parts: CheckpointingParts, thread: StreamThread): Checkpointer {
  const { plan, counts, logger, name } = parts;
  const info = (fields: object, text: string) => {
    if (text === 'checkpoint taken') count(counts, 'checkpoints taken');
    logger.info(fields, text);
  };
  const checkpointer = new Checkpointer({
    ...parts,
    ...plan,
    threads: () => [thread],
    thread: name,
    codeVersion: 'sim',
    metrics,
    logger: { ...logger, info },
  });
  checkpointer.start();
  return checkpointer;
}
