// A record batch in Kafka's v2 format, read lazily from its bytes. Batches here are never compressed: an adapter
// unpacks what it fetched. Writing is record-batch-builder.ts.
//
//     0 baseOffset i64 | 8 length i32 | 12 leaderEpoch i32 | 16 magic i8 = 2 | 17 crc32c u32 (of all that follows)
//     21 attributes i16 (4: transactional, 5: control, 3: log append time, 0-2: codec) | 23 lastOffsetDelta i32
//     27 baseTimestamp i64 | 35 maxTimestamp i64 | 43 producerId i64 | 51 producerEpoch i16 | 53 baseSequence i32
//     57 count i32 | 61 records
//     record: length v | attributes i8 | timestampDelta vl | offsetDelta v | key v+bytes | value v+bytes | headers v
import { crc32c } from '@node-rs/crc32';
import { VarintReader } from './varint.ts';

export const batchHeaderBytes = 61;
export const batchMagic = 2;
export const attributeTransactional = 0x10;
export const attributeControl = 0x20;
export const attributeCodecMask = 0x07;

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer;
}

export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

export function writeInt64(bytes: Buffer, at: number, value: number): void {
  bytes.writeInt32BE(Math.floor(value / 2 ** 32), at);
  bytes.writeUInt32BE(value >= 0 ? value % 2 ** 32 : ((value % 2 ** 32) + 2 ** 32) % 2 ** 32, at + 4);
}

/** Completes a batch that was written or changed: its length and its checksum. */
export function sealBatch(bytes: Buffer): Buffer {
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

export class RecordBatch {
  readonly bytes: Buffer;
  readonly baseOffset: number;

  /** `bytes` is exactly one batch; it is kept, not copied. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.baseOffset = readInt64(bytes, 0);
  }

  /** Where the batch that begins at `at` ends, or undefined if it isn't whole. @throws RangeError if it can't be one */
  static endOf(bytes: Buffer, at: number): number | undefined {
    if (bytes.length - at < batchHeaderBytes) return undefined;
    const length = 12 + bytes.readInt32BE(at + 8);
    if (length < batchHeaderBytes) throw new RangeError(`a batch of ${length} bytes is shorter than its header`);
    return at + length <= bytes.length ? at + length : undefined;
  }

  get lastOffset(): number {
    return this.baseOffset + this.bytes.readInt32BE(23);
  }

  get nextOffset(): number {
    return this.lastOffset + 1;
  }

  get count(): number {
    return this.bytes.readInt32BE(57);
  }

  get baseTimestamp(): number {
    return readInt64(this.bytes, 27);
  }

  get maxTimestamp(): number {
    return readInt64(this.bytes, 35);
  }

  get producerId(): number {
    return readInt64(this.bytes, 43);
  }

  get producerEpoch(): number {
    return this.bytes.readInt16BE(51);
  }

  get baseSequence(): number {
    return this.bytes.readInt32BE(53);
  }

  get attributes(): number {
    return this.bytes.readInt16BE(21);
  }

  get isTransactional(): boolean {
    return (this.attributes & attributeTransactional) !== 0;
  }

  get isControl(): boolean {
    return (this.attributes & attributeControl) !== 0;
  }

  /** What is wrong with the bytes, or undefined if they are sound. */
  damage(): string | undefined {
    if (this.bytes.length < batchHeaderBytes) return `${this.bytes.length} bytes are less than a header`;
    if (this.bytes[16] !== batchMagic) return `magic ${this.bytes[16]} is not ${batchMagic}`;
    if (this.bytes.readInt32BE(8) + 12 !== this.bytes.length) return 'the length field differs from the bytes';
    const expected = this.bytes.readUInt32BE(17);
    const actual = crc32c(this.bytes.subarray(21));
    return expected === actual ? undefined : `its CRC is ${actual}, not ${expected}`;
  }

  cursor(): RecordCursor {
    return new RecordCursor(this);
  }

  /** Every record as an object: for tools and tests. The engine uses `cursor`. */
  *records(): Generator<BatchRecord> {
    for (const cursor = this.cursor(); cursor.next(); ) {
      const { offset, timestamp } = cursor;
      yield { offset, timestamp, key: cursor.key(), value: cursor.value(), headers: cursor.headers() };
    }
  }
}

export interface BatchRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeader[];
}

/**
 * Walks a batch without an object a record. After `next()` gave true, the fields are those of the record.
 * @throws RangeError if the records don't fit the batch's own bounds
 */
export class RecordCursor {
  offset = -1;
  timestamp = 0;
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Where the whole record lies, its length field included. */
  recordStart = 0;
  recordEnd = batchHeaderBytes;
  headersStart = 0;
  #left: number;
  readonly bytes: Buffer;
  readonly #reader: VarintReader;
  readonly #baseOffset: number;
  readonly #baseTimestamp: number;

  constructor(batch: RecordBatch) {
    this.bytes = batch.bytes;
    this.#reader = new VarintReader(batch.bytes);
    this.#left = batch.count;
    this.#baseOffset = batch.baseOffset;
    this.#baseTimestamp = batch.baseTimestamp;
  }

  next(): boolean {
    if (this.#left === 0) return false;
    const reader = this.#reader;
    this.recordStart = reader.position = this.recordEnd;
    const length = reader.varint();
    this.recordEnd = reader.position + length;
    if (length < 0 || this.recordEnd > this.bytes.length) throw new RangeError('a record is longer than its batch');
    reader.position++;
    this.timestamp = this.#baseTimestamp + reader.varlong();
    this.offset = this.#baseOffset + reader.varint();
    this.keyStart = this.#field();
    this.keyEnd = reader.position;
    this.valueStart = this.#field();
    this.valueEnd = reader.position;
    if (reader.position > this.recordEnd) throw new RangeError('a field is longer than its record');
    this.headersStart = reader.position;
    this.#left--;
    return true;
  }

  /** The start of the field that the reader then stands behind, or -1 for null. */
  #field(): number {
    const length = this.#reader.varint();
    if (length < 0) return -1;
    const start = this.#reader.position;
    this.#reader.position += length;
    return start;
  }

  key(): Buffer | null {
    return this.keyStart < 0 ? null : this.bytes.subarray(this.keyStart, this.keyEnd);
  }

  keyText(): string {
    return this.keyStart < 0 ? '' : this.bytes.toString('utf8', this.keyStart, this.keyEnd);
  }

  value(): Buffer | null {
    return this.valueStart < 0 ? null : this.bytes.subarray(this.valueStart, this.valueEnd);
  }

  get hasHeaders(): boolean {
    return this.bytes[this.headersStart] !== 0;
  }

  headers(): RecordHeader[] {
    return readHeaders(this.bytes, this.headersStart, this.recordEnd);
  }
}

/** A record's headers, of which `at` is the count and which end by `end`. */
export function readHeaders(bytes: Buffer, at: number, end: number): RecordHeader[] {
  const reader = new VarintReader(bytes, at);
  const slice = () => {
    const length = Math.max(0, reader.varint());
    const start = reader.position;
    reader.position += length;
    if (reader.position > end) throw new RangeError('a header is longer than its record');
    return bytes.subarray(start, reader.position);
  };
  const headers: RecordHeader[] = [];
  for (let left = reader.varint(); left > 0; left--) headers.push({ key: slice().toString('utf8'), value: slice() });
  return headers;
}
