// What gateways keep for themselves, behind its ports, as the config says.
import type { Logger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import type { Idempotency } from '../../gateway/idempotency/idempotency.ts';
import { openSqliteIdempotency } from '../../gateway/idempotency/sqlite/sqlite-idempotency.ts';
import { openDirectoryImages } from '../../gateway/images/directory/directory-images.ts';
import type { Images } from '../../gateway/images/images.ts';
import { idempotencyWindowMs } from '../../schemas/stores.ts';
import type { Config } from '../config-schema.ts';
import { openedLate } from '../opened-late.ts';
import { clock, directories, s3PlaceOf } from './places.ts';

/** @throws IDEMPOTENCY_* */
export async function openIdempotency(config: Config, logger: Logger): Promise<Idempotency> {
  const options = { random: systemRandom, windowMs: idempotencyWindowMs };
  if (config.cache === 'redis') {
    const prefix = `${config.topicPrefix}${config.appId}:idempotency:`;
    const { openRedisIdempotency } = await import('../../gateway/idempotency/redis/redis-idempotency.ts');
    return await openRedisIdempotency({ ...options, url: config.redis!, prefix, logger });
  }
  const isAlone = config.log === 'embedded';
  return openSqliteIdempotency({ ...options, file: directories(config).answers, clock, isAlone });
}

/** Orders don't wait for images: S3 is opened with the first call. Calls throw IMAGES_*. @throws IMAGES_REFUSED */
export async function openImages(config: Config): Promise<Images> {
  if (config.images === 'directory') return await openDirectoryImages({ directory: directories(config).images });
  return openedLate(async () => {
    const { openS3Images } = await import('../../gateway/images/s3/s3-images.ts');
    return await openS3Images(s3PlaceOf(config, config.s3Bucket ?? '', `${config.topicPrefix}${config.appId}/images/`));
  });
}
