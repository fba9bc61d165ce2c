// Checkpoints on a server that speaks S3, held to the suite of their port; and what is told when it can't be used.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type S3Place, s3Options } from '../../../base/s3-options.ts';
import { openS3Checkpoints } from '../../../state/checkpoints/s3/s3-checkpoints.ts';
import { checkpointsSuite } from '../../conformance/checkpoints.suite.ts';
import { services } from '../../services.ts';

const bucket = `test-${randomUUID()}`;
const place: S3Place = { ...services.s3, region: 'us-east-1', bucket, isPathStyle: true, prefix: '' };
const client = new S3Client(s3Options(place));

after(async () => {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  const files = Contents.filter(({ Key = '' }) => !Key.endsWith('/'));
  for (const { Key } of files) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
  client.destroy();
});

describe('S3', () => {
  checkpointsSuite('checkpoints in S3', () => openS3Checkpoints({ ...place, prefix: `${randomUUID()}/` }));
});

test('who may not, hears why; who finds nobody may try again', async () => {
  await assert.rejects(openS3Checkpoints({ ...place, secret: 'wrong' }), { code: 'CHECKPOINTS_REFUSED' });
  await assert.rejects(openS3Checkpoints({ ...place, url: 'http://127.0.0.1:1' }), { code: 'CHECKPOINTS_UNAVAILABLE' });
});
