// Compressed record batches: those that come are unpacked into plain ones, those that go may be packed. The header stays
// plain in either; the records behind it are one compressed block.
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { attributeCodecMask, batchHeaderBytes, sealBatch } from '../record-batch.ts';

export type Compression = 'none' | 'gzip' | 'lz4' | 'zstd';

const { lz4, snappy } = compressionsAlgorithms;

/** A batch of a few kilobytes that claims to hold more is an attack or a fault. */
const unpacked = { maxOutputLength: 2 ** 28 };

/** The codec's number in a batch's attributes. */
const numbers = { none: 0, gzip: 1, lz4: 3, zstd: 4 } as const;

const pack: Readonly<Record<Exclude<Compression, 'none'>, (records: Buffer) => Buffer>> = {
  gzip: (records) => gzipSync(records),
  lz4: (records) => lz4.compressSync(records),
  zstd: (records) => zstdCompressSync(records),
};

/** By number. Snappy comes in either framing. */
const unpack: Readonly<Record<number, (records: Buffer) => Buffer>> = {
  1: (records) => gunzipSync(records, unpacked),
  2: (records) => snappy.decompressSync(records),
  3: (records) => lz4.decompressSync(records),
  4: (records) => zstdDecompressSync(records, unpacked),
};

/** The batch with its records packed, or the batch itself if that doesn't make it smaller. */
export function compressBatch(batch: Buffer, compression: Compression): Buffer {
  if (compression === 'none') return batch;
  const records = pack[compression](batch.subarray(batchHeaderBytes));
  if (records.length + batchHeaderBytes >= batch.length) return batch;
  return replaceRecords(batch, records, numbers[compression]);
}

/** The batch with its records plain; the batch itself if they are. @throws if they can't be unpacked */
export function decompressBatch(batch: Buffer): Buffer {
  const codec = batch.readInt16BE(21) & attributeCodecMask;
  if (codec === 0) return batch;
  const decompress = unpack[codec];
  if (decompress === undefined) throw new RangeError(`there is no codec ${codec}`);
  return replaceRecords(batch, decompress(batch.subarray(batchHeaderBytes)), 0);
}

function replaceRecords(batch: Buffer, records: Buffer, codec: number): Buffer {
  const bytes = Buffer.concat([batch.subarray(0, batchHeaderBytes), records]);
  bytes.writeInt16BE((batch.readInt16BE(21) & ~attributeCodecMask) | codec, 21);
  return sealBatch(bytes);
}
