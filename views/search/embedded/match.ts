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
/** Letters: to look up all that is in a longer expression takes longer than to read lists whole. */
const simpleExpression = 800;
/** Of more the lists are little longer than that. */
const fewFound = 20_000;
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
    const within = expressionOfAll(terms);
    const isReadWhole = weights !== undefined && isWorthReading(terms, within);
    const read = new Map<Alternatives, readonly FieldList[]>();
    if (isReadWhole) for (const word of terms.flatMap(({ words }) => words)) read.set(word, this.#listsOf(word));
    const slots = this.#place(isReadWhole ? shortest([...read.values()]) : [this.#tables.slotsOf('texts', within)]);
    const found = { slots, scores: new Float64Array(slots.length), forgiven: new Uint8Array(slots.length) };
    try {
      if (weights === undefined) return found;
      const scored = { weights, read, within: isSimple(within) && slots.length < fewFound ? within : undefined };
      for (const term of terms) this.#addTerm(found, term, { ...scored, share: 1 / terms.length });
      return isReadWhole && read.size > 1 ? withAllWords(found) : found;
    } finally {
      for (let index = 0; index < slots.length; index++) this.#places[slots[index]!] = 0;
    }
  }

  /** Each slot once, its place noted. */
  #place(lists: readonly (readonly number[])[]): number[] {
    this.#places = grown(this.#places, this.#columns.size);
    const slots: number[] = [];
    for (const list of lists) {
      for (let at = 0; at < list.length; at++) {
        if (this.#places[list[at]!] === 0) this.#places[list[at]!] = slots.push(list[at]!);
      }
    }
    return slots;
  }

  #addTerm(found: Found, { words, instead }: SoughtTerm, scored: Scored): void {
    const all = words.map((word) => this.#scoresOf(found, word, scored));
    const other = instead === undefined ? undefined : this.#scoresOf(found, instead, scored);
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
      found.scores[index]! += isThere || other !== undefined ? score * scored.share : -Infinity;
      if (!isExact) found.forgiven[index] = 1;
    }
  }

  #scoresOf({ slots }: Found, alternatives: Alternatives, { weights, read, within }: Scored): WordScores {
    const into = { scores: new Float64Array(slots.length), fields: new Uint8Array(slots.length) };
    for (const list of read.get(alternatives) ?? this.#listsOf(alternatives, within)) this.#add(into, list, weights);
    return into;
  }

  /** The best spellings first. */
  #listsOf(alternatives: Alternatives, within?: string): FieldList[] {
    return alternatives.flatMap((spellings) =>
      spellings.fields.map((field) => {
        const list = expressionOf(spellings, field);
        const expression = within === undefined ? list : `(${list}) AND ${within}`;
        return { spellings, field, slots: this.#tables.slotsOf('texts', expression) };
      }),
    );
  }

  /** The best spelling of a field counts; what is like a word doesn't where the word itself is. */
  #add(into: WordScores, { spellings, field, slots }: FieldList, weights: RankingWeights): void {
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

/** What has a spelling in a field. */
interface FieldList {
  readonly spellings: Spellings;
  readonly field: Field;
  readonly slots: readonly number[];
}

interface Scored {
  readonly weights: RankingWeights;
  /** What is read already. */
  readonly read: ReadonlyMap<Alternatives, readonly FieldList[]>;
  /** What is found, as an expression: no more is listed. Undefined: lists are read whole, which is quicker. */
  readonly within: string | undefined;
  /** Of one term. */
  readonly share: number;
}

function isSimple(expression: string): boolean {
  return expression.length < simpleExpression;
}

/** Whether the lists of all words tell what is found sooner than FTS5 would. */
function isWorthReading(terms: readonly SoughtTerm[], expression: string): boolean {
  if (terms.some(({ instead }) => instead !== undefined)) return false;
  return terms.flatMap(({ words }) => words).length === 1 || !isSimple(expression);
}

function shortest(lists: readonly (readonly FieldList[])[]): (readonly number[])[] {
  const length = (all: readonly FieldList[]) => all.reduce((sum, { slots }) => sum + slots.length, 0);
  return lists.reduce((a, b) => (length(b) < length(a) ? b : a)).map(({ slots }) => slots);
}

function withAllWords({ slots, scores, forgiven }: Found): Found {
  const kept = [...slots.keys()].filter((index) => scores[index]! >= 0);
  return {
    slots: kept.map((index) => slots[index]!),
    scores: Float64Array.from(kept, (index) => scores[index]!),
    forgiven: Uint8Array.from(kept, (index) => forgiven[index]!),
  };
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
