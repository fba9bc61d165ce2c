// What a batch has encoded, piece after piece in one stretch of memory, until it is committed. Pieces are encoded while they are
// at hand: thousands of records later each would be a walk through cold memory, at several times the price. What goes
// into a topic and into the state as well is encoded once; a value is known by its identity, for none is ever changed.
import type { Serde } from '../base/serde.ts';

interface Place {
  readonly start: number;
  readonly end: number;
  readonly serde: Serde<unknown>;
}

const initialBytes = 4 * 1024;

export class Encodings {
  readonly #shared: ReadonlySet<Serde<unknown>>;
  readonly #places = new Map<unknown, Place>();
  #bytes = Buffer.allocUnsafeSlow(initialBytes);
  #end = 0;
  /** How many values were encoded. */
  count = 0;
  /** Where the piece that was put last lies. */
  start = 0;
  end = 0;

  /** @param shared serdes of topics that stores have, too: their values are encoded once */
  constructor(shared: ReadonlySet<Serde<unknown>> = new Set()) {
    this.#shared = shared;
  }

  /** All pieces, by where they lie. Another one once more was put. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get byteLength(): number {
    return this.#end;
  }

  /** All pieces are of no use any more. */
  clear(): void {
    const { length } = this.#bytes;
    // The next batch mostly takes as much as this one did: room is given back little by little.
    if (length > initialBytes && this.#end < length / 8) this.#bytes = Buffer.allocUnsafeSlow(length / 2);
    this.#end = this.count = 0;
    this.#places.clear();
  }

  putText(text: string): void {
    // No character takes more in UTF-8.
    if (this.#end + text.length * 3 > this.#bytes.length) this.#grow(text.length * 3);
    this.start = this.#end;
    this.#end += this.#bytes.write(text, this.#end);
    this.end = this.#end;
  }

  /** @throws the serde's error; nothing is put then */
  putValue(value: unknown, serde: Serde<unknown>): void {
    const isShared = this.#shared.has(serde);
    const known = isShared ? this.#places.get(value) : undefined;
    if (known?.serde === serde) {
      this.start = known.start;
      this.end = known.end;
      return;
    }
    let end = serde.encode(value, this.#bytes, this.#end);
    while (end < 0) {
      this.#grow(this.#bytes.length);
      end = serde.encode(value, this.#bytes, this.#end);
    }
    this.start = this.#end;
    this.end = this.#end = end;
    this.count++;
    if (isShared) this.#places.set(value, { start: this.start, end, serde });
  }

  #grow(more: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#end + more));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
