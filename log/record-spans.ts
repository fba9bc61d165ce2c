// Where the keys and values of many records lie in one stretch of bytes: numbers side by side, so that no record needs an object
// of its own for as long as it waits. A batch of the engine has thousands, and the collector would carry each along.

const stride = 4;
const firstRecords = 64;

export class RecordSpans {
  #numbers: Int32Array;
  #count = 0;

  /** `records` is how many are expected. */
  constructor(records = firstRecords) {
    this.#numbers = new Int32Array(Math.max(1, records) * stride);
  }

  get count(): number {
    return this.#count;
  }

  /** A record with an empty key at 0 and no value, a tombstone, until it is told otherwise. Returns its index. */
  add(): number {
    const at = this.#count * stride;
    if (at === this.#numbers.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = this.#numbers[at + 1] = 0;
    this.#numbers[at + 2] = this.#numbers[at + 3] = -1;
    return this.#count++;
  }

  setKey(index: number, start: number, end: number): void {
    this.#numbers[index * stride] = start;
    this.#numbers[index * stride + 1] = end;
  }

  setValue(index: number, start: number, end: number): void {
    this.#numbers[index * stride + 2] = start;
    this.#numbers[index * stride + 3] = end;
  }

  keyStart(index: number): number {
    return this.#numbers[index * stride]!;
  }

  keyEnd(index: number): number {
    return this.#numbers[index * stride + 1]!;
  }

  /** Below zero for a tombstone. */
  valueStart(index: number): number {
    return this.#numbers[index * stride + 2]!;
  }

  valueEnd(index: number): number {
    return this.#numbers[index * stride + 3]!;
  }

  /** Bytes of key and value. */
  bytesOf(index: number): number {
    const at = index * stride;
    const numbers = this.#numbers;
    return numbers[at + 1]! - numbers[at]! + numbers[at + 3]! - numbers[at + 2]!;
  }

  /** Forgets all. Mostly as many come again: room is given back little by little. */
  clear(): void {
    const { length } = this.#numbers;
    if (length > firstRecords * stride && this.#count * stride < length / 8) this.#numbers = new Int32Array(length / 2);
    this.#count = 0;
  }
}
