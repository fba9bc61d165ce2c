// All words of the index and their numbers, as a tree of letters in columns: a million words are a few dozen
// megabytes and nothing for the garbage collector. A word that no listing has any more keeps its number until the
// next start.
import { assert } from '../../../base/assert.ts';
import { grown } from './grow.ts';

/** A node is a number; the tree's root is 0, which is also «none». */
export type Node = number;

/** Columns by node, then by word. */
export interface VocabularyState {
  nodes: number;
  letters: Uint16Array;
  parents: Int32Array;
  children: Int32Array;
  siblings: Int32Array;
  /** The word that ends here, plus 1. */
  wordsAt: Int32Array;
  /** At least the greatest weight at and below a node. */
  bounds: Int32Array;
  /** Above the number of every word. */
  words: number;
  /** Where each word ends (0: no such word). */
  ends: Int32Array;
  /** How many listings are called by it. */
  weights: Int32Array;
  readonly free: number[];
}

export class Vocabulary {
  readonly state: VocabularyState;
  #fresh: number[] = [];

  constructor(state = noWords()) {
    this.state = state;
  }

  /** Numbers that were given since `savedFresh`. */
  get fresh(): readonly number[] {
    return this.#fresh;
  }

  savedFresh(): void {
    this.#fresh = [];
  }

  /** Above every number. */
  get size(): number {
    return this.state.words;
  }

  /** The number of `word`, or -1. */
  find(word: string): number {
    return this.state.wordsAt[this.nodeOf(word)]! - 1;
  }

  /** The number of `word`, which gets one if it has none. */
  add(word: string): number {
    const node = this.#makeNode(word);
    if (node === 0 || this.state.wordsAt[node]! > 0) return this.state.wordsAt[node]! - 1;
    const number = this.state.free.pop() ?? this.state.words;
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
    this.state.free.length = 0;
    for (let number = 0; number < this.state.words; number++)
      if (this.state.ends[number] === 0) this.state.free.push(number);
  }

  /** The word of a number. */
  wordOf(number: number): string {
    let word = '';
    for (let node = this.state.ends[number]!; node !== 0; node = this.state.parents[node]!) {
      word = String.fromCharCode(this.state.letters[node]!) + word;
    }
    return word;
  }

  weight(number: number): number {
    return this.state.weights[number]!;
  }

  /** Also of a number that is still to be restored. */
  addWeight(number: number, more: number): void {
    this.#makeRoomFor(number);
    this.state.weights[number]! += more;
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
    return this.state.children[node]!;
  }

  nextSibling(node: Node): Node {
    return this.state.siblings[node]!;
  }

  letter(node: Node): number {
    return this.state.letters[node]!;
  }

  /** The number of the word that ends here, or -1. */
  wordAt(node: Node): number {
    return this.state.wordsAt[node]! - 1;
  }

  bound(node: Node): number {
    return this.state.bounds[node]!;
  }

  /** Whoever has looked at all of `node` knows better. */
  lowerBound(node: Node, bound: number): void {
    this.state.bounds[node] = bound;
  }

  #childWith(node: Node, letter: number): Node {
    let child = this.state.children[node]!;
    while (child !== 0 && this.state.letters[child] !== letter) child = this.state.siblings[child]!;
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
    const node = this.state.nodes++;
    if (node === this.state.letters.length) this.#makeRoomForNodes();
    this.state.letters[node] = letter;
    this.state.parents[node] = parent;
    this.state.siblings[node] = this.state.children[parent]!;
    this.state.children[parent] = node;
    return node;
  }

  #makeRoomForNodes(): void {
    this.state.letters = grown(this.state.letters, this.state.nodes);
    this.state.parents = grown(this.state.parents, this.state.nodes);
    this.state.children = grown(this.state.children, this.state.nodes);
    this.state.siblings = grown(this.state.siblings, this.state.nodes);
    this.state.wordsAt = grown(this.state.wordsAt, this.state.nodes);
    this.state.bounds = grown(this.state.bounds, this.state.nodes);
  }

  #name(node: Node, number: number): void {
    assert(node !== 0 && this.state.wordsAt[node] === 0, 'a word has letters, and one number');
    this.state.wordsAt[node] = number + 1;
    this.#makeRoomFor(number);
    this.state.ends[number] = node;
    this.state.words = Math.max(this.state.words, number + 1);
  }

  #makeRoomFor(number: number): void {
    this.state.ends = grown(this.state.ends, number + 1);
    this.state.weights = grown(this.state.weights, number + 1);
  }

  #raiseBounds(number: number): void {
    const weight = this.state.weights[number]!;
    for (let node = this.state.ends[number]!; this.state.bounds[node]! < weight; node = this.state.parents[node]!) {
      this.state.bounds[node] = weight;
    }
  }
}

function noWords(): VocabularyState {
  return {
    nodes: 1,
    letters: new Uint16Array(1024),
    parents: new Int32Array(1024),
    children: new Int32Array(1024),
    siblings: new Int32Array(1024),
    wordsAt: new Int32Array(1024),
    bounds: new Int32Array(1024),
    words: 0,
    ends: new Int32Array(1024),
    weights: new Int32Array(1024),
    free: [],
  };
}
