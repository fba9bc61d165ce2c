// Where this process keeps what it keeps, and its time.
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { S3Place } from '../../base/s3-options.ts';
import { generationSuffix } from '../../views/generations.ts';
import type { Config } from '../config-schema.ts';

export const clock: Clock = systemClock;

/** Where this process keeps what it keeps. */
export function directories({ data, simulatorData = data }: Config) {
  return {
    log: join(data, 'log'),
    state: (thread: number) => join(data, 'state', String(thread)),
    views: (generation: string) => join(data, `views${suffixOf(generation, '-')}.sqlite`),
    search: (generation: string) => join(data, `search${suffixOf(generation, '-')}.sqlite`),
    answers: join(data, 'answers.sqlite'),
    archive: join(data, 'archive.sqlite'),
    checkpoints: join(data, 'checkpoints'),
    images: join(data, 'images'),
    feeds: join(data, 'feeds'),
    downloads: join(data, 'downloads'),
    carrier: join(simulatorData, 'carrier.sqlite'),
    outbox: join(data, 'outbox'),
    payments: join(simulatorData, 'payments.sqlite'),
  };
}

/** Of a worker thread: the same after a restart, and no other thread's of the application. */
export function threadName({ log, instanceId }: Config, number: number): string {
  return log === 'embedded' ? 'embedded-0' : `${instanceId ?? hostname()}-${number}`;
}

export function suffixOf(generation: string, separator: string): string {
  const suffix = generationSuffix(generation);
  return suffix === '' ? '' : `${separator}${suffix}`;
}

/** Where things are on S3, as the config says. */
export function s3PlaceOf(config: Config, bucket: string, prefix: string): S3Place {
  const { s3: url, s3Region: region, s3KeyId: keyId, s3Secret: secret } = config;
  const { s3PathStyle: isPathStyle = url !== undefined } = config;
  return { url, region, bucket, keyId, secret, isPathStyle, prefix };
}
