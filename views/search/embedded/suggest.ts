// What a text may become while it is typed. Of a beginning that very many words share, the most frequent words are
// looked at, and of each of them so many listings at most: one letter must be as quick as five.
import type { Suggestions, SuggestQuery } from '../search.ts';
import { wordsOf } from '../words.ts';
import { standings } from './columns.ts';
import { completions } from './completions.ts';
import { fieldBits } from './entries.ts';
import { Expander, searchedWords } from './expand.ts';
import type { ListingFile } from './listing-file.ts';
import type { MemoryIndex } from './memory-index.ts';
import { PostingList } from './posting-list.ts';
import type { ScoreSets, SlotScores } from './slot-scores.ts';
import { spellingOf } from './spelling.ts';
import { TopSlots } from './top-slots.ts';

const mostWords = 48;
const mostListingsOfWord = 10_000;
const mostListings = 300_000;

/** What the listings in stock that are called by a word weigh together. */
interface Completion {
  readonly word: number;
  popularity: number;
  listings: number;
  /** One of them. */
  slot: number;
}

const called = fieldBits.title | fieldBits.brand;
const classed = fieldBits.category | fieldBits.upperCategories;

export class Suggester {
  readonly #file: ListingFile;
  readonly #index: MemoryIndex;
  readonly #list = new PostingList();
  readonly #context: SlotScores;
  readonly #word: SlotScores;
  readonly #offered: SlotScores;

  constructor(file: ListingFile, index: MemoryIndex, { first, second, third }: ScoreSets) {
    this.#file = file;
    this.#index = index;
    this.#context = first;
    this.#word = second;
    this.#offered = third;
  }

  suggest({ text, language, limit }: SuggestQuery): Suggestions {
    const words = searchedWords(text);
    const beginning = words.at(-1);
    if (beginning === undefined) return { terms: [], products: [], categories: [] };
    const context = words.slice(0, -1);
    const hasContext = context.length > 0;
    if (hasContext) this.#findContext(context, language);
    const products = new TopSlots(this.#index.ids, limit, undefined);
    const found = this.#complete(beginning, hasContext, products);
    return {
      terms: this.#terms(found, text, limit),
      products: products.take().map(({ slot }) => this.#product(slot)),
      categories: this.#index.columns.categories.suggest(words, limit),
    };
  }

  /** What is called by all the words before the last. */
  #findContext(words: readonly string[], language: string): void {
    const expander = new Expander(this.#index, language);
    for (const [index, word] of words.entries()) {
      const into = index === 0 ? this.#context : this.#word;
      into.clear();
      into.reserve(this.#index.ids.size);
      for (const option of expander.forms(word)) {
        this.#index.postings.read(option.word, this.#list);
        for (let at = 0; at < this.#list.length; at++) {
          const slot = this.#list.slots[at]!;
          if ((this.#list.fields[at]! & called) === 0) continue;
          if (option.language !== -1 && this.#index.columns.language[slot] !== option.language) continue;
          into.add(slot, 0, 0);
        }
      }
      if (index > 0) this.#context.intersect(this.#word);
    }
  }

  #complete(beginning: string, hasContext: boolean, products: TopSlots): Completion[] {
    const { vocabulary, postings, ids } = this.#index;
    this.#offered.clear();
    this.#offered.reserve(ids.size);
    const found: Completion[] = [];
    let words = 0;
    let listings = 0;
    for (const word of completions(vocabulary, beginning)) {
      if (words++ === mostWords || listings > mostListings) break;
      postings.read(word, this.#list, hasContext ? Infinity : mostListingsOfWord);
      listings += this.#list.length;
      const completion = this.#weigh(word, hasContext, products);
      if (completion.listings > 0) found.push(completion);
    }
    return found;
  }

  /** Of the list that was read. */
  #weigh(word: number, hasContext: boolean, products: TopSlots): Completion {
    const { standing, popularity } = this.#index.columns;
    const { slots, fields, length } = this.#list;
    const completion = { word, popularity: 0, listings: 0, slot: -1 };
    for (let at = 0; at < length; at++) {
      const slot = slots[at]!;
      const isCalled = (fields[at]! & called) !== 0;
      if (!isCalled && (fields[at]! & classed) === 0) continue;
      if (standing[slot] !== standings.inStock || (hasContext && this.#context.isIn[slot] === 0)) continue;
      completion.popularity += popularity[slot]!;
      completion.listings++;
      completion.slot = slot;
      // Few are among the best so far: only those may have been offered before.
      if (!isCalled || popularity[slot]! < products.least || this.#offered.isIn[slot] === 1) continue;
      this.#offered.add(slot, 0, 0);
      products.offer(slot, popularity[slot]!);
    }
    return completion;
  }

  #terms(found: readonly Completion[], text: string, limit: number): string[] {
    const before = wordsOf(text).slice(0, -1);
    const { vocabulary } = this.#index;
    return found
      .toSorted((a, b) => b.popularity - a.popularity || b.listings - a.listings || a.word - b.word)
      .slice(0, limit)
      .map(({ word, slot }) => [...before, spellingOf(vocabulary.wordOf(word), slot, this.#file)].join(' '));
  }

  #product(slot: number): Suggestions['products'][number] {
    const { id, title, image } = JSON.parse(this.#file.contentOf(slot));
    return { id, title, image };
  }
}
