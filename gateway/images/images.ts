// The images port: files of some megabytes by key, each written once. A key names its content, so that whoever writes a
// key again writes the same bytes; a file is there as a whole or not at all. It knows nothing of pictures.
import type { Readable } from 'node:stream';
import { assert } from '../../base/assert.ts';

export interface StoredFile {
  /** How many bytes the stream gives. */
  readonly bytes: number;
  /** To be read to its end, or destroyed. */
  readonly stream: Readable;
}

/** Every call throws IMAGES_UNAVAILABLE if the files can't be reached now or were closed: try again later. */
export interface Images {
  /** Once it resolves the file is there, whatever crashes. @param type the media type, for who reads the store directly */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>;
  get(key: string): Promise<StoredFile | undefined>;
  /** In bytes; undefined if there is no such file. */
  size(key: string): Promise<number | undefined>;
  /** Nothing happens if there is no such file. */
  delete(key: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** `<folder>/<file>`: nothing that a file system or an URL could read as something else. */
const keyPattern = /^[a-z0-9]{1,100}\/[a-z0-9]{1,50}\.[a-z0-9]{1,10}$/;

/** The key itself; asserts that it is one. */
export function checkedKey(key: string): string {
  assert(keyPattern.test(key), `${key} is no key of an image`);
  return key;
}
