// What becomes of an uploaded picture: widths, formats, uprightness, what is left out, and what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { resize } from '../../../gateway/images/resize.ts';

const mostPixels = 50_000_000;

/** Red on the left, blue on the right. */
function picture(width: number, height: number) {
  const left = Buffer.from(
    `<svg width="${width}" height="${height}"><rect width="100%" height="100%" fill="blue"/><rect width="50%" height="100%" fill="red"/></svg>`,
  );
  return sharp(left);
}

async function sizesOf(bytes: Uint8Array) {
  return (await resize(bytes, mostPixels)).map(({ width, height, extension }) => `${width}x${height}.${extension}`);
}

// Drawn before the first resize, which closes libvips' reader of SVG.
const wide = await picture(2_000, 1_000).png().toBuffer();
const drawn = await picture(400, 200).png().toBuffer();

test('a large picture comes in all widths, each as WebP and as JPEG', async () => {
  const expected = ['160x80', '320x160', '640x320', '1280x640'].flatMap((size) => [`${size}.webp`, `${size}.jpg`]);
  assert.deepEqual(await sizesOf(wide), expected);
  for (const { bytes, extension, width, height } of await resize(wide, mostPixels)) {
    const found = await sharp(bytes).metadata();
    assert.deepEqual([found.format, found.width, found.height], [extension === 'jpg' ? 'jpeg' : 'webp', width, height]);
  }
});

test('a smaller one is never enlarged: its own width is the last', async () => {
  assert.deepEqual(await sizesOf(drawn), [
    '160x80.webp',
    '160x80.jpg',
    '320x160.webp',
    '320x160.jpg',
    '400x200.webp',
    '400x200.jpg',
  ]);
  const dot = await sharp(drawn).resize(1, 1).png().toBuffer();
  assert.deepEqual(await sizesOf(dot), ['1x1.webp', '1x1.jpg']);
});

for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
  test(`${format} is read`, async () => {
    const bytes = await sharp(drawn).toFormat(format).toBuffer();
    const made = await resize(bytes, mostPixels);
    const { data } = await sharp(made.at(-1)?.bytes).raw().toBuffer({ resolveWithObject: true });
    const [red = 0, , blue = 0] = data;
    assert.ok(red > 200 && blue < 60, `red ${red}, blue ${blue}`);
  });
}

test('a picture that was taken sideways stands upright, and says nothing of the camera or the place', async () => {
  const taken = await sharp(drawn)
    .keepExif()
    .withExif({ IFD0: { Make: 'Camera' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const before = await sharp(taken).metadata();
  assert.deepEqual([before.orientation, before.width, before.exif !== undefined], [6, 400, true]);
  const made = await resize(taken, mostPixels);
  for (const { bytes } of made) {
    const { width = 0, height = 0, orientation, exif, xmp, icc, iptc } = await sharp(bytes).metadata();
    assert.ok(width < height, 'upright');
    assert.deepEqual([orientation, exif, xmp, icc, iptc], [undefined, undefined, undefined, undefined, undefined]);
  }
  const { data } = await sharp(made.at(-1)?.bytes).raw().toBuffer({ resolveWithObject: true });
  assert.ok((data[0] ?? 0) > 200, 'what was on the left is above');
});

test('of what moves the first frame is taken', async () => {
  const frames = await Promise.all(['red', 'blue'].map((background) => solid(40, 40, background)));
  for (const format of ['gif', 'webp'] as const) {
    const moving = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    assert.equal((await sharp(moving).metadata()).pages, 2);
    const [first] = await resize(moving, mostPixels);
    const { pages, height } = await sharp(first?.bytes).metadata();
    assert.deepEqual([pages, height], [undefined, 40]);
    const [red = 0] = await sharp(first?.bytes).raw().toBuffer();
    assert.ok(red > 200);
  }
});

test('what can be seen through stays so as WebP, and is white as JPEG', async () => {
  const clear = await sharp({ create: { width: 20, height: 20, channels: 4, background: '#0000' } })
    .png()
    .toBuffer();
  const [webp, jpeg] = await resize(clear, mostPixels);
  assert.equal((await sharp(webp?.bytes).metadata()).hasAlpha, true);
  const [red = 0] = await sharp(jpeg?.bytes).raw().toBuffer();
  assert.ok(red > 250);
});

test('other colours become those of screens', async () => {
  const printed = await sharp(drawn).toColourspace('cmyk').jpeg().toBuffer();
  const grey = await sharp(drawn).greyscale().png().toBuffer();
  const deep = await sharp(drawn).toColourspace('rgb16').png().toBuffer();
  for (const bytes of [printed, grey, deep]) {
    const { space, depth, channels } = await sharp((await resize(bytes, mostPixels)).at(-1)?.bytes).metadata();
    assert.deepEqual([space, depth, channels], ['srgb', 'uchar', 3]);
  }
});

test('a bomb is refused by what its first bytes say', async () => {
  for (const [width, height] of [
    [60_000, 60_000],
    [7_100, 7_100],
    [16_384, 10],
    [10, 16_384],
  ] as const) {
    await assert.rejects(resize(png(width, height), mostPixels), { code: 'IMAGE_TOO_LARGE' }, `${width} x ${height}`);
  }
});

test('first bytes that understate are not believed', async () => {
  // Says 10 x 10, and has the data of far more.
  const bytes = png(10, 10, deflateSync(Buffer.alloc(50_000_000)));
  const made = await resize(bytes, mostPixels).catch((error: { code: string }) => error.code);
  assert.ok(made === 'IMAGE_UNREADABLE' || Array.isArray(made));
});

test('what is no whole picture of the five formats is refused, with the reason', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>',
  );
  const tiff = await sharp(drawn).tiff().toBuffer();
  const jpeg = await sharp(wide).jpeg().toBuffer();
  await resize(drawn, mostPixels);
  for (const bytes of [
    Buffer.from(''),
    Buffer.from('hello'),
    svg,
    tiff,
    jpeg.subarray(0, jpeg.length / 2),
    drawn.subarray(0, 60),
  ]) {
    await assert.rejects(resize(bytes, mostPixels), (error: { code: string; message: string }) => {
      assert.match(error.message, /^The file is no picture that can be read: .+\.$/);
      return error.code === 'IMAGE_UNREADABLE';
    });
  }
});

function solid(width: number, height: number, background: string): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

/** A PNG that says how large it is, whatever its data is. */
function png(width: number, height: number, data = deflateSync(Buffer.alloc(1_000))): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), content]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(content.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}
