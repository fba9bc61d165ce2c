// A text as the words that are searched: folded, without what stands before or after an apostrophe, in the places where
// they stand. Parts that a hyphen joins are words, and so is all that it joins: `WH-1000` is `wh`, `1000` and `wh1000`.
import { fold, wordPattern } from '../words.ts';

export interface Token {
  readonly word: string;
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
  let parts = 0;
  wordPattern.lastIndex = 0;
  for (let match = wordPattern.exec(text); match !== null; match = wordPattern.exec(text)) {
    const { 0: raw, index: start } = match;
    const previous = tokens.at(-1);
    const isPart = previous !== undefined && start === previous.end + 1 && hyphens.has(text[previous.end]!);
    if (!isPart) {
      pushJoined(tokens, parts);
      parts = 0;
    }
    const word = searchedWord(raw);
    // A mark that stands alone.
    if (word === '') continue;
    tokens.push({ word, start, end: start + raw.length, isJoined: false });
    parts++;
  }
  pushJoined(tokens, parts);
  return tokens;
}

function pushJoined(tokens: Token[], parts: number): void {
  if (parts < 2 || parts > mostParts) return;
  const joined = tokens.slice(-parts);
  const word = joined.map((part) => part.word).join('');
  tokens.push({ word: word.slice(0, longestWord), start: joined[0]!.start, end: joined.at(-1)!.end, isJoined: true });
}

/** Articles and the like, which some languages tie to the word: `l'huile`, `dell'acqua`. */
const tied =
  /^(?:l|d|j|m|t|s|n|c|qu|un|jusqu|lorsqu|puisqu|quoiqu|all|dall|dell|nell|sull|coll|gl|agl|dagl|degl)'(?=.)/;
const known = new Map<string, string>();
const mostKnown = 50_000;

/** A word as it is searched: `Men’s` is `men`. */
function searchedWord(raw: string): string {
  let word = known.get(raw);
  if (word !== undefined) return word;
  const folded = fold(raw).replaceAll('’', "'");
  word = folded
    .replace(/(?<=.)'s$/, '')
    .replace(tied, '')
    .replaceAll("'", '')
    .slice(0, longestWord);
  if (known.size === mostKnown) known.clear();
  known.set(raw, word);
  return word;
}
