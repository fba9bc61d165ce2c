// What every adapter of the images port must do. Registers its tests when called; an adapter gives empty files.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { isStockstreamError } from '../../base/errors.ts';
import type { Images } from '../../gateway/images/images.ts';

const type = 'image/webp';

export function imagesSuite(name: string, open: () => Promise<Images>): void {
  const setUp = async (t: TestContext): Promise<Images> => {
    const images = await open();
    t.after(() => images.close());
    return images;
  };
  const read = async (images: Images, key: string): Promise<Buffer | undefined> => {
    const found = await images.get(key);
    if (found === undefined) return undefined;
    const bytes = await buffer(found.stream);
    assert.equal(found.bytes, bytes.length);
    return bytes;
  };

  it(`${name}: what was put is read, until it is deleted`, async (t) => {
    const images = await setUp(t);
    assert.deepEqual([await images.get('a1/160.webp'), await images.size('a1/160.webp')], [undefined, undefined]);
    await images.put('a1/160.webp', Buffer.from('small'), type);
    await images.put('a1/320.webp', Buffer.from('larger'), type);
    await images.put('b2/160.jpg', Buffer.from('another'), 'image/jpeg');
    assert.equal(String(await read(images, 'a1/160.webp')), 'small');
    assert.equal(String(await read(images, 'b2/160.jpg')), 'another');
    assert.equal(await images.size('a1/320.webp'), 6);
    assert.equal(await images.size('a1/640.webp'), undefined);
    await images.delete('a1/160.webp');
    await images.delete('a1/160.webp');
    assert.deepEqual([await images.get('a1/160.webp'), await images.size('a1/160.webp')], [undefined, undefined]);
    assert.equal(String(await read(images, 'a1/320.webp')), 'larger');
  });

  it(`${name}: a key that is put again, by several at once, stays one file`, async (t) => {
    const images = await setUp(t);
    const bytes = Buffer.alloc(100_000, 'x');
    await Promise.all(Array.from({ length: 5 }, () => images.put('a1/160.webp', bytes, type)));
    assert.deepEqual(await read(images, 'a1/160.webp'), bytes);
    await images.put('a1/160.webp', bytes, type);
    assert.deepEqual(await read(images, 'a1/160.webp'), bytes);
  });

  it(`${name}: any bytes come back as they are`, async (t) => {
    const images = await setUp(t);
    const anyBytes = fc.uint8Array({ maxLength: 3_000 });
    await fc.assert(
      fc.asyncProperty(anyBytes, async (bytes) => {
        await images.put('a1/160.webp', bytes, type);
        assert.deepEqual(await read(images, 'a1/160.webp'), Buffer.from(bytes));
      }),
      { numRuns: 20 },
    );
  });

  it(`${name}: megabytes come as a stream, which may be left`, async (t) => {
    const images = await setUp(t);
    const bytes = Buffer.alloc(5 << 20, 'megabytes ');
    await images.put('a1/1280.webp', bytes, type);
    const left = await images.get('a1/1280.webp');
    assert.equal(left?.bytes, bytes.length);
    left.stream.destroy();
    const found = await images.get('a1/1280.webp');
    let chunks = 0;
    let length = 0;
    for await (const chunk of found?.stream ?? []) {
      chunks++;
      length += (chunk as Buffer).length;
    }
    assert.equal(length, bytes.length);
    assert.ok(chunks > 1, 'it comes in parts');
  });

  it(`${name}: what is no key is a fault of the program`, async (t) => {
    const images = await setUp(t);
    for (const key of ['', 'a', '../a.webp', 'a/../b.webp', 'a/b/c.webp', 'A/b.webp', 'a/.webp', 'a/b', '/a/b.webp']) {
      await assert.rejects(async () => images.get(key), /is no key of an image/, key);
      await assert.rejects(async () => images.put(key, Buffer.from('x'), type), /is no key of an image/, key);
    }
  });

  it(`${name}: answers a ping until it is closed, and nothing after`, async (t) => {
    const images = await setUp(t);
    await images.ping();
    await images.close();
    await images.close();
    const unavailable = (error: unknown) => isStockstreamError(error, 'IMAGES_UNAVAILABLE');
    await assert.rejects(images.ping(), unavailable);
    await assert.rejects(images.get('a1/160.webp'), unavailable);
    await assert.rejects(images.put('a1/160.webp', Buffer.from('x'), type), unavailable);
  });
}
