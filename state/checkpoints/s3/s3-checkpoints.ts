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
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';
import { type S3Place, s3Options } from '../../../base/s3-options.ts';
import { type CheckpointStore, checkedKey, type StoredFile } from '../../checkpoint-store.ts';

/** Makes the bucket if there is none. @throws CHECKPOINTS_UNAVAILABLE, CHECKPOINTS_REFUSED */
export async function openS3Checkpoints(place: S3Place): Promise<CheckpointStore> {
  const client = new S3Client(s3Options(place));
  try {
    await makeBucket(client, place.bucket);
  } catch (error) {
    client.destroy();
    throw failureOf(error);
  }
  return new S3Checkpoints(client, place);
}

async function makeBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((refused) => {
      // Another worker was faster.
      if (statusOf(refused) !== 409) throw refused;
    });
  }
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
      const found = await ifThere(this.#client.send(new GetObjectCommand(object)));
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
      throw failureOf(error);
    }
  }
}

async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The HTTP status of the server's answer; undefined if none came. */
function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** CHECKPOINTS_REFUSED for a no that stays, else CHECKPOINTS_UNAVAILABLE. */
function failureOf(error: unknown): StockstreamError {
  if (isStockstreamError(error)) return error;
  const status = statusOf(error);
  const name = error instanceof Error && error.name !== 'Error' ? error.name : '';
  const words = [name, reasonOf(error), status === undefined ? '' : `status ${status}`];
  const reason = [...new Set(words.filter(Boolean))].join(', ').replace(/\.$/, '');
  const stays = status !== undefined && status < 500 && status !== 408 && status !== 429;
  return new StockstreamError(stays ? 'CHECKPOINTS_REFUSED' : 'CHECKPOINTS_UNAVAILABLE', { reason }, error);
}
