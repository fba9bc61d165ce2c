// Which listings have all terms of a query, and how well: the weight of the fields in which each word stands, added up.
// How rare a word is doesn't count: all of them must be there anyway, and scores must not change while others come and
// go. FTS5 tells what is found, and of each word what has it in which field.
import type { RankingWeights } from '../search.ts';
import type { Columns } from './columns.ts';
import { intAt, rowWidth } from './facts.ts';
import { grown } from './grow.ts';
import { type Field, fields } from './listing-words.ts';
import type { SearchTables } from './search-tables.ts';
import {
  type Alternatives,
  allFields,
  expressionOf,
  expressionOfAll,
  type SoughtTerm,
  type Spellings,
} from './terms.ts';

/** Listings by their index here. */
export interface Found {
  readonly slots: readonly number[];
  /** 0 to 1. */
  readonly scores: Float64Array;
  /** 1 if a mistake was forgiven. */
  readonly forgiven: Uint8Array;
}

/** What has one of the alternatives of a word, by index: the score, and the fields that it stands in. */
interface WordScores {
  readonly scores: Float64Array;
  readonly fields: Uint8Array;
}

/** Of the category's own name. */
const upperCategoryWorth = 0.6;
/** Among the bits of fields: without a mistake. */
const exact = 128;
/** Letters: to look up all that is in a longer expression takes longer than to read a list of less than so many. */
const simpleExpression = 800;
const commonFrom = 20_000;
const noSlots: Found = { slots: [], scores: new Float64Array(0), forgiven: new Uint8Array(0) };

export class Matcher {
  readonly #tables: SearchTables;
  readonly #columns: Columns;
  /** By slot: its index among what is found, plus 1; 0 between two searches. */
  #places = new Int32Array(1024);

  constructor(tables: SearchTables, columns: Columns) {
    this.#tables = tables;
    this.#columns = columns;
  }

  /** Listings with all of `terms`, of which there is one at least. @param weights undefined: without scores */
  match(terms: readonly SoughtTerm[], weights: RankingWeights | undefined): Found {
    if (terms.some(({ words, instead }) => words.length === 0 && instead === undefined)) return noSlots;
    const all = expressionOfAll(terms);
    const slots = this.#tables.slotsOf('texts', all);
    if (slots.length === 0) return noSlots;
    const found = { slots, scores: new Float64Array(slots.length), forgiven: new Uint8Array(slots.length) };
    if (weights === undefined) return found;
    this.#places = grown(this.#places, this.#columns.size);
    for (let index = 0; index < slots.length; index++) this.#places[slots[index]!] = index + 1;
    const isOneWord = terms.length === 1 && terms[0]!.words.length === 1 && terms[0]!.instead === undefined;
    const scored = { count: slots.length, weights, within: isOneWord ? undefined : all };
    for (const term of terms) this.#addTerm(found, term, { ...scored, share: 1 / terms.length });
    for (let index = 0; index < slots.length; index++) this.#places[slots[index]!] = 0;
    return found;
  }

  #addTerm(found: Found, { words, instead }: SoughtTerm, scored: Scored): void {
    const all = words.map((word) => this.#scoresOf(word, scored));
    const other = instead === undefined ? undefined : this.#scoresOf(instead, scored);
    for (let index = 0; index < found.slots.length; index++) {
      let score = 0;
      let isExact = true;
      let isThere = all.length > 0;
      for (const each of all) {
        score += each.scores[index]! / all.length;
        isThere &&= each.fields[index] !== 0;
        isExact &&= (each.fields[index]! & exact) !== 0;
      }
      if (other !== undefined && other.fields[index] !== 0) {
        score = Math.max(isThere && isExact ? score : 0, other.scores[index]!);
        isExact = true;
      }
      found.scores[index]! += score * scored.share;
      if (!isExact) found.forgiven[index] = 1;
    }
  }

  #scoresOf(alternatives: Alternatives, scored: Scored): WordScores {
    const into = { scores: new Float64Array(scored.count), fields: new Uint8Array(scored.count) };
    const within =
      scored.within !== undefined && this.#isWorth(alternatives, scored.within) ? scored.within : undefined;
    for (const spellings of alternatives) {
      for (const field of allFields) this.#addField(into, { spellings, field, within }, scored.weights);
    }
    return into;
  }

  /** Whether it is quicker to list no more than is found. */
  #isWorth(alternatives: Alternatives, within: string): boolean {
    if (within.length < simpleExpression) return true;
    const expression = alternatives.map((each) => expressionOf(each)).join(' OR ');
    return this.#tables.countTexts(expression, commonFrom) === commonFrom;
  }

  /** The best spelling of a field counts; what is like a word doesn't where the word itself is. */
  #addField(into: WordScores, { spellings, field, within }: FieldList, weights: RankingWeights): void {
    const expression = expressionOf(spellings, field);
    if (expression === '') return;
    const slots = this.#tables.slotsOf('texts', within === undefined ? expression : `(${expression}) AND ${within}`);
    const { ints } = this.#columns;
    const weight = (spellings.factor * weightOf(field, weights)) / wholeOf(weights);
    const isForgiven = spellings.forgiven === 1;
    const bit = bits[field];
    const taken = field === fields.upperCategories ? bit | bits[fields.category] : bit;
    for (const slot of slots) {
      const index = this.#places[slot]! - 1;
      if (index === -1) continue;
      const before = into.fields[index]!;
      if ((before & taken) !== 0 || (isForgiven && (before & exact) !== 0)) continue;
      into.fields[index] = before | bit | (isForgiven ? 0 : exact);
      // A word says more of a short title than of a long one.
      const length = field === fields.title ? ints[slot * rowWidth + intAt.titleLength]! : 1;
      into.scores[index]! += weight / (1 + 0.05 * (Math.max(1, length) - 1));
    }
  }
}

/** Of one field. */
interface FieldList {
  readonly spellings: Spellings;
  readonly field: Field;
  /** An expression of what is found: no more is listed. */
  readonly within: string | undefined;
}

interface Scored {
  readonly count: number;
  readonly weights: RankingWeights;
  /** What is found, as an expression, if there is more than one word. */
  readonly within: string | undefined;
  /** Of one term. */
  readonly share: number;
}

const bits = Object.fromEntries(allFields.map((field, index) => [field, 1 << index])) as Record<Field, number>;

function weightOf(field: Field, { title, brand, category, attributes, description }: RankingWeights): number {
  const upper = upperCategoryWorth * category;
  return { t: title, b: brand, c: category, u: upper, a: attributes, d: description }[field];
}

/** What a word in every field of a title of one word would give. */
function wholeOf({ title, brand, category, attributes, description }: RankingWeights): number {
  return title + brand + category + attributes + description || 1;
}
