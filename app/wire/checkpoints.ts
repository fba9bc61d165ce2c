// Where checkpoints are kept, as the config says. Orders don't wait for them: S3 is opened with the first call.
import { join } from 'node:path';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { openDirectoryCheckpoints } from '../../state/checkpoints/directory/directory-checkpoints.ts';
import type { Config } from '../config-schema.ts';
import { openedLate } from '../opened-late.ts';
import { directories, s3PlaceOf } from './places.ts';

/** Calls throw CHECKPOINTS_*. @throws CHECKPOINTS_REFUSED */
export async function openCheckpoints(config: Config): Promise<CheckpointStore> {
  const { checkpoints: place = directories(config).checkpoints, topicPrefix, appId } = config;
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? [];
  if (bucket === undefined) return await openDirectoryCheckpoints(join(place, `${topicPrefix}${appId}`));
  const folder = `${[prefix.replace(/\/+$/, ''), `${topicPrefix}${appId}`].filter(Boolean).join('/')}/`;
  const late = openedLate(async () => {
    const { openS3Checkpoints } = await import('../../state/checkpoints/s3/s3-checkpoints.ts');
    return await openS3Checkpoints(s3PlaceOf(config, bucket, folder));
  });
  const { put, get, list, delete: drop, close } = late;
  return { place: `s3://${bucket}/${folder}`, put, get, list, delete: drop, close };
}
