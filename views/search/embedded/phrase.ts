// Words that stand next to each other in one field. The rarest word says where a phrase may begin in which listing; each
// further one strikes out the beginnings after which it doesn't stand where it must.
import { fieldBits, inDescription, positionAt } from './entries.ts';
import type { Options } from './expand.ts';
import { grown } from './grow.ts';
import type { MemoryIndex } from './memory-index.ts';
import { PostingList, positionStride } from './posting-list.ts';

/** Beginnings that are looked at in a listing: as many as an octet has bits. */
const mostBeginnings = 8;

export class PhraseFinder {
  readonly #index: MemoryIndex;
  readonly #list = new PostingList({ hasPositions: true });
  /** How many listings may have the phrase. */
  length = 0;
  slots = new Int32Array(1024);
  /** The fields in which it may be. */
  fields = new Uint8Array(1024);
  #beginnings = new Uint8Array(1024 * mostBeginnings);
  #counts = new Uint8Array(1024);
  /** A bit for each beginning, if the word that is looked at stands where it must; the fields that it stands in. */
  #standing = new Uint8Array(1024);
  #standingFields = new Uint8Array(1024);
  /** By slot: its place among those that may have the phrase, plus 1. */
  #places = new Int32Array(1024);

  constructor(index: MemoryIndex) {
    this.#index = index;
  }

  /** Makes `slots` and `fields`, up to `length`, those that have the phrase. */
  find(phrase: readonly Options[]): void {
    const countOf = (options: Options) => options.reduce((sum, { word }) => sum + this.#index.postings.count(word), 0);
    const words = phrase.map((options, offset) => ({ options, offset, count: countOf(options) }));
    words.sort((a, b) => a.count - b.count);
    this.length = 0;
    this.#places = grown(this.#places, this.#index.ids.size);
    for (const [index, { options, offset }] of words.entries()) {
      if (index === 0) this.#eachPosting(options, (slot, posting) => this.#begin(slot, posting, offset));
      else this.#narrow(options, offset);
    }
    for (let at = 0; at < this.length; at++) {
      this.#places[this.slots[at]!] = 0;
      this.fields[at]! &= this.#fieldsOfBeginnings(at);
    }
  }

  #eachPosting(options: Options, look: (slot: number, posting: number) => void): void {
    const list = this.#list;
    const { language: languages } = this.#index.columns;
    for (const { word, language } of options) {
      this.#index.postings.read(word, list);
      for (let posting = 0; posting < list.length; posting++) {
        const slot = list.slots[posting]!;
        if (language === -1 || languages[slot] === language) look(slot, posting);
      }
    }
  }

  /** The first word: a listing that has it may have the phrase from there on. */
  #begin(slot: number, posting: number, offset: number): void {
    let at = this.#places[slot]! - 1;
    if (at === -1) {
      at = this.length++;
      this.#makeRoom();
      this.#places[slot] = this.length;
      this.slots[at] = slot;
      this.fields[at] = 0;
      this.#counts[at] = 0;
    }
    this.fields[at]! |= this.#list.fields[posting]!;
    const first = posting * positionStride;
    for (let index = 1; index <= this.#list.positions[first]!; index++) {
      const beginning = positionAt(this.#list.positions[first + index]!, -offset);
      if (this.#beginningAt(at, beginning) !== -1 || this.#counts[at] === mostBeginnings) continue;
      this.#beginnings[at * mostBeginnings + this.#counts[at]!++] = beginning;
    }
  }

  /** A further word. */
  #narrow(options: Options, offset: number): void {
    this.#standing.fill(0, 0, this.length);
    this.#standingFields.fill(0, 0, this.length);
    this.#eachPosting(options, (slot, posting) => {
      const at = this.#places[slot]! - 1;
      if (at === -1) return;
      this.#standingFields[at]! |= this.#list.fields[posting]!;
      const first = posting * positionStride;
      for (let index = 1; index <= this.#list.positions[first]!; index++) {
        const found = this.#beginningAt(at, positionAt(this.#list.positions[first + index]!, -offset));
        if (found !== -1) this.#standing[at]! |= 1 << found;
      }
    });
    let kept = 0;
    for (let at = 0; at < this.length; at++) {
      if (this.#standing[at] === 0) this.#places[this.slots[at]!] = 0;
      else this.#keep(at, kept++);
    }
    this.length = kept;
  }

  /** Moves what is at `from` to `to`, with the beginnings after which the word stands. */
  #keep(from: number, to: number): void {
    let count = 0;
    for (let index = 0; index < this.#counts[from]!; index++) {
      if ((this.#standing[from]! & (1 << index)) === 0) continue;
      this.#beginnings[to * mostBeginnings + count++] = this.#beginnings[from * mostBeginnings + index]!;
    }
    const slot = this.slots[from]!;
    this.slots[to] = slot;
    this.fields[to] = this.fields[from]! & this.#standingFields[from]!;
    this.#counts[to] = count;
    this.#places[slot] = to + 1;
  }

  #beginningAt(at: number, beginning: number): number {
    const first = at * mostBeginnings;
    for (let index = 0; index < this.#counts[at]!; index++) {
      if (this.#beginnings[first + index] === beginning) return index;
    }
    return -1;
  }

  /** A beginning is in the description or in any other field. */
  #fieldsOfBeginnings(at: number): number {
    let fields = 0;
    for (let index = 0; index < this.#counts[at]!; index++) {
      const isInDescription = (this.#beginnings[at * mostBeginnings + index]! & inDescription) !== 0;
      fields |= isInDescription ? fieldBits.description : ~fieldBits.description;
    }
    return fields;
  }

  #makeRoom(): void {
    if (this.length <= this.slots.length) return;
    this.slots = grown(this.slots, this.length);
    this.fields = grown(this.fields, this.length);
    this.#counts = grown(this.#counts, this.length);
    this.#standing = grown(this.#standing, this.length);
    this.#standingFields = grown(this.#standingFields, this.length);
    this.#beginnings = grown(this.#beginnings, this.slots.length * mostBeginnings);
  }
}
