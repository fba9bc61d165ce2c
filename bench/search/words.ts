// Made-up words of four languages, used as words are: the second half as often as the first, by Zipf. The same for the
// same seed. They have plurals as their language makes them, so that stems matter.
import { type Random, seededRandom } from '../../base/random.ts';
import { zipfExponent } from '../workload.ts';

export const languages = ['en', 'de', 'fr', 'es'] as const;
export type Language = (typeof languages)[number];

const onsets = 'b br c ch cl d dr f fl g gr h k l m n p pl qu r s sh sl st t tr v w'.split(' ');
const vowels = { en: 'a e i o u ee oo', de: 'a e i o u ei ü', fr: 'a e i o u eu é', es: 'a e i o u ue á' };
const ends = { en: 't n ck mp st l', de: 'n t ch ng rt l', fr: 'r l t n ve che', es: 'a o a o n r' };
const plurals: { readonly [Name in Language]: string } = { en: 's', de: 'en', fr: 's', es: 's' };

export class Vocabulary {
  readonly language: Language;
  readonly words: readonly string[];

  constructor(language: Language, size: number, seed: number) {
    this.language = language;
    const random = seededRandom(seed);
    const words = new Set<string>();
    while (words.size < size) words.add(madeWord(language, random));
    this.words = [...words];
  }

  /** The more common the likelier. */
  common(random: Random): string {
    return this.words[zipfRank(random, this.words.length)]!;
  }

  plural(word: string): string {
    return /[aeiouéáü]$/.test(word) && this.language === 'de' ? `${word}n` : word + plurals[this.language];
  }
}

/** 0 is the most frequent: the inverse of Zipf's distribution, as near as a formula comes. */
export function zipfRank(random: Random, count: number): number {
  const power = 1 - zipfExponent;
  const top = (count + 1) ** power;
  return Math.min(count - 1, Math.floor((1 + random.next() * (top - 1)) ** (1 / power)) - 1);
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.int(choices.length)]!;
}

function madeWord(language: Language, random: Random): string {
  const vowel = vowels[language].split(' ');
  let word = '';
  for (let syllables = 1 + random.int(3); syllables > 0; syllables--)
    word += pick(random, onsets) + pick(random, vowel);
  return word + pick(random, ends[language].split(' '));
}

/** As a hurried shopper types it: one letter is wrong, missing, doubled or swapped; never the first. */
export function mistyped(word: string, random: Random): string {
  const at = 1 + random.int(Math.max(1, word.length - 2));
  const [before, letter = '', after] = [word.slice(0, at), word[at], word.slice(at + 1)];
  switch (random.int(4)) {
    case 0:
      return before + pick(random, [...'aeiounrst']) + after;
    case 1:
      return before + after;
    case 2:
      return before + letter + letter + after;
    default:
      return before + after.slice(0, 1) + letter + after.slice(1);
  }
}
