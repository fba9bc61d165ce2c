// Checkpoints on a server that speaks S3, held to the suite of their port; and what is told when it can't be used.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { openS3Checkpoints } from '../../../state/checkpoints/s3/s3-checkpoints.ts';
import { checkpointsSuite } from '../../conformance/checkpoints.suite.ts';
import { TestBucket } from '../../s3-bucket.ts';

const bucket = new TestBucket();
const { place } = bucket;
after(() => bucket.remove());

describe('S3', () => {
  checkpointsSuite('checkpoints in S3', () => openS3Checkpoints({ ...place, prefix: `${randomUUID()}/` }));
});

test('who may not, hears why; who finds nobody may try again', async () => {
  await assert.rejects(openS3Checkpoints({ ...place, secret: 'wrong' }), { code: 'CHECKPOINTS_REFUSED' });
  await assert.rejects(openS3Checkpoints({ ...place, url: 'http://127.0.0.1:1' }), { code: 'CHECKPOINTS_UNAVAILABLE' });
});
