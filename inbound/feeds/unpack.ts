// The bytes of a content as its lines are: unpacked if it is gzipped, and no more of them than agreed.
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { reasonOf, StockstreamError } from '../../base/errors.ts';

export interface Unpack {
  /** For messages. */
  readonly name: string;
  readonly isGzipped: boolean;
  readonly mostBytes: number;
}

/** @throws FEED_TOO_LARGE, FEED_UNREADABLE */
export async function* unpacked(
  bytes: AsyncIterable<Buffer>,
  { name, isGzipped, mostBytes }: Unpack,
): AsyncGenerator<Buffer> {
  let count = 0;
  for await (const chunk of isGzipped ? gunzipped(bytes, name) : bytes) {
    count += chunk.length;
    if (count > mostBytes) throw new StockstreamError('FEED_TOO_LARGE', { name, limit: mostBytes });
    yield chunk;
  }
}

async function* gunzipped(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const source = Readable.from(bytes);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof StockstreamError) throw error;
    throw new StockstreamError('FEED_UNREADABLE', { name, reason: reasonOf(error) }, error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}
