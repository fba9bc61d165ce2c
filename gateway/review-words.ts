// Words that a shop doesn't want to stand below its products before somebody has looked: a list of its own, or a short one of
// the rudest. Spelling with digits and stretched letters is seen through; what words mean together isn't.

/** Unless the shop has a list. English and German. */
export const rudeWords: readonly string[] = [
  'asshole',
  'bastard',
  'bitch',
  'cunt',
  'fuck',
  'fucking',
  'motherfucker',
  'shit',
  'arschloch',
  'fotze',
  'hurensohn',
  'scheisse',
  'wichser',
];

const letterOf: { readonly [sign: string]: string } = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  '@': 'a',
  $: 's',
  ß: 'ss',
};

/** A function that tells whether a text holds one of the words. */
export function wordFinder(words: readonly string[]): (text: string) => boolean {
  const known = new Set(words.map(plain));
  return (text) => {
    const found = text.match(/[\p{L}\p{M}\d@$]+/gu) ?? [];
    return found.some((word) => known.has(plain(word)));
  };
}

/** Without case, accents, signs in place of letters, and letters that are written again and again. */
function plain(word: string): string {
  const letters = word.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '');
  return letters.replace(/[01345@$ß]/gu, (sign) => letterOf[sign] ?? sign).replace(/(.)\1+/gu, '$1');
}
