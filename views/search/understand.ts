// What a shopper typed, as the terms of a query: words, without those that say nothing, each with its synonyms. Of
// several words that stand together in the synonyms the longest run counts. Pure; typos and stems are the engine's.
import type { QueryTerm } from './search.ts';
import type { SynonymRule } from './search-settings.ts';
import { isStopWord, looseForm, wordsOf } from './words.ts';

/** Characters that are read of a text, and terms that are made of it; what is beyond is left out. */
export const longestText = 200;
export const mostTerms = 12;
/** Synonyms of one term. */
const mostSynonyms = 20;

export interface Understood {
  /** The words in order, one space between them: the same for texts that search for the same. */
  readonly text: string;
  readonly terms: readonly QueryTerm[];
}

interface Node {
  readonly next: Map<string, Node>;
  readonly synonyms: Set<string>;
}

/** Rules made ready to be looked up, for each language when it is first asked for. */
export class Synonyms {
  readonly #rules: readonly SynonymRule[];
  readonly #roots = new Map<string, Node>();

  constructor(rules: readonly SynonymRule[]) {
    this.#rules = rules;
  }

  /** How many of `words` from `start` on stand together in a rule, as many as may be, and what is as good. */
  longestAt(words: readonly string[], start: number, language: string): { count: number; synonyms: readonly string[] } {
    let node: Node | undefined = this.#rootOf(language);
    let found: { count: number; synonyms: readonly string[] } = { count: 0, synonyms: [] };
    for (let index = start; index < words.length; index++) {
      node = node.next.get(looseForm(words[index] ?? '', language));
      if (node === undefined) break;
      if (node.synonyms.size > 0) found = { count: index - start + 1, synonyms: [...node.synonyms] };
    }
    return found;
  }

  #rootOf(language: string): Node {
    let root = this.#roots.get(language);
    if (root === undefined) {
      root = { next: new Map(), synonyms: new Set() };
      for (const rule of this.#rules) {
        if (rule.language === '' || rule.language === language) addRule(root, rule, language);
      }
      this.#roots.set(language, root);
    }
    return root;
  }
}

function addRule(root: Node, rule: SynonymRule, language: string): void {
  if (rule.kind === 'one-way') addPhrase(root, rule.from, rule.to, language);
  else for (const word of rule.words) addPhrase(root, word, rule.words, language);
}

function addPhrase(root: Node, phrase: string, synonyms: readonly string[], language: string): void {
  let node = root;
  for (const word of wordsOf(phrase)) {
    const form = looseForm(word, language);
    const next: Node = node.next.get(form) ?? { next: new Map(), synonyms: new Set() };
    node.next.set(form, next);
    node = next;
  }
  if (node !== root) for (const each of synonyms) node.synonyms.add(wordsOf(each).join(' '));
}

export function understand(text: string, language: string, synonyms: Synonyms): Understood {
  const words = wordsOf(text.normalize('NFKC').slice(0, longestText));
  const terms = new Map<string, QueryTerm>();
  for (let index = 0; index < words.length && terms.size < mostTerms; ) {
    const { count, synonyms: others } = synonyms.longestAt(words, index, language);
    const length = Math.max(1, count);
    const phrase = words.slice(index, index + length).join(' ');
    index += length;
    if (count === 0 && isStopWord(phrase, language)) continue;
    const isSame = (other: string) => looseForm(other, language) === looseForm(phrase, language);
    const other = others.filter((each) => !isSame(each)).slice(0, mostSynonyms);
    if (!terms.has(phrase)) terms.set(phrase, { text: phrase, synonyms: other });
  }
  const plain = [...new Set(words)].slice(0, mostTerms).map((word): QueryTerm => ({ text: word, synonyms: [] }));
  return { text: words.join(' '), terms: terms.size > 0 ? [...terms.values()] : plain };
}
