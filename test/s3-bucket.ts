// A bucket of a test's own on the S3 server of the tests: made by whoever opens it first, emptied and gone when it is removed.
import { randomUUID } from 'node:crypto';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type S3Place, s3Options } from '../base/s3-options.ts';
import { services } from './services.ts';

export class TestBucket {
  readonly place: S3Place = {
    ...services.s3,
    ...{ region: 'us-east-1', bucket: `test-${randomUUID()}`, isPathStyle: true, prefix: '' },
  };
  readonly client = new S3Client(s3Options(this.place));

  /** A server over a directory lists folders, too, and they go by themselves. */
  async files(): Promise<string[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: this.place.bucket }));
    return Contents.flatMap(({ Key = '' }) => (Key.endsWith('/') ? [] : [Key]));
  }

  async remove(): Promise<void> {
    const { bucket: Bucket } = this.place;
    for (const Key of await this.files()) await this.client.send(new DeleteObjectCommand({ Bucket, Key }));
    await this.client.send(new DeleteBucketCommand({ Bucket }));
    this.client.destroy();
  }
}
