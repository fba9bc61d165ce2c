// The whole program with its images on S3: an upload outlives the process, the keys are the installation's own, and a store
// that is away when it starts stops nothing else.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { Server } from '../e2e/server.ts';
import { TestBucket } from '../s3-bucket.ts';
import { services } from '../services.ts';

const { url, keyId, secret } = services.s3;

function start(t: TestContext, bucket: string, address = url): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-images-'));
  const place = ['--images', 's3', '--s3', address, '--s3-bucket', bucket, '--s3-key-id', keyId, '--s3-secret', secret];
  t.after(() => rmSync(data, { recursive: true, force: true }));
  return Server.start(data, '--app-id', 'shop', '--topic-prefix', 'test-', ...place);
}

async function upload(server: Server) {
  const body = await sharp({ create: { width: 200, height: 100, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const authorization = `Bearer ${await server.logIn('seller@demo')}`;
  const headers = { authorization, 'content-type': 'image/png' };
  const response = await fetch(`${server.url}/v1/images`, { method: 'POST', headers, body: new Uint8Array(body) });
  return { status: response.status, body: (await response.json()) as { code: string; imageId: string; url: string } };
}

test('an image is on S3 when it was answered, for every gateway', async (t) => {
  const bucket = new TestBucket();
  t.after(() => bucket.remove());
  const first = await start(t, bucket.place.bucket);
  const { status, body } = await upload(first);
  assert.equal(status, 201);
  await first.kill();
  const names = ['160.jpg', '160.webp', '200.jpg', '200.webp', 'image.json'];
  assert.deepEqual(
    await bucket.files(),
    names.map((name) => `test-shop/images/${body.imageId}/${name}`),
  );
  const second = await start(t, bucket.place.bucket);
  t.after(() => second.kill());
  const read = await fetch(second.url + body.url);
  assert.deepEqual([read.status, read.headers.get('content-type')], [200, 'image/webp']);
  assert.equal((await read.arrayBuffer()).byteLength, Number(read.headers.get('content-length')));
  assert.deepEqual((await upload(second)).body, body);
});

test('without its store a gateway starts and serves, and says what it lacks', async (t) => {
  const server = await start(t, 'nowhere', 'http://127.0.0.1:1');
  t.after(() => server.kill());
  const { status, body } = await upload(server);
  assert.deepEqual([status, body.code], [503, 'images_unavailable']);
  assert.equal((await server.call('GET', '/v1/products?limit=1')).status, 200);
  const ready = await server.call('GET', '/health/ready');
  assert.deepEqual([ready.status, ready.body.status], [200, 'degraded']);
});
