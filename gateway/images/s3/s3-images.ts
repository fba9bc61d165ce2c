// The images port on S3, AWS' own or a server that speaks like it, for any number of gateways:
//
//     <bucket>/<prefix><folder>/<file>
//
// Objects carry their media type and may be cached for ever, so that a CDN may read the bucket itself.

import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { assert } from '../../../base/assert.ts';
import { ifFound, makeMissing, s3Failure } from '../../../base/s3-answers.ts';
import { type S3Place, s3Options } from '../../../base/s3-options.ts';
import { checkedKey, type Images, type StoredFile } from '../images.ts';

const codes = { refused: 'IMAGES_REFUSED', unavailable: 'IMAGES_UNAVAILABLE' } as const;

/** Makes the bucket if there is none. @throws IMAGES_UNAVAILABLE, IMAGES_REFUSED */
export async function openS3Images(place: S3Place): Promise<Images> {
  const client = new S3Client(s3Options(place));
  try {
    const bucket = { Bucket: place.bucket };
    await makeMissing(
      () => client.send(new HeadBucketCommand(bucket)),
      () => client.send(new CreateBucketCommand(bucket)),
    );
  } catch (error) {
    client.destroy();
    throw s3Failure(error, codes);
  }
  return new S3Images(client, place);
}

class S3Images implements Images {
  readonly #client: S3Client;
  readonly #place: S3Place;
  #isClosed = false;

  constructor(client: S3Client, place: S3Place) {
    this.#client = client;
    this.#place = place;
  }

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    const object = this.#objectOf(key);
    const headers = { ContentType: type, CacheControl: 'public, max-age=31536000, immutable' };
    await this.#attempt(() => {
      return this.#client.send(new PutObjectCommand({ ...object, ...headers, Body: bytes }));
    });
  }

  get(key: string): Promise<StoredFile | undefined> {
    const object = this.#objectOf(key);
    return this.#attempt(async () => {
      const found = await ifFound(this.#client.send(new GetObjectCommand(object)));
      if (found === undefined) return undefined;
      const { Body: stream, ContentLength: bytes } = found;
      assert(stream instanceof Readable && bytes !== undefined, 'in Node an object is a stream of known length');
      return { bytes, stream };
    });
  }

  size(key: string): Promise<number | undefined> {
    const object = this.#objectOf(key);
    return this.#attempt(async () => (await ifFound(this.#client.send(new HeadObjectCommand(object))))?.ContentLength);
  }

  async delete(key: string): Promise<void> {
    const object = this.#objectOf(key);
    await this.#attempt(() => this.#client.send(new DeleteObjectCommand(object)));
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#client.send(new HeadBucketCommand({ Bucket: this.#place.bucket })));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#client.destroy();
  }

  #objectOf(key: string) {
    return { Bucket: this.#place.bucket, Key: this.#place.prefix + checkedKey(key) };
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      if (this.#isClosed) throw new Error('they were closed');
      return await work();
    } catch (error) {
      throw s3Failure(error, codes);
    }
  }
}
