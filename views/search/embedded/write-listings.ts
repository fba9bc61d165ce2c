// Writes: guarded by their position, first to disk in one transaction, then into memory. What comes again or late
// changes nothing; a listing whose text is the same keeps its words.
import { assert } from '../../../base/assert.ts';
import { type ListingAnalyser, textHash } from './analyse-listing.ts';
import type { EncodedWrite } from './calls.ts';
import { standings } from './columns.ts';
import { factsOf } from './facts.ts';
import type { ListingFile } from './listing-file.ts';
import type { IndexChange, MemoryIndex } from './memory-index.ts';

/** A listing as the writes before left it. */
interface State {
  readonly slot: number;
  readonly position: number;
  readonly isLive: boolean;
  readonly hash: number;
  readonly titleLength: number;
}

const noWords = new Uint8Array(0);
const noHash = -1;

export interface Written {
  readonly file: ListingFile;
  readonly index: MemoryIndex;
  readonly analyser: ListingAnalyser;
}

/** @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED; nothing of it is done then */
export function writeListings(written: Written, writes: readonly EncodedWrite[]): void {
  const { file, index } = written;
  const batch = new Batch(written);
  file.database.write(() => {
    for (const write of writes) batch.add(write);
    for (const number of index.vocabulary.fresh) file.putWord(number, index.vocabulary.wordOf(number));
  });
  index.vocabulary.savedFresh();
  for (const change of batch.changes) index.change(change);
}

class Batch {
  readonly changes: IndexChange[] = [];
  readonly #file: ListingFile;
  readonly #index: MemoryIndex;
  readonly #analyser: ListingAnalyser;
  /** What the batch itself has changed. */
  readonly #states = new Map<string, State>();
  #slots: number;

  constructor({ file, index, analyser }: Written) {
    this.#file = file;
    this.#index = index;
    this.#analyser = analyser;
    this.#slots = index.ids.size;
  }

  add({ id, position, content }: EncodedWrite): void {
    assert(/^[\x21-\x7e]+$/.test(id), 'an id is of ASCII letters');
    const state = this.#states.get(id) ?? this.#stateInMemory(id);
    if (state !== undefined && position <= state.position) return;
    const slot = state?.slot ?? this.#slots++;
    const before = { ...(state ?? { position: -1, isLive: false, hash: noHash, titleLength: 0 }), slot };
    const after = content === undefined ? this.#remove(id, position, before) : this.#put(id, position, content, before);
    this.#states.set(id, after);
  }

  #put(id: string, position: number, content: string, before: State): State {
    const { slot } = before;
    const listing = JSON.parse(content);
    const hash = textHash(listing);
    this.#file.putContent(slot, content);
    if (before.isLive && hash === before.hash) {
      const facts = factsOf(listing, before.titleLength);
      this.#file.noteChange(slot, undefined);
      this.#file.putFacts(slot, position, facts);
      this.changes.push({ slot, id, position, facts, words: undefined });
      return { ...before, position };
    }
    const { entries: now, titleLength } = this.#analyser.analyse(listing);
    const facts = factsOf(listing, titleLength);
    const words = { before: this.#wordsOf(before), now, hash };
    this.#file.noteChange(slot, words.before);
    this.#file.putListing({ slot, id, position, hash, facts, words: now });
    this.changes.push({ slot, id, position, facts, words });
    return { slot, position, isLive: true, hash, titleLength };
  }

  #remove(id: string, position: number, before: State): State {
    const { slot } = before;
    const words = { before: this.#wordsOf(before), now: noWords, hash: noHash };
    this.#file.noteChange(slot, words.before);
    this.#file.putListing({ slot, id, position, hash: noHash, facts: undefined, words: noWords });
    this.#file.removeContent(slot);
    this.changes.push({ slot, id, position, facts: undefined, words });
    return { slot, position, isLive: false, hash: noHash, titleLength: 0 };
  }

  #wordsOf({ isLive, slot }: State): Uint8Array {
    return isLive ? this.#file.wordsOf(slot) : noWords;
  }

  #stateInMemory(id: string): State | undefined {
    const slot = this.#index.ids.find(id);
    if (slot === -1) return undefined;
    const { positions, standing, textHashes, titleLength } = this.#index.columns;
    return {
      slot,
      position: positions[slot]!,
      isLive: standing[slot] !== standings.gone,
      hash: textHashes[slot]!,
      titleLength: titleLength[slot]!,
    };
  }
}
