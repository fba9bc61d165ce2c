// Says of most keys that a store doesn't have that it surely doesn't, without asking it: a blocked Bloom filter, which grows
// by layers up to a bound. It knows nothing until it was told of every key that the store had when that began, and of every
// key that was written since. Deleted keys stay in it until it is full: then it forgets all and wants to be told anew.
// What doesn't fit at all leaves it without an answer, which is always right.

/** Keys of the first layer; each next one takes four times as many. */
const firstKeys = 1 << 13;
const bitsPerKey = 16;
/** All bits of a key lie in one block of so many words, which is one line of the processor's cache. */
const blockWords = 16;

export interface KeyFilterOptions {
  /** Default: 5, which take 2.8 million keys and 5.6 MB; each more four times as much. */
  readonly maxLayers?: number;
}

/** `fresh` and `full` want to be told all keys; `complete` answers; `off` never does. */
type FilterState = 'fresh' | 'learning' | 'complete' | 'full' | 'off';

export class KeyFilter {
  readonly #maxLayers: number;
  #layers: Layer[] = [];
  #state: FilterState = 'fresh';

  constructor({ maxLayers = 5 }: KeyFilterOptions = {}) {
    this.#maxLayers = maxLayers;
  }

  get bytes(): number {
    return this.#layers.reduce((sum, { words }) => sum + words.byteLength, 0);
  }

  get wantsKeys(): boolean {
    return this.#state === 'fresh' || this.#state === 'full';
  }

  /** From now on it is told of every key that is written, and of all that are there already. */
  begin(): void {
    this.#state = 'learning';
  }

  /** It was told of all. */
  end(): void {
    if (this.#state === 'learning') this.#state = 'complete';
  }

  /** More keys than fit: it was never any use, and never will be. */
  get isOff(): boolean {
    return this.#state === 'off';
  }

  add(key: string): void {
    if (this.#state !== 'learning' && this.#state !== 'complete') return;
    if (!hash(key)) return;
    let last = this.#layers.at(-1);
    if (last === undefined || last.isFull) {
      if (this.#layers.length === this.#maxLayers) {
        this.#overflow();
        return;
      }
      last = new Layer(firstKeys << (2 * this.#layers.length));
      this.#layers.push(last);
    }
    last.add(first, second);
  }

  /** True if the store surely doesn't have it; false means nothing. */
  lacks(key: string): boolean {
    if (this.#state !== 'complete' || !hash(key)) return false;
    for (const layer of this.#layers) if (layer.mayHave(first, second)) return false;
    return true;
  }

  #overflow(): void {
    this.#layers = [];
    this.#state = this.#state === 'complete' ? 'full' : 'off';
  }
}

class Layer {
  readonly words: Uint32Array;
  readonly #blocks: number;
  #left: number;

  constructor(keys: number) {
    this.#left = keys;
    this.#blocks = (keys * bitsPerKey) / 32 / blockWords;
    this.words = new Uint32Array(this.#blocks * blockWords);
  }

  get isFull(): boolean {
    return this.#left === 0;
  }

  add(block: number, bits: number): void {
    this.#left--;
    const { words } = this;
    const start = (block & (this.#blocks - 1)) * blockWords;
    const more = mixed(bits ^ block);
    for (let shift = 0; shift < 27; shift += 9) {
      words[start + ((bits >>> (shift + 5)) & 15)]! |= 1 << ((bits >>> shift) & 31);
      words[start + ((more >>> (shift + 5)) & 15)]! |= 1 << ((more >>> shift) & 31);
    }
  }

  mayHave(block: number, bits: number): boolean {
    const { words } = this;
    const start = (block & (this.#blocks - 1)) * blockWords;
    const more = mixed(bits ^ block);
    for (let shift = 0; shift < 27; shift += 9) {
      if ((words[start + ((bits >>> (shift + 5)) & 15)]! & (1 << ((bits >>> shift) & 31))) === 0) return false;
      if ((words[start + ((more >>> (shift + 5)) & 15)]! & (1 << ((more >>> shift) & 31))) === 0) return false;
    }
    return true;
  }
}

let first = 0;
let second = 0;

/** Into `first` and `second`. False for text that isn't ASCII: two such strings may have the same bytes. */
function hash(key: string): boolean {
  let [a, b, seen] = [0x811c9dc5, 0x27d4eb2f, 0];
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    seen |= code;
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 13);
  }
  first = mixed(a);
  second = mixed(b);
  return seen < 128;
}

/** Every bit of the result depends on every bit of the number. */
function mixed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
