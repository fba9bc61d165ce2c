// Images on a server that speaks S3, held to the suite of their port; and what is told when it can't be used.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { openS3Images } from '../../../gateway/images/s3/s3-images.ts';
import { imagesSuite } from '../../conformance/images.suite.ts';
import { TestBucket } from '../../s3-bucket.ts';

const bucket = new TestBucket();
const { place, client } = bucket;
after(() => bucket.remove());

describe('S3', () => {
  imagesSuite('images in S3', () => openS3Images({ ...place, prefix: `${randomUUID()}/` }));
});

test('objects say what they are, and that they never change', async () => {
  const images = await openS3Images({ ...place, prefix: 'app/images/' });
  await images.put('abc/160.webp', Buffer.from('x'), 'image/webp');
  await images.close();
  const found = await client.send(new HeadObjectCommand({ Bucket: place.bucket, Key: 'app/images/abc/160.webp' }));
  assert.equal(found.ContentType, 'image/webp');
  assert.equal(found.CacheControl, 'public, max-age=31536000, immutable');
});

test('a server that is away is unavailable, a wrong secret is refused; neither tells it', async () => {
  for (const [change, code] of [
    [{ url: 'http://127.0.0.1:1' }, 'IMAGES_UNAVAILABLE'],
    [{ secret: 'hush' }, 'IMAGES_REFUSED'],
  ] as const) {
    await assert.rejects(openS3Images({ ...place, ...change }), (error: { code: string; message: string }) => {
      assert.doesNotMatch(error.message, /hush|local-secret/);
      return error.code === code;
    });
  }
});
