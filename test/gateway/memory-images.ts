// The images port in memory, for tests of the gateway.
import { Readable } from 'node:stream';
import { StockstreamError } from '../../base/errors.ts';
import { checkedKey, type Images } from '../../gateway/images/images.ts';

export class MemoryImages implements Images {
  /** As a test may look at them, or break them. */
  readonly files = new Map<string, Buffer>();
  /** Every call fails with it. */
  failure: string | undefined;

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.#check(key);
    this.files.set(key, Buffer.from(bytes));
  }

  async get(key: string) {
    this.#check(key);
    const file = this.files.get(key);
    const parts = () =>
      Array.from({ length: Math.ceil(file!.length / 65_536) }, (_, at) =>
        file!.subarray(at * 65_536, (at + 1) * 65_536),
      );
    return file && { bytes: file.length, stream: Readable.from(parts(), { objectMode: false }) };
  }

  async size(key: string): Promise<number | undefined> {
    this.#check(key);
    return this.files.get(key)?.length;
  }

  async delete(key: string): Promise<void> {
    this.#check(key);
    this.files.delete(key);
  }

  async ping(): Promise<void> {
    this.#check('a/b.c');
  }

  async close(): Promise<void> {
    this.failure = 'they were closed';
  }

  #check(key: string): void {
    checkedKey(key);
    if (this.failure !== undefined) throw new StockstreamError('IMAGES_UNAVAILABLE', { reason: this.failure });
  }
}
