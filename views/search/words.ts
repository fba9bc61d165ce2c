// Words of a text as shoppers type it, and how two of them are told to be the same. Engines split and stem for
// themselves; this is what decides where a word of a query begins and ends.

/**
 * Runs of letters and digits, with a point or comma between digits (`3.5`) and an apostrophe between letters (`men's`).
 */
export const wordPattern = /\p{N}+(?:[.,]\p{N}+)+[\p{L}\p{M}]*|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu;

/** Lower case, compatibility forms made plain, marks kept; apostrophes are straight. */
export function wordsOf(text: string): readonly string[] {
  return (text.normalize('NFKC').toLowerCase().match(wordPattern) ?? []).map((each) => each.replaceAll('’', "'"));
}

const letters: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** Without marks: `Müller` is `muller`, `ß` is `ss`. */
export function fold(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.replaceAll(/[ßæœøłđı]/g, (letter) => letters[letter] ?? letter);
}

const endings: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  en: [
    [/'s$/, ''],
    [/ies$/, 'y'],
    [/(?<=sh|ch|x|z|ss)es$/, ''],
    [/(?<![sui])s$/, ''],
  ],
  de: [[/(en|er|es|e|n|s)$/, '']],
  fr: [
    [/^(l|d|j|m|t|s|n|qu)'/, ''],
    [/(?<=au|eu)x$/, ''],
    [/s$/, ''],
  ],
  es: [[/(?<=[dlnrz])es$|(?<=[aeo])s$/, '']],
};

/**
 * The same for the plain forms of a noun, so that a synonym for `sneaker` is one for `sneakers`. It is no stem: nothing
 * is searched by it.
 */
export function looseForm(word: string, language: string): string {
  const folded = fold(word);
  if (folded.length < 4) return folded;
  for (const [ending, instead] of endings[language] ?? []) {
    const shorter = folded.replace(ending, instead);
    if (shorter !== folded && shorter.length > 2) return shorter;
  }
  return folded;
}

const stopWords: Readonly<Record<string, ReadonlySet<string>>> = {
  en: setOf('a an and are at by for from in is of on or that the this to with'),
  de: setOf(
    'am an auf aus bei das dem den der des die ein eine einem einen einer eines für im in mit oder und von zu zum zur',
  ),
  fr: setOf("à au aux avec d' dans de des du en et l' la le les ou par pour sur un une"),
  es: setOf('a al con de del el en la las los o para por un una unas unos y'),
};

/** Whether a word of a text says nothing of a thing: `for`. */
export function isStopWord(word: string, language: string): boolean {
  return stopWords[language]?.has(word) ?? false;
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
