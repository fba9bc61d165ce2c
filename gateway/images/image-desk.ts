// Uploads of pictures: named by their content, resized once, kept as files beside a list of them. The list is written last,
// so that what it names is there; the same upload is the same image, whichever gateway takes it and however often.
//
//     <image id>/<width>.webp, <image id>/<width>.jpg, <image id>/image.json
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Gate } from '../gate.ts';
import { Refusal } from '../refusal.ts';
import type { Images } from './images.ts';
import { type Resized, recipe, resize } from './resize.ts';

/** One file of an image. */
export interface ImageFile {
  /** Below the image: `640.webp`. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
}

export interface KeptImage {
  /** Letters and digits: a digest of the upload. */
  readonly imageId: string;
  /** The narrowest first; of each width WebP, then JPEG. */
  readonly files: readonly ImageFile[];
}

export interface ImageDeskOptions {
  readonly images: Images;
  /** A picture of more is refused. */
  readonly mostPixels: number;
  /** So many are resized at a time. */
  readonly atOnce: number;
  /** So many uploads may be under way, being received ones among them; each may take the memory of its body. */
  readonly mostUploads: number;
}

/** Seconds. About what the uploads before take. */
const retryAfter = 5;

export class ImageDesk {
  readonly #options: ImageDeskOptions;
  readonly #resizing: Gate;
  /** By image id: who uploads the same at the same time waits for the first. */
  readonly #running = new Map<string, Promise<KeptImage>>();
  #uploads = 0;

  constructor(options: ImageDeskOptions) {
    this.#options = options;
    this.#resizing = new Gate(options.atOnce, options.mostUploads);
  }

  /** An upload begins; call what it gives when it ended, however. @throws OVERLOADED */
  begin(): () => void {
    if (this.#uploads >= this.#options.mostUploads) throw new Refusal('OVERLOADED', { retryAfter });
    this.#uploads++;
    let isUnderWay = true;
    return () => {
      if (isUnderWay) this.#uploads--;
      isUnderWay = false;
    };
  }

  /** The image of these bytes once all of its files are kept. @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGES_* */
  keep(bytes: Uint8Array): Promise<KeptImage> {
    const imageId = createHash('sha256').update(`${recipe}\n`).update(bytes).digest('hex');
    const running = this.#running.get(imageId) ?? this.#keep(imageId, bytes);
    this.#running.set(imageId, running);
    return running;
  }

  /** Takes an image away, as if it had never been. False if there is none. @throws IMAGES_* */
  async drop(imageId: string): Promise<boolean> {
    const { images } = this.#options;
    const known = await this.#known(imageId);
    if (known === undefined) return false;
    await Promise.all(known.files.map(({ file }) => images.delete(`${imageId}/${file}`)));
    // Last, so that a second try finds what the first one left.
    await images.delete(listOf(imageId));
    return true;
  }

  async #known(imageId: string): Promise<KeptImage | undefined> {
    const list = await this.#options.images.get(listOf(imageId));
    return list && (JSON.parse(String(await buffer(list.stream))) as KeptImage);
  }

  async #keep(imageId: string, bytes: Uint8Array): Promise<KeptImage> {
    const { images, mostPixels } = this.#options;
    try {
      const known = await this.#known(imageId);
      if (known) return known;
      const made = await this.#resizing.run(() => resize(bytes, mostPixels));
      await Promise.all(made.map((each) => images.put(`${imageId}/${fileOf(each)}`, each.bytes, typeOf(fileOf(each)))));
      const files = made.map((each) => ({ file: fileOf(each), width: each.width, height: each.height }));
      const image: KeptImage = { imageId, files };
      await images.put(listOf(imageId), Buffer.from(JSON.stringify(image)), 'application/json');
      return image;
    } finally {
      this.#running.delete(imageId);
    }
  }
}

function listOf(imageId: string): string {
  return `${imageId}/image.json`;
}

function fileOf({ width, extension }: Resized): string {
  return `${width}.${extension}`;
}

/** The media type of a file by its name. */
export function typeOf(file: string): 'image/webp' | 'image/jpeg' {
  return file.endsWith('.webp') ? 'image/webp' : 'image/jpeg';
}
