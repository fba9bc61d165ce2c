// The state of a worker thread, as it starts: what is there, else a copy of its files that was kept beside the checkpoints,
// else nothing. Either way its tasks read from the changelog what they lack.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isStockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Store } from '../state/store.ts';
import { openNewestImage } from '../state/store-images.ts';
import type { Config } from './config-schema.ts';
import { openCheckpoints } from './wire/checkpoints.ts';
import { openStore, openStoreIn } from './wire/log.ts';
import { directories, threadName } from './wire/places.ts';

/** @throws STATE_STORAGE_FAILED, STATE_IN_USE, STATE_ENGINE_MISSING */
export async function openOwnStore(config: Config, number: number, logger: Logger): Promise<Store> {
  const directory = directories(config).state(number);
  // State that is damaged is set aside, and begins anew: a copy may share the damaged file.
  const isThere = existsSync(join(directory, 'CURRENT')) || existsSync(join(directory, 'DAMAGED'));
  return (isThere ? undefined : await openImage(config, number, logger)) ?? (await openStore(config, number, logger));
}

async function openImage(config: Config, number: number, logger: Logger): Promise<Store | undefined> {
  const directory = directories(config).state(number);
  try {
    const checkpoints = await openCheckpoints(config);
    try {
      const found = await openNewestImage(checkpoints, {
        thread: threadName(config, number),
        directory,
        open: () => openStoreIn(directory),
        onPassedOver: (error) => logger.warn({ err: error }, 'a copy of the state passed over'),
      });
      if (found) logger.info({ copy: found.manifest.id }, 'the state begins with a copy of its files');
      return found?.opened;
    } finally {
      await checkpoints.close();
    }
  } catch (error) {
    const isAway =
      isStockstreamError(error, 'CHECKPOINTS_UNAVAILABLE') || isStockstreamError(error, 'CHECKPOINTS_REFUSED');
    if (!isAway) throw error;
    logger.warn({ err: error }, 'copies of the state cannot be reached');
    return undefined;
  }
}
