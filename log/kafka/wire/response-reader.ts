// Reads a Kafka response in the flexible format from flat bytes. Nothing of record batches is copied.
import type { Reader } from '@platformatic/kafka';
import { readInt64 } from '../../record-batch.ts';

export class ResponseReader {
  readonly bytes: Buffer;
  position = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** What is left of a connection's reader, in one piece. */
  static of(reader: Reader): ResponseReader {
    return new ResponseReader(reader.buffer.slice(reader.position, reader.length));
  }

  int8(): number {
    return this.bytes.readInt8(this.position++);
  }

  int16(): number {
    const value = this.bytes.readInt16BE(this.position);
    this.position += 2;
    return value;
  }

  int32(): number {
    const value = this.bytes.readInt32BE(this.position);
    this.position += 4;
    return value;
  }

  int64(): number {
    const value = readInt64(this.bytes, this.position);
    this.position += 8;
    return value;
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.bytes.readUInt8(this.position++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('a varint is longer than 5 bytes');
  }

  text(): string | null {
    const length = this.uvarint() - 1;
    if (length < 0) return null;
    const start = this.position;
    this.position += length;
    return this.bytes.toString('utf8', start, this.position);
  }

  /** 16 bytes as text of 16 characters: a key for maps. */
  uuid(): string {
    const start = this.position;
    this.position += 16;
    return this.bytes.toString('latin1', start, this.position);
  }

  /** Compact bytes, a view of the response. Null reads as empty. @throws RangeError if they are longer than that */
  data(): Buffer {
    const length = Math.max(0, this.uvarint() - 1);
    const start = this.position;
    this.position += length;
    if (this.position > this.bytes.length) throw new RangeError('a field is longer than its response');
    return this.bytes.subarray(start, this.position);
  }

  /** A compact array; null reads as empty. */
  list<T>(item: (reader: this) => T): T[] {
    const items: T[] = [];
    for (let left = this.uvarint() - 1; left > 0; left--) items.push(item(this));
    return items;
  }

  /** Skips tagged fields. */
  tags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint();
      const length = this.uvarint();
      this.position += length;
    }
  }
}
