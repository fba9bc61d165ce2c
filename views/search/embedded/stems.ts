// The stems of words, by language. They are of words without marks, for so are the words; the rules that need the marks
// are few, and a shopper leaves marks out.
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as spanish } from '@orama/stemmers/spanish';

interface Stemmer {
  readonly stem: (word: string) => string;
  readonly known: Map<string, string>;
}

const mostKnown = 50_000;
const stemmers = new Map<string, Stemmer>(
  Object.entries({
    en: english,
    de: german,
    fr: french,
    es: spanish,
    it: italian,
    nl: dutch,
    pt: portuguese,
  }).map(([language, stem]) => [language, { stem, known: new Map() }]),
);
const letters = /^\p{L}{3,}$/u;

/** Only words of letters alone, three at least, have forms. */
export function isOfLetters(word: string): boolean {
  return letters.test(word);
}

/** The word itself if the language isn't known, or the word is none. */
export function stemOf(word: string, language: string): string {
  const stemmer = stemmers.get(language);
  if (stemmer === undefined) return word;
  let stem = stemmer.known.get(word);
  if (stem !== undefined) return stem;
  stem = isOfLetters(word) ? stemmer.stem(word) : word;
  if (stemmer.known.size === mostKnown) stemmer.known.clear();
  stemmer.known.set(word, stem);
  return stem;
}

/** Whether words of the language have other forms that we know of. */
export function hasStems(language: string): boolean {
  return stemmers.has(language);
}
