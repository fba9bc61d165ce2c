// The checkpoint store on S3, AWS' own or a server that speaks like it: `<bucket>/<prefix><key>`. An object is there as a
// whole or not at all, and lists are current, which is all that checkpoints need.
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { assert } from '../../../base/assert.ts';
import { ifFound, makeMissing, s3Failure } from '../../../base/s3-answers.ts';
import { type S3Place, s3Options } from '../../../base/s3-options.ts';
import { type CheckpointStore, checkedKey, type StoredFile } from '../../checkpoint-store.ts';

const codes = { refused: 'CHECKPOINTS_REFUSED', unavailable: 'CHECKPOINTS_UNAVAILABLE' } as const;

/** Makes the bucket if there is none. @throws CHECKPOINTS_UNAVAILABLE, CHECKPOINTS_REFUSED */
export async function openS3Checkpoints(place: S3Place): Promise<CheckpointStore> {
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
  return new S3Checkpoints(client, place);
}

/** Deletes at the same time. */
const deletesAtOnce = 8;

class S3Checkpoints implements CheckpointStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  #isClosed = false;

  constructor(client: S3Client, { bucket, prefix }: S3Place) {
    this.place = `s3://${bucket}/${prefix}`;
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const object = this.#objectOf(key);
    await this.#attempt(() => this.#client.send(new PutObjectCommand({ ...object, Body: bytes })));
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

  list(prefix: string): Promise<string[]> {
    return this.#attempt(async () => {
      const keys: string[] = [];
      const all = { Bucket: this.#bucket, Prefix: this.#prefix + prefix };
      for (let next: string | undefined, isMore = true; isMore; ) {
        const page = await this.#client.send(new ListObjectsV2Command({ ...all, ContinuationToken: next }));
        // A server over a directory lists folders, too.
        const files = (page.Contents ?? []).filter(({ Key: key = '/' }) => !key.endsWith('/'));
        for (const { Key: key = '' } of files) keys.push(key.slice(this.#prefix.length));
        next = page.NextContinuationToken;
        isMore = next !== undefined;
      }
      return keys.sort();
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    const objects = keys.map((key) => this.#objectOf(key));
    await this.#attempt(async () => {
      for (let from = 0; from < objects.length; from += deletesAtOnce) {
        const some = objects.slice(from, from + deletesAtOnce);
        await Promise.all(some.map((object) => this.#client.send(new DeleteObjectCommand(object))));
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#client.destroy();
  }

  #objectOf(key: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + checkedKey(key) };
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
