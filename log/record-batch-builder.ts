// Builds a record batch straight into its final bytes: values are encoded into a scratch and copied once.
// The header's last fields (offset, producer, CRC) are filled in by `finish`, called by a log adapter.
import { eventTimeBytes, writeEventTime } from './event-time.ts';
import {
  attributeTransactional,
  batchHeaderBytes,
  batchMagic,
  type RecordHeader,
  sealBatch,
  writeInt64,
} from './record-batch.ts';
import type { RecordSpans } from './record-spans.ts';
import { VarintReader, varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts';

/** Who writes the batch: Kafka's idempotence fields. All -1 for neither idempotent nor transactional. */
export interface BatchProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly transactional: boolean;
}

const noProducer: BatchProducer = { producerId: -1, producerEpoch: -1, baseSequence: -1, transactional: false };

/** The writing half of a serde: encodes at `at`, returns the end, or a negative number if there is no room. */
export interface Encoder<V> {
  encode(value: V, target: Buffer, at: number): number;
}

/** What stands around key and value in a record without other headers than the event time, at most. */
const frameBytes = 5 + 1 + 10 + 5 + 5 + 5 + eventTimeBytes;

/** What a record takes in a batch, at most, by the bytes of its key and its value. */
export function mostBytesOf(contentBytes: number): number {
  return frameBytes + contentBytes;
}

const noHeaders: readonly RecordHeader[] = [];

/** A call into the runtime costs more than to copy so many bytes one by one. */
const fewBytes = 48;

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

export class RecordBatchBuilder {
  #bytes: Buffer;
  #end = batchHeaderBytes;
  #count = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;
  /** Where the last appended key and value lie in the batch; equal if it was null or empty. */
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** What records that are added without headers carry as theirs, until it is set otherwise. */
  eventTime: number | undefined;

  constructor(capacity = 4096) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get count(): number {
    return this.#count;
  }

  get byteLength(): number {
    return this.#end;
  }

  get maxTimestamp(): number {
    return this.#maxTimestamp;
  }

