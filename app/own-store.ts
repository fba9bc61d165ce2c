// The state of a worker thread, as it starts: what is there, else a copy of its files that was kept beside the checkpoints,
// else nothing. Either way its tasks read from the changelog what they lack.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Log } from '../log/log.ts';
import type { Topics } from '../schemas/topics.ts';
import { readPosition } from '../state/changelog.ts';
import { isOutOfReach } from '../state/checkpoint-store.ts';
import { TaskKeys } from '../state/keys.ts';
import type { Store } from '../state/store.ts';
import { openNewestImage } from '../state/store-images.ts';
import { taskId, topologyNames } from '../streams/names.ts';
import { allTopologies } from '../topologies/all.ts';
import type { Config } from './config-schema.ts';
import { openCheckpoints } from './wire/checkpoints.ts';
import { openStore, openStoreIn } from './wire/log.ts';
import { directories, threadName } from './wire/places.ts';

export interface OwnStoreParts {
  readonly config: Config;
  readonly number: number;
  readonly log: Log;
  readonly topics: Topics;
  readonly logger: Logger;
}

/** @throws STATE_STORAGE_FAILED, STATE_IN_USE, STATE_ENGINE_MISSING, LOG_* */
export async function openOwnStore(parts: OwnStoreParts): Promise<Store> {
  const { config, number, logger } = parts;
  const directory = directories(config).state(number);
  // State that is damaged is set aside, and begins anew: a copy may share the damaged file.
  const isThere = existsSync(join(directory, 'CURRENT')) || existsSync(join(directory, 'DAMAGED'));
  return (isThere ? undefined : await openImage(parts)) ?? (await openStore(config, number, logger));
}

async function openImage(parts: OwnStoreParts): Promise<Store | undefined> {
  const { config, number, logger } = parts;
  const directory = directories(config).state(number);
  try {
    const checkpoints = await openCheckpoints(config);
    try {
      const found = await openNewestImage(checkpoints, {
        thread: threadName(config, number),
        directory,
        open: () => openFitting(directory, parts),
        onPassedOver: (error) => logger.warn({ err: error }, 'a copy of the state passed over'),
      });
      if (found) logger.info({ copy: found.manifest.id }, 'the state begins with a copy of its files');
      return found?.opened;
    } finally {
      await checkpoints.close();
    }
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    logger.warn({ err: error }, 'copies of the state cannot be reached');
    return undefined;
  }
}

/** @throws CHECKPOINT_DAMAGED if it is of another log, as after a data directory of which only this was kept */
async function openFitting(directory: string, { config, number, log, topics }: OwnStoreParts): Promise<Store> {
  const store = await openStoreIn(directory);
  try {
    for (const { name, partitions } of allTopologies(topics)) {
      const { changelog: topic } = topologyNames(config.appId, name);
      const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
      const ends = await log.admin.offsets(places, 'latest', 'uncommitted');
      for (const { partition } of places) {
        const task = taskId(name, partition);
        const position = await readPosition(store, new TaskKeys(task), task);
        if (position === undefined || position.offset <= ends[partition]!) continue;
        const reason = `${task} is at ${position.offset} of its changelog, which ends at ${ends[partition]}`;
        throw new StockstreamError('CHECKPOINT_DAMAGED', { checkpoint: `of ${threadName(config, number)}`, reason });
      }
    }
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
