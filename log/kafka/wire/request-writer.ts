// Writes the body of a Kafka request in the flexible format (compact lengths, tagged fields) into flat bytes. Record
// batches are attached, not copied.
import { Writer } from '@platformatic/kafka';
import { writeInt64 } from '../../record-batch.ts';

export class RequestWriter {
  readonly #pieces: Buffer[] = [];
  #bytes = Buffer.allocUnsafe(512);
  #start = 0;
  #end = 0;

  int8(value: number): this {
    const at = this.#take(1);
    this.#bytes.writeInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#take(2);
    this.#bytes.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#take(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  int64(value: number): this {
    const at = this.#take(8);
    writeInt64(this.#bytes, at, value);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  uvarint(value: number): this {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#byte((rest & 0x7f) | 0x80);
    return this.#byte(rest);
  }

  /** A compact string; null is allowed where the protocol allows it. */
  text(value: string | null): this {
    if (value === null) return this.uvarint(0);
    const length = Buffer.byteLength(value);
    this.uvarint(length + 1);
    const at = this.#take(length);
    this.#bytes.write(value, at);
    return this;
  }

  /** The length of a compact array, whose items follow. */
  count(items: number): this {
    return this.uvarint(items + 1);
  }

  /** Bytes without a length, as a UUID. */
  raw(value: Uint8Array): this {
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Compact bytes that aren't copied. */
  attach(value: Buffer): this {
    this.uvarint(value.length + 1);
    this.#cut();
    this.#pieces.push(value);
    return this;
  }

  /** No tagged fields. */
  tags(): this {
    return this.uvarint(0);
  }

  /** The body, as the connection takes it; nothing is written after that. */
  finish(): Writer {
    this.#cut();
    const writer = Writer.create();
    for (const piece of this.#pieces) writer.append(piece);
    return writer;
  }

  #byte(value: number): this {
    const at = this.#take(1);
    this.#bytes[at] = value;
    return this;
  }

  /** Makes room and gives where it begins. It may replace the bytes, so it goes before their use. */
  #take(length: number): number {
    const at = this.#end;
    if (at + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, at + length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#end = at + length;
    return at;
  }

  /** Ends the present piece. Its bytes stay where they are: a larger buffer is a copy. */
  #cut(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#bytes.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
