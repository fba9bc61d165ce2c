// All words of the index and their numbers, as a tree of letters in columns: a million words are a few dozen megabytes and
// nothing for the garbage collector. A word that no listing has any more keeps its number until the next start.
import { assert } from '../../../base/assert.ts';
import { grown } from './grow.ts';

/** A node is a number; the tree's root is 0, which is also «none». */
export type Node = number;

export class Vocabulary {
  #nodes = 1;
  #letters = new Uint16Array(1024);
  #parents = new Int32Array(1024);
  #children = new Int32Array(1024);
  #siblings = new Int32Array(1024);
  /** The word that ends here, plus 1. */
  #wordsAt = new Int32Array(1024);
  /** At least the greatest weight at and below a node. */
  #bounds = new Int32Array(1024);
  /** Of each word: where it ends (0: no such word), how many listings are called by it. */
  #ends = new Int32Array(1024);
  #weights = new Int32Array(1024);
  #words = 0;
  readonly #free: number[] = [];
  #fresh: number[] = [];

  /** Numbers that were given since `savedFresh`. */
  get fresh(): readonly number[] {
    return this.#fresh;
  }

  savedFresh(): void {
    this.#fresh = [];
  }

  /** Above every number. */
  get size(): number {
    return this.#words;
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.#letters.length * 22 + this.#ends.length * 8;
  }

  /** The number of `word`, or -1. */
  find(word: string): number {
    return this.#wordsAt[this.nodeOf(word)]! - 1;
  }

  /** The number of `word`, which gets one if it has none. */
  add(word: string): number {
    const node = this.#makeNode(word);
    if (node === 0 || this.#wordsAt[node]! > 0) return this.#wordsAt[node]! - 1;
    const number = this.#free.pop() ?? this.#words;
    this.#name(node, number);
    this.#fresh.push(number);
    return number;
  }

  /** Gives a word back the number that it had before. */
  restore(number: number, word: string): void {
    this.#name(this.#makeNode(word), number);
    this.#raiseBounds(number);
  }

  /** Once all is restored: the numbers that nobody has are given to new words. */
  reuseNumbers(): void {
    for (let number = 0; number < this.#words; number++) if (this.#ends[number] === 0) this.#free.push(number);
  }

  /** The word of a number. */
  wordOf(number: number): string {
    let word = '';
    for (let node = this.#ends[number]!; node !== 0; node = this.#parents[node]!) {
      word = String.fromCharCode(this.#letters[node]!) + word;
    }
    return word;
  }

  weight(number: number): number {
    return this.#weights[number]!;
  }

  /** Also of a number that is still to be restored. */
  addWeight(number: number, more: number): void {
    this.#makeRoomFor(number);
    this.#weights[number]! += more;
    if (more > 0) this.#raiseBounds(number);
  }

  /** Where `prefix` ends, 0 if no word begins so. */
  nodeOf(prefix: string): Node {
    let node = 0;
    for (let index = 0; index < prefix.length; index++) {
      node = this.#childWith(node, prefix.charCodeAt(index));
      if (node === 0) return 0;
    }
    return node;
  }

  firstChild(node: Node): Node {
    return this.#children[node]!;
  }

  nextSibling(node: Node): Node {
    return this.#siblings[node]!;
  }

  letter(node: Node): number {
    return this.#letters[node]!;
  }

  /** The number of the word that ends here, or -1. */
  wordAt(node: Node): number {
    return this.#wordsAt[node]! - 1;
  }

  bound(node: Node): number {
    return this.#bounds[node]!;
  }

  /** Whoever has looked at all of `node` knows better. */
  lowerBound(node: Node, bound: number): void {
    this.#bounds[node] = bound;
  }

  #childWith(node: Node, letter: number): Node {
    let child = this.#children[node]!;
    while (child !== 0 && this.#letters[child] !== letter) child = this.#siblings[child]!;
    return child;
  }

  #makeNode(word: string): Node {
    let node = 0;
    for (let index = 0; index < word.length; index++) {
      const letter = word.charCodeAt(index);
      const child = this.#childWith(node, letter);
      node = child === 0 ? this.#addChild(node, letter) : child;
    }
    return node;
  }

  #addChild(parent: Node, letter: number): Node {
    const node = this.#nodes++;
    if (node === this.#letters.length) this.#makeRoomForNodes();
    this.#letters[node] = letter;
    this.#parents[node] = parent;
    this.#siblings[node] = this.#children[parent]!;
    this.#children[parent] = node;
    return node;
  }

  #makeRoomForNodes(): void {
    this.#letters = grown(this.#letters, this.#nodes);
    this.#parents = grown(this.#parents, this.#nodes);
    this.#children = grown(this.#children, this.#nodes);
    this.#siblings = grown(this.#siblings, this.#nodes);
    this.#wordsAt = grown(this.#wordsAt, this.#nodes);
    this.#bounds = grown(this.#bounds, this.#nodes);
  }

  #name(node: Node, number: number): void {
    assert(node !== 0 && this.#wordsAt[node] === 0, 'a word has letters, and one number');
    this.#wordsAt[node] = number + 1;
    this.#makeRoomFor(number);
    this.#ends[number] = node;
    this.#words = Math.max(this.#words, number + 1);
  }

  #makeRoomFor(number: number): void {
    this.#ends = grown(this.#ends, number + 1);
    this.#weights = grown(this.#weights, number + 1);
  }

  #raiseBounds(number: number): void {
    const weight = this.#weights[number]!;
    for (let node = this.#ends[number]!; this.#bounds[node]! < weight; node = this.#parents[node]!) {
      this.#bounds[node] = weight;
    }
  }
}