  /** Makes room for what is known to come, so that the batch takes little more memory than its bytes; see `mostBytesOf`. */
  expect(bytes: number): void {
    if (this.#count > 0) this.#reserve(bytes);
    else if (this.#end + bytes > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(rounded(this.#end + bytes));
  }

  /** Adds a record of ready bytes; a null value is a tombstone. */
  append(
    timestamp: number,
    key: Uint8Array | string | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[] = noHeaders,
  ): this {
    const length = value === null ? -1 : value.length;
    const at = this.#open(timestamp, key, length, headers);
    if (value !== null) this.#bytes.set(value, at);
    this.#close(at, length, headers);
    return this;
  }

  /** Adds a record whose value `encoder` writes. @throws whatever `encoder` throws; nothing is added then */
  encode<V>(timestamp: number, key: string, value: V, encoder: Encoder<V>): this {
    let length = encoder.encode(value, scratch, 0);
    while (length < 0) {
      scratch = Buffer.allocUnsafeSlow(scratch.length * 2);
      length = encoder.encode(value, scratch, 0);
    }
    const at = this.#open(timestamp, key, length, noHeaders);
    scratch.copy(this.#bytes, at, 0, length);
    this.#close(at, length, noHeaders);
    return this;
  }

  /** Adds the record of `spans` at `index`, which lies in `source`. */
  appendEncoded(timestamp: number, source: Buffer, spans: RecordSpans, index: number): this {
    const keyStart = spans.keyStart(index);
    const keyEnd = spans.keyEnd(index);
    const valueStart = spans.valueStart(index);
    const valueEnd = spans.valueEnd(index);
    const keyLength = keyEnd - keyStart;
    const length = valueStart < 0 ? -1 : valueEnd - valueStart;
    const rest = varintSize(keyLength) + keyLength + varintSize(length) + Math.max(0, length);
    let at = this.#begin(timestamp, rest + (this.eventTime === undefined ? 1 : eventTimeBytes));
    at = writeVarint(this.#bytes, at, keyLength);
    this.#copy(source, keyStart, keyEnd, at);
    this.keyStart = at;
    this.keyEnd = at + keyLength;
    at = writeVarint(this.#bytes, this.keyEnd, length);
    if (length > 0) this.#copy(source, valueStart, valueEnd, at);
    this.#close(at, length, noHeaders);
    return this;
  }

  /** Adds the records of another builder, which is not used after that, behind those that are there. */
  absorb(other: RecordBatchBuilder): this {
    const reader = new VarintReader(other.#bytes, batchHeaderBytes);
    while (reader.position < other.#end) {
      const length = reader.varint();
      const end = reader.position + length;
      reader.position++;
      const timestamp = other.#baseTimestamp + reader.varlong();
      reader.varint();
      const at = this.#begin(timestamp, end - reader.position);
      other.#bytes.copy(this.#bytes, at, reader.position, end);
      this.#end = at + end - reader.position;
      this.#count++;
      reader.position = end;
    }
    this.keyStart = this.keyEnd = this.valueStart = this.valueEnd = this.#end;
    return this;
  }

  /** Bytes of what was appended. Valid once nothing more is appended; `finish` doesn't change them. */
  slice(start: number, end: number): Buffer {
    return this.#bytes.subarray(start, end);
  }

  /** Completes the header and gives the batch; nothing is appended after that. Again with others for one that was refused. */
  finish(baseOffset: number, producer: BatchProducer = noProducer): Buffer {
    const bytes = this.#bytes.subarray(0, this.#end);
    writeInt64(bytes, 0, baseOffset);
    bytes.writeInt32BE(-1, 12);
    bytes[16] = batchMagic;
    bytes.writeInt16BE(producer.transactional ? attributeTransactional : 0, 21);
    bytes.writeInt32BE(this.#count - 1, 23);
    writeInt64(bytes, 27, this.#baseTimestamp);
    writeInt64(bytes, 35, this.#maxTimestamp);
    writeInt64(bytes, 43, producer.producerId);
    bytes.writeInt16BE(producer.producerEpoch, 51);
    bytes.writeInt32BE(producer.baseSequence, 53);
    bytes.writeInt32BE(this.#count, 57);
    return sealBatch(bytes);
  }

  /** Writes all of a record that stands before its value's bytes; returns where those go. */
  #open(
    timestamp: number,
    key: Uint8Array | string | null,
    valueLength: number,
    headers: readonly RecordHeader[],
  ): number {
    const keyLength = key === null ? -1 : typeof key === 'string' ? Buffer.byteLength(key) : key.length;
    const length =
      varintSize(keyLength) +
      Math.max(0, keyLength) +
      varintSize(valueLength) +
      Math.max(0, valueLength) +
      (this.#carries(headers) ? eventTimeBytes : headersSize(headers));
    let at = this.#begin(timestamp, length);
    const bytes = this.#bytes;
    at = writeVarint(bytes, at, keyLength);
    this.keyStart = at;
    if (typeof key === 'string') at += bytes.write(key, at);
    else if (key !== null) {
      bytes.set(key, at);
      at += keyLength;
    }
    this.keyEnd = at;
    return writeVarint(bytes, at, valueLength);
  }

  /** Makes room for a record of so many bytes behind its offset, and writes what stands before; returns where those go. */
  #begin(timestamp: number, rest: number): number {
    if (this.#count === 0) this.#baseTimestamp = this.#maxTimestamp = timestamp;
    else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    const delta = timestamp - this.#baseTimestamp;
    const length = 1 + varlongSize(delta) + varintSize(this.#count) + rest;
    this.#reserve(length + 5);
    const bytes = this.#bytes;
    let at = writeVarint(bytes, this.#end, length);
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, delta);
    return writeVarint(bytes, at, this.#count);
  }

  #close(valueAt: number, valueLength: number, headers: readonly RecordHeader[]): void {
    const valueEnd = valueAt + Math.max(0, valueLength);
    const bytes = this.#bytes;
    let at = this.#carries(headers)
      ? writeEventTime(bytes, valueEnd, this.eventTime!)
      : writeVarint(bytes, valueEnd, headers.length);
    for (const { key, value } of headers) {
      at = writeVarint(bytes, at, Buffer.byteLength(key));
      at += bytes.write(key, at);
      at = writeVarint(bytes, at, value.length);
      bytes.set(value, at);
      at += value.length;
    }
    this.valueStart = valueAt;
    this.valueEnd = valueEnd;
    this.#end = at;
    this.#count++;
  }

  /** Whether the event time is what stands in place of `headers`. */
  #carries(headers: readonly RecordHeader[]): boolean {
    return this.eventTime !== undefined && headers.length === 0;
  }

  #copy(source: Buffer, start: number, end: number, at: number): void {
    const target = this.#bytes;
    if (end - start > fewBytes) source.copy(target, at, start, end);
    else for (let index = 0; index < end - start; index++) target[at + index] = source[start + index]!;
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#end + more));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** Up by a quarter at most: of few sizes, what one batch gives back to the allocator fits the next. */
function rounded(bytes: number): number {
  const step = 2 ** Math.max(12, Math.floor(Math.log2(bytes)) - 2);
  return Math.ceil(bytes / step) * step;
}

function headersSize(headers: readonly RecordHeader[]): number {
  let size = varintSize(headers.length);
  for (const { key, value } of headers) {
    const keyLength = Buffer.byteLength(key);
    size += varintSize(keyLength) + keyLength + varintSize(value.length) + value.length;
  }
  return size;
}
