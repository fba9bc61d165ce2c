// `stockstream bench images`: uploads taken by an image desk of this process into a directory. What a picture of a camera
// costs, some at a time as a gateway does them; and what the same one costs again.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { openDirectoryImages } from '../gateway/images/directory/directory-images.ts';
import { ImageDesk } from '../gateway/images/image-desk.ts';
import { gatewayDefaults } from '../gateway/settings.ts';
import { orExit, whole } from './flags.ts';

const usage = `stockstream bench images [options]
  --images N  of each size (20)`;

const sizes = [
  ['web, 1200 x 900', 1_200, 900],
  ['camera, 4000 x 3000', 4_000, 3_000],
] as const;

export async function benchImages(args: readonly string[]): Promise<void> {
  const count = orExit(usage, () => {
    const { values } = parseArgs({
      args: [...args],
      options: { images: { type: 'string', default: '20' }, help: { type: 'boolean', default: false } },
    });
    return values.help ? undefined : whole('images', values.images, [1, 10_000]);
  });
  if (count === undefined) return void process.stdout.write(`${usage}\n`);
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-images-'));
  const { imagePixels: mostPixels, imagesAtOnce: atOnce } = gatewayDefaults;
  const images = await openDirectoryImages({ directory });
  const desk = new ImageDesk({ images, mostPixels, atOnce, mostUploads: count });
  try {
    for (const [name, width, height] of sizes) {
      const uploads = await Promise.all(Array.from({ length: count }, (_, index) => photo(width, height, index)));
      const megabytes = uploads.reduce((sum, { length }) => sum + length, 0) / uploads.length / 1e6;
      const [before, began] = [process.cpuUsage(), performance.now()];
      await Promise.all(uploads.map((bytes) => desk.keep(bytes)));
      const seconds = (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(before);
      const again = performance.now();
      await Promise.all(uploads.map((bytes) => desk.keep(bytes)));
      const known = (performance.now() - again) / count;
      const cost = `${((user + system) / 1e3 / count).toFixed(0)} ms of processor each, ${known.toFixed(1)} ms once it is known`;
      const rate = `${(count / seconds).toFixed(1)} a second, ${atOnce} at a time`;
      process.stdout.write(`${name} (JPEG, ${megabytes.toFixed(1)} MB): ${rate}; ${cost}\n`);
    }
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(`${peak} MB at most; load average ${loadavg()[0]!.toFixed(1)}\n`);
  } finally {
    await images.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Shapes with some grain, as cameras make them; each another one. */
async function photo(width: number, height: number, index: number): Promise<Buffer> {
  const grain = { type: 'gaussian', mean: 128, sigma: 8 } as const;
  const small = await sharp({
    create: {
      width: 40,
      height: 30,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .modulate({ hue: (index * 37) % 360 })
    .png()
    .toBuffer();
  const shapes = await sharp(small).resize(width, height).png().toBuffer();
  const grained = await sharp({ create: { width, height, channels: 3, background: 'grey', noise: grain } })
    .png()
    .toBuffer();
  return await sharp(shapes)
    .composite([{ input: grained, blend: 'soft-light' }])
    .jpeg({ quality: 85 })
    .toBuffer();
}
