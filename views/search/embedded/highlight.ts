// A text with marks around the words that were found, as HTML: all else is escaped.
import { isCompounding, isPartOf } from './compounds.ts';
import { stemOf } from './stems.ts';
import { searchedWord, type Token, tokensOf } from './tokens.ts';

/** What was looked for. */
export interface Sought {
  readonly words: ReadonlySet<string>;
  /** Stems of the query's language. */
  readonly stems: ReadonlySet<string>;
  /** Words that are found only next to each other. */
  readonly phrases: readonly (readonly string[])[];
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const shownCharacters = 240;
/** What is shown before the first word that was found. */
const leadCharacters = 60;

/** The whole text; undefined if nothing is found in it. `language`: the query's, if it is the listing's. */
export function highlighted(text: string, sought: Sought, language: string | undefined): string | undefined {
  const ranges = foundRanges(text, sought, language);
  return ranges.length === 0 ? undefined : marked(text, ranges, { start: 0, end: text.length });
}

/** The part of a long text in which something is found first. */
export function excerpt(text: string, sought: Sought, language: string | undefined): string | undefined {
  const ranges = foundRanges(text, sought, language);
  const [first] = ranges;
  if (first === undefined) return undefined;
  if (text.length <= shownCharacters) return marked(text, ranges, { start: 0, end: text.length });
  const start = Math.min(wordStart(text, first.start - leadCharacters), first.start);
  const end = Math.max(wordEnd(text, start + shownCharacters), first.end);
  const shown = marked(
    text,
    ranges.filter((range) => range.start >= start && range.end <= end),
    { start, end },
  );
  return `${start > 0 ? '…' : ''}${shown}${end < text.length ? '…' : ''}`;
}

function foundRanges(text: string, sought: Sought, language: string | undefined): Range[] {
  const tokens = tokensOf(text);
  const ranges: Range[] = tokens.filter(({ raw }) => isSought(wordOf(raw), sought, language));
  const words = sought.phrases.length === 0 ? [] : tokens.filter(({ isJoined }) => !isJoined);
  for (const phrase of sought.phrases) ranges.push(...phraseRanges(words, phrase, language));
  ranges.sort((a, b) => a.start - b.start || b.end - a.end);
  // A word may be found by itself and as a part.
  let end = 0;
  return ranges.filter((range) => {
    if (range.start < end) return false;
    end = range.end;
    return true;
  });
}

const known = new Map<string, string>();
const mostKnown = 50_000;

/** The same words are in most texts. */
function wordOf(raw: string): string {
  let word = known.get(raw);
  if (word === undefined) {
    word = searchedWord(raw);
    if (known.size === mostKnown) known.clear();
    known.set(raw, word);
  }
  return word;
}

function isSought(word: string, { words, stems }: Sought, language: string | undefined): boolean {
  if (words.has(word)) return true;
  if (language === undefined) return false;
  const stem = stemOf(word, language);
  return stems.has(stem) || (isCompounding(language) && [...stems].some((each) => isPartOf(each, stem)));
}

function phraseRanges(tokens: readonly Token[], phrase: readonly string[], language: string | undefined): Token[] {
  const isSame = (a: string, b: string) =>
    a === b || (language !== undefined && stemOf(a, language) === stemOf(b, language));
  return tokens.flatMap((_, index) => {
    const standing = tokens.slice(index, index + phrase.length);
    const isPhrase =
      standing.length === phrase.length && standing.every(({ raw }, at) => isSame(wordOf(raw), phrase[at]!));
    return isPhrase ? standing : [];
  });
}

function marked(text: string, ranges: readonly Range[], { start, end }: Range): string {
  let html = '';
  let from = start;
  for (const range of ranges) {
    html += `${escaped(text.slice(from, range.start))}<mark>${escaped(text.slice(range.start, range.end))}</mark>`;
    from = range.end;
  }
  return html + escaped(text.slice(from, end));
}

function wordStart(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = text.indexOf(' ', at);
  return space === -1 ? at : space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.lastIndexOf(' ', at);
  return space === -1 ? at : space;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => entities[letter]!);
}
