// Which listings have all terms of a query, and how well: the weight of the fields in which each term stands, added
// up. How rare a word is doesn't count: all of them must be there anyway, and scores must not change while others
// come and go.
import type { RankingWeights } from '../search.ts';
import { fieldBits, fieldsMask } from './entries.ts';
import type { ExpandedTerm, Options } from './expand.ts';
import type { MemoryIndex } from './memory-index.ts';
import { PhraseFinder } from './phrase.ts';
import { PostingList } from './posting-list.ts';
import type { ScoreSets, SlotScores } from './slot-scores.ts';

/** Of the category's own name. */
const upperCategoryWorth = 0.6;
/** A word says more of a short title than of a long one. */
const titleNorms = Float64Array.from({ length: 256 }, (_, length) => 1 / (1 + 0.05 * (Math.max(1, length) - 1)));

export class Matcher {
  readonly #index: MemoryIndex;
  readonly #list = new PostingList();
  readonly #phrases: PhraseFinder;
  /** What has all terms so far; what has the term that is looked at; what has the words of it so far. */
  readonly #all: SlotScores;
  readonly #term: SlotScores;
  readonly #word: SlotScores;
  /** Of each set of fields without the title; of the title. */
  readonly #fieldScores = new Float64Array(fieldsMask + 1);
  #titleScore = 0;

  constructor(index: MemoryIndex, { first, second, third }: ScoreSets) {
    this.#index = index;
    this.#phrases = new PhraseFinder(index);
    this.#all = first;
    this.#term = second;
    this.#word = third;
  }

  /** Listings with all of `terms`, of which there is one at least; scores from 0 to 1. Valid until the next call. */
  match(terms: readonly ExpandedTerm[], weights: RankingWeights): SlotScores {
    this.#prepare(terms.length, weights);
    const rarestFirst = terms.toSorted((a, b) => this.#estimate(a) - this.#estimate(b));
    for (const [index, term] of rarestFirst.entries()) {
      if (index === 0) this.#matchTerm(term, this.#all, undefined);
      else {
        this.#term.clear();
        this.#matchTerm(term, this.#term, this.#all);
        this.#all.intersect(this.#term);
      }
      if (this.#all.length === 0) break;
    }
    return this.#all;
  }

  /** Scores are shares of what a term in every field of a title of one word would give. */
  #prepare(terms: number, weights: RankingWeights): void {
    const slots = this.#index.ids.size;
    for (const set of [this.#all, this.#term, this.#word]) {
      set.clear();
      set.reserve(slots);
    }
    const { title, brand, category, attributes, description } = weights;
    const whole = (title + brand + category + attributes + description) * terms || 1;
    this.#titleScore = title / whole;
    for (let fields = 0; fields <= fieldsMask; fields++) {
      const has = (field: number) => (fields & field) !== 0;
      const own = has(fieldBits.category) ? 1 : 0;
      const upper = has(fieldBits.upperCategories) ? upperCategoryWorth : 0;
      let score = category * Math.max(own, upper);
      if (has(fieldBits.brand)) score += brand;
      if (has(fieldBits.attributes)) score += attributes;
      if (has(fieldBits.description)) score += description;
      this.#fieldScores[fields] = score / whole;
    }
  }

  #estimate({ words, synonyms }: ExpandedTerm): number {
    const count = (options: Options) => options.reduce((sum, { word }) => sum + this.#index.postings.count(word), 0);
    const least = (all: readonly Options[]) => (all.length === 0 ? 0 : Math.min(...all.map(count)));
    return least(words) + synonyms.reduce((sum, phrase) => sum + least(phrase), 0);
  }

  /** Adds what has the term, of what is in `within`, to the empty set `into`. */
  #matchTerm({ words, synonyms }: ExpandedTerm, into: SlotScores, within: SlotScores | undefined): void {
    for (const [index, options] of words.entries()) {
      if (index === 0) this.#addOptions(options, into, { within, share: 1 / words.length });
      else {
        this.#word.clear();
        this.#addOptions(options, this.#word, { within: into, share: 1 / words.length });
        into.intersect(this.#word);
      }
    }
    for (const phrase of synonyms) {
      const [options = []] = phrase;
      if (phrase.length === 1) this.#addOptions(options, into, { within, share: 1 });
      else this.#addPhrase(phrase, into, within);
    }
  }

  #addOptions(options: Options, into: SlotScores, how: { within: SlotScores | undefined; share: number }): void {
    const { within, share } = how;
    const { titleLength, language: languages } = this.#index.columns;
    const list = this.#list;
    for (const { word, factor, forgiven, language } of options) {
      this.#index.postings.read(word, list);
      const { slots, fields, length } = list;
      const weight = factor * share;
      for (let index = 0; index < length; index++) {
        const slot = slots[index]!;
        if (within !== undefined && within.isIn[slot] === 0) continue;
        if (language !== -1 && languages[slot] !== language) continue;
        into.add(slot, weight * this.#scoreOf(fields[index]!, titleLength[slot]!), forgiven);
      }
    }
  }

  #addPhrase(phrase: readonly Options[], into: SlotScores, within: SlotScores | undefined): void {
    const { titleLength } = this.#index.columns;
    this.#phrases.find(phrase);
    const { slots, fields, length } = this.#phrases;
    for (let index = 0; index < length; index++) {
      const slot = slots[index]!;
      if (within !== undefined && within.isIn[slot] === 0) continue;
      into.add(slot, this.#scoreOf(fields[index]!, titleLength[slot]!), 0);
    }
  }

  #scoreOf(fields: number, titleLength: number): number {
    const others = this.#fieldScores[fields]!;
    return (fields & fieldBits.title) === 0 ? others : others + this.#titleScore * titleNorms[titleLength]!;
  }
}
