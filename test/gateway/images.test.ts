// Images through the gateway: uploads in both forms, what a CDN sees, what is refused, and that the same is the same.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { topics } from '../../schemas/topics.ts';
import { MemoryImages } from './memory-images.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const images = new MemoryImages();
const immutable = 'public, max-age=31536000, immutable';

function picture(width: number, height: number, background = 'red'): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

describe('images', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ deps: { images }, settings: { imageBytes: 100_000, imageUploads: 3 } });
  });
  after(() => shop.close());

  const upload = (payload: Buffer | FormData, headers: object = {}) =>
    shop.call('POST', '/v1/images', {
      payload,
      headers: {
        ...shop.bearer('seller', 'seller'),
        ...(Buffer.isBuffer(payload) && { 'content-type': 'image/png' }),
        ...headers,
      },
    });
  const read = (url: string, headers = {}) => shop.app.inject({ method: 'GET', url, headers });

  test('are uploaded, and shown in all their widths', async () => {
    const { status, headers, body } = await upload(await picture(400, 200));
    assert.equal(status, 201);
    assert.match(body.imageId, /^[0-9a-f]{64}$/);
    assert.deepEqual(
      { ...body, variants: body.variants.length },
      { imageId: body.imageId, url: `/images/${body.imageId}/400.webp`, width: 400, height: 200, variants: 6 },
    );
    assert.equal(headers.location, body.url);
    for (const { url, width, height, type } of body.variants) {
      const answer = await read(url);
      assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, type]);
      assert.equal(Number(answer.headers['content-length']), answer.rawPayload.length);
      const found = await sharp(answer.rawPayload).metadata();
      assert.deepEqual([found.width, found.height], [width, height]);
    }
  });

  test('come from a form of a browser, too, and are the same image', async () => {
    const bytes = await picture(30, 30);
    const form = new FormData();
    form.set('title', 'My lamp');
    form.set('image', new File([new Uint8Array(bytes)], 'lamp.png', { type: 'image/png' }));
    const { status, body } = await upload(form);
    assert.equal(status, 201);
    const before = images.files.size;
    const again = await upload(bytes, { 'content-type': 'image/jpeg' });
    assert.deepEqual([again.status, again.body], [201, body]);
    assert.equal(images.files.size, before);
    assert.notEqual((await upload(await picture(30, 30, 'blue'))).body.imageId, body.imageId);
  });

  test('that are uploaded many times at once are resized once', async () => {
    const bytes = await picture(900, 900);
    const all = await Promise.all([upload(bytes), upload(bytes), upload(bytes)]);
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(all.map(({ text }) => text)).size, 1);
  });

  test('a form has one file', async () => {
    const two = new FormData();
    const file = () => new File([new Uint8Array([1])], 'x.png', { type: 'image/png' });
    two.append('image', file());
    two.append('image', file());
    const none = new FormData();
    none.set('image', 'text');
    for (const form of [two, none]) {
      const { status, body } = await upload(form);
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'request_invalid', 'image']);
    }
    const broken = await upload(Buffer.from('hello'), { 'content-type': 'multipart/form-data; boundary=x' });
    assert.deepEqual([broken.status, broken.body.errors[0].path], [400, 'content-type']);
  });

  test('may be kept for ever by a CDN', async () => {
    const { body } = await upload(await picture(20, 20));
    const { headers } = await read(body.url, { origin: 'https://elsewhere.example' });
    assert.equal(headers['cache-control'], immutable);
    assert.match(String(headers.etag), /^"[\w.-]+"$/, 'strong');
    assert.deepEqual(
      [headers['cross-origin-resource-policy'], headers['access-control-allow-origin'], headers.vary],
      ['cross-origin', '*', undefined],
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    for (const tag of [headers.etag, `"other", ${headers.etag}`, `W/${headers.etag}`]) {
      const known = await read(body.url, { 'if-none-match': tag });
      assert.deepEqual([known.statusCode, known.body, known.headers['cache-control']], [304, '', immutable]);
      assert.equal(known.headers.etag, headers.etag);
    }
    assert.equal((await read(body.url, { 'if-none-match': '"other"' })).statusCode, 200);
    const jpeg = await read(body.url.replace('.webp', '.jpg'));
    assert.notEqual(jpeg.headers.etag, headers.etag);
  });

  test('HEAD tells what GET would', async () => {
    const { body } = await upload(await picture(20, 20));
    const get = await read(body.url);
    const head = await shop.app.inject({ method: 'HEAD', url: body.url });
    assert.deepEqual([head.statusCode, head.body], [200, '']);
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
      assert.equal(head.headers[name], get.headers[name], name);
    }
  });

  test('that are not there are 404, and not for ever', async () => {
    const { body } = await upload(await picture(20, 20));
    const id = body.imageId;
    for (const url of [
      `/images/${id}/40.webp`,
      `/images/${id}/20.png`,
      `/images/${id}/image.json`,
      `/images/${id.replace(/./g, '0')}/20.webp`,
      '/images/nothing/20.webp',
      '/images/..%2f..%2fx/20.webp',
    ]) {
      for (const method of ['GET', 'HEAD'] as const) {
        const answer = await shop.app.inject({
          method,
          url,
          headers: { 'if-none-match': `"${id.slice(0, 32)}-40.webp"` },
        });
        assert.equal(answer.statusCode, 404, url);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        assert.equal(answer.headers['cache-control'], undefined);
      }
    }
    assert.equal((await shop.call('GET', `/images/${id}/40.webp`)).body.code, 'image_not_found');
  });

  test('are refused with the reason', async () => {
    const large = await sharp({ create: { width: 10_000, height: 6_000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const noise = Buffer.alloc(120_000, 'x');
    for (const [payload, type, status, code] of [
      [Buffer.from('hello'), 'image/png', 422, 'image_unreadable'],
      [Buffer.from(''), 'image/png', 422, 'image_unreadable'],
      [large.subarray(0, 100_000), 'image/png', 422, 'image_too_large'],
      [noise, 'image/png', 413, 'body_too_large'],
      [Buffer.from('<svg/>'), 'image/svg+xml', 415, 'content_type_unsupported'],
      [Buffer.from('{}'), 'application/json', 415, 'content_type_unsupported'],
    ] as const) {
      const answer = await upload(payload, { 'content-type': type });
      assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
    }
  });

  test('are uploaded by sellers', async () => {
    const payload = await picture(10, 10);
    for (const [headers, status] of [
      [{}, 401],
      [shop.bearer('s1', 'shopper'), 403],
    ] as const) {
      const answer = await shop.call('POST', '/v1/images', {
        payload,
        headers: { 'content-type': 'image/png', ...headers },
      });
      assert.equal(answer.status, status);
    }
  });

  test('more uploads than the gateway takes are told to come back, before they are received', async (t) => {
    const url = new URL(await shop.app.listen({ port: 0, host: '127.0.0.1' }));
    const begin = () =>
      request({
        ...{ host: url.hostname, port: url.port, method: 'POST', path: '/v1/images' },
        headers: { ...shop.bearer('seller', 'seller'), 'content-type': 'image/png', 'content-length': 1_000 },
      });
    const slow = [begin(), begin(), begin(), begin()];
    t.after(() => {
      for (const each of slow) each.destroy();
    });
    const refused = await Promise.race(
      slow.map(async (each) => {
        each.on('error', () => {});
        each.write('x');
        const [response] = await once(each, 'response');
        return response.statusCode;
      }),
    );
    assert.equal(refused, 503, 'one too many');
    const payload = await picture(11, 11);
    const busy = await upload(payload);
    assert.deepEqual([busy.status, busy.body.code, busy.headers['retry-after']], [503, 'overloaded', '5']);
    for (const each of slow) each.destroy();
    await eventually(async () => ((await upload(payload)).status === 201 ? true : undefined));
  });

  test('while their store is away reading and writing is 503, and the gateway is degraded', async () => {
    const { body } = await upload(await picture(20, 20));
    images.failure = 'it is away';
    try {
      const answers = [await shop.call('GET', body.url), await upload(await picture(21, 21))];
      for (const answer of answers) assert.deepEqual([answer.status, answer.body.code], [503, 'images_unavailable']);
      const ready = await shop.call('GET', '/health/ready');
      assert.deepEqual([ready.status, ready.body.status], [200, 'degraded']);
    } finally {
      images.failure = undefined;
    }
    assert.equal((await upload(await picture(21, 21))).status, 201);
  });

  test('an upload that broke off halfway is made whole by the next one', async () => {
    const bytes = await picture(700, 700);
    const put = images.put.bind(images);
    images.put = async (key, file) => {
      if (key.endsWith('320.webp')) throw new Error('the disk is full');
      await put(key, file);
    };
    assert.equal((await upload(bytes)).status, 500);
    images.put = put;
    const { body } = await upload(bytes);
    for (const { url } of body.variants) assert.equal((await read(url)).statusCode, 200);
  });

  test('are taken down by operators, with a reason, and the audit tells', async () => {
    const bytes = await picture(50, 50);
    const { body } = await upload(bytes);
    const path = `/v1/images/${body.imageId}`;
    const operator = shop.bearer('olga', 'operator');
    assert.equal(
      (await shop.call('DELETE', `${path}?reason=stolen`, { headers: shop.bearer('seller', 'seller') })).status,
      403,
    );
    assert.equal((await shop.call('DELETE', path, { headers: operator })).status, 400);
    const before = await shop.count(topics.audit);
    assert.equal((await shop.call('DELETE', `${path}?reason=stolen`, { headers: operator })).status, 204);
    assert.equal(await shop.count(topics.audit), before + 1);
    const { body: audit } = await shop.call('GET', '/v1/admin/audit', { headers: operator });
    const { actor, action, subject, reason, outcome } = audit.entries[0];
    assert.deepEqual(
      [actor, action, subject, reason, outcome],
      ['olga', 'take-image-down', body.imageId, 'stolen', 'done'],
    );
    assert.equal((await read(body.url)).statusCode, 404);
    const again = await shop.call('DELETE', `${path}?reason=stolen`, { headers: operator });
    assert.deepEqual([again.status, again.body.code], [404, 'image_not_found']);
    assert.equal((await upload(bytes)).status, 201);
  });
});
