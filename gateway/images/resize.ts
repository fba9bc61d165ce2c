// An uploaded picture into the files that pages show: turned upright, without what cameras and programs wrote into it
// (places, names, thumbnails), in sRGB, in a few widths, as WebP and as JPEG. Of what moves the first frame is taken.
// The work is done by libvips, off the main thread; how much of it at the same time is the caller's to say.
import type { Sharp } from 'sharp';
import { Refusal } from '../refusal.ts';

/** What a change of the files' look or set must change, so that addresses which are cached for ever stay true. */
export const recipe = 'v1';

const widths = [160, 320, 640, 1280];

/** More than a WebP can have. A picture of such a side is none of a product. */
const longestSide = 16_383;

/** By libvips' names; heif is AVIF here, for the library brings no HEVC. */
const formats: ReadonlySet<string | undefined> = new Set(['jpeg', 'png', 'webp', 'heif', 'gif']);
const loaders = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'].map((name) => `VipsForeignLoad${name}`);

/** A file that takes longer is made to. */
const mostSeconds = 20;

export interface Resized {
  readonly width: number;
  readonly height: number;
  readonly extension: 'webp' | 'jpg';
  readonly bytes: Uint8Array;
}

type Load = typeof import('sharp').default;

let loading: Promise<Load> | undefined;

/** Loaded with the first upload: few gateways ever see one. */
async function load(): Promise<Load> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    // libvips reads dozens of formats; what nobody may send is no way in.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: loaders });
    sharp.cache(false);
    // A thread a picture: there are several pictures.
    sharp.concurrency(1);
    return sharp;
  });
  return await loading;
}

/**
 * All widths up to the picture's own, which is the last if it is less than the largest; each as WebP and as JPEG.
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE
 */
export async function resize(bytes: Uint8Array, mostPixels: number): Promise<Resized[]> {
  if (bytes.length === 0) throw new Refusal('IMAGE_UNREADABLE', { details: { reason: 'it is empty' } });
  const sharp = await load();
  // Nothing is unpacked before the first bytes have said how much it is.
  const width = await checkedWidth(sharp(bytes, { limitInputPixels: false }), mostPixels);
  const picture = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' }).timeout({ seconds: mostSeconds });
  const largest = Math.min(width, widths.at(-1)!);
  const { data, info } = await readable(
    picture
      .autoOrient()
      .resize({ width: largest })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  // From the largest down: decoding is most of the work.
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const smaller = widths.filter((each) => each < largest);
  const made: Resized[] = [];
  for (const each of [...smaller, largest]) {
    const scaled = sharp(data, { raw }).timeout({ seconds: mostSeconds }).resize({ width: each });
    made.push(await written(scaled.clone().webp({ quality: 80 }), 'webp'));
    // What shines through is white, as pages are.
    made.push(await written(scaled.flatten({ background: 'white' }).jpeg({ quality: 80, progressive: true }), 'jpg'));
  }
  return made;
}

/** The width of the upright picture, as its first bytes have it. */
async function checkedWidth(picture: Sharp, mostPixels: number): Promise<number> {
  const { format, autoOrient } = await readable(picture.metadata());
  if (!formats.has(format)) throw new Refusal('IMAGE_UNREADABLE', { details: { reason: `it is ${format}` } });
  const { width, height } = autoOrient;
  if (width * height > mostPixels || Math.max(width, height) > longestSide) {
    throw new Refusal('IMAGE_TOO_LARGE', { details: { width, height, mostPixels, longestSide } });
  }
  return width;
}

async function written(picture: Sharp, extension: 'webp' | 'jpg'): Promise<Resized> {
  const { data: bytes, info } = await picture.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, extension, bytes };
}

/** libvips tells a dozen ways in which a file is not a picture; to the sender they are one. */
async function readable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const [reason = ''] = String((error as Error).message).split('\n');
    throw new Refusal('IMAGE_UNREADABLE', { details: { reason: reason.replace(/\.$/, '') }, cause: error });
  }
}
