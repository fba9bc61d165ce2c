// A text in words as they stand in it. Parts that a hyphen joins are words, and so is all that it joins: `WH-1000` is
// `wh`, `1000` and `wh1000`.
import { fold, wordPattern } from '../words.ts';

export interface Token {
  /** As it stands in the text; see `searchedWord`. */
  readonly raw: string;
  /** In the text. */
  readonly start: number;
  readonly end: number;
  /** The words before it are its parts; it has no place of its own. */
  readonly isJoined: boolean;
}

/** Longer words are told apart by their beginnings alone. */
const longestWord = 40;
const mostParts = 3;
const hyphens = new Set(['-', '\u2010', '\u2011']);

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  /** Where the parts begin that hyphens join, among the tokens. */
  let first = 0;
  wordPattern.lastIndex = 0;
  for (let match = wordPattern.exec(text); match !== null; match = wordPattern.exec(text)) {
    const { 0: raw, index: start } = match;
    const previous = tokens.at(-1);
    if (previous === undefined || start !== previous.end + 1 || !hyphens.has(text[previous.end]!)) {
      pushJoined(tokens, text, first);
      first = tokens.length;
    }
    tokens.push({ raw, start, end: start + raw.length, isJoined: false });
  }
  pushJoined(tokens, text, first);
  return tokens;
}

function pushJoined(tokens: Token[], text: string, first: number): void {
  const parts = tokens.length - first;
  if (parts < 2 || parts > mostParts) return;
  const { start } = tokens[first]!;
  const { end } = tokens.at(-1)!;
  tokens.push({ raw: text.slice(start, end), start, end, isJoined: true });
}

/** Articles and the like, which some languages tie to the word: `l'huile`, `dell'acqua`. */
const tied =
  /^(?:l|d|j|m|t|s|n|c|qu|un|jusqu|lorsqu|puisqu|quoiqu|all|dall|dell|nell|sull|coll|gl|agl|dagl|degl)'(?=.)/;

/** A word as it is searched: folded, without what is tied to it (`Men’s` is `men`). Empty for a mark alone. */
export function searchedWord(raw: string): string {
  const folded = fold(raw).replaceAll('’', "'");
  return folded
    .replace(/(?<=.)'s$/, '')
    .replace(tied, '')
    .replaceAll(/['\u2010\u2011-]/g, '')
    .slice(0, longestWord);
}

/** In order, without those that hyphens join. */
export function searchedWords(text: string): string[] {
  const tokens = tokensOf(text.normalize('NFKC')).filter(({ isJoined }) => !isJoined);
  return tokens.map(({ raw }) => searchedWord(raw)).filter((word) => word !== '');
}
