// What is searched, in memory: ids, facts, words and who has them. It knows nothing of the disk; whoever changes it has
// written the change there before.
import { Columns, type ColumnsState } from './columns.ts';
import { eachPlace, fieldBits } from './entries.ts';
import type { Facts } from './facts.ts';
import { Ids, type IdsState } from './ids.ts';
import { Postings, type PostingsState } from './postings.ts';
import { Vocabulary, type VocabularyState } from './vocabulary.ts';

/** One listing as it is now; without facts it is gone. */
export interface IndexChange {
  readonly slot: number;
  readonly id: string;
  readonly position: number;
  readonly facts: Facts | undefined;
  /** Its words before and now, if they changed. */
  readonly words: { readonly before: Uint8Array; readonly now: Uint8Array; readonly hash: number } | undefined;
}

/** Words of these fields complete what somebody types. */
const completing = fieldBits.title | fieldBits.brand | fieldBits.category | fieldBits.upperCategories;

/** All of it, as its image keeps it. */
export interface MemoryIndexState {
  readonly ids: IdsState;
  readonly columns: ColumnsState;
  readonly vocabulary: VocabularyState;
  readonly postings: PostingsState;
}

export class MemoryIndex {
  readonly ids: Ids;
  readonly columns: Columns;
  readonly vocabulary: Vocabulary;
  readonly postings: Postings;

  constructor(state?: MemoryIndexState) {
    this.ids = new Ids(state?.ids);
    this.columns = new Columns(state?.columns);
    this.vocabulary = new Vocabulary(state?.vocabulary);
    this.postings = new Postings(state?.postings);
  }

  get state(): MemoryIndexState {
    const { ids, columns, vocabulary, postings } = this;
    return { ids: ids.state, columns: columns.state, vocabulary: vocabulary.state, postings: postings.state };
  }

  change({ slot, id, position, facts, words }: IndexChange): void {
    const { columns } = this;
    if (slot === this.ids.size) {
      this.ids.add(id);
      columns.reserve(slot + 1);
    }
    columns.positions[slot] = position;
    if (facts === undefined) columns.remove(slot);
    else columns.set(slot, facts);
    if (words === undefined) return;
    columns.textHashes[slot] = words.hash;
    if (words.before.length === 0) this.postings.add(slot, words.now);
    else this.postings.replace(slot, words.before, words.now);
    this.#weigh(words.before, -1);
    this.#weigh(words.now, 1);
  }

  /** Counts who is called by which words. */
  #weigh(entries: Uint8Array, change: 1 | -1): void {
    eachPlace(entries, (word, place) => {
      if ((entries[place]! & completing) !== 0) this.vocabulary.addWeight(word, change);
    });
  }
}
