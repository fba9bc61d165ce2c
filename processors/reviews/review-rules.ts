// What sends a review to a moderator before shoppers see it, and what is never taken: named rules over what its author wrote.
// Adding one is a function, an entry in a list, a test. They find what is suspicious, not what is false.
import { looksLikeCard } from '../../base/card-number.ts';
import type { ReviewContent, ReviewRefusalReason } from '../../schemas/types.generated.ts';

/** Characters. The gateway's contract says the same. */
const longestTitle = 150;
const longestText = 5_000;
const longestAuthor = 60;

type Words = Pick<ReviewContent, 'title' | 'text'>;
type Rule = (content: Words) => boolean;

const rules: { readonly [finding: string]: Rule } = {
  link: hasLink,
  email: hasEmail,
  phone: hasPhoneNumber,
  shouting: isShouted,
  too_short: isTooShort,
  repetitive: isRepetitive,
};

/** Names of the rules that spoke, and what the gateway found; none if it may be published at once. */
export function reviewFindings(content: ReviewContent): string[] {
  const found = Object.entries(rules).filter(([, speaks]) => speaks(content));
  return [...new Set([...found.map(([name]) => name), ...content.flags])];
}

/** Why it isn't taken at all, or undefined. */
export function contentRefusal({ author, rating, title, text }: ReviewContent): ReviewRefusalReason | undefined {
  if (looksLikeCard(title) || looksLikeCard(text)) return 'card_number';
  const isSound =
    Number.isInteger(rating) &&
    rating >= 1 &&
    rating <= 5 &&
    author.length >= 1 &&
    author.length <= longestAuthor &&
    title.length <= longestTitle &&
    text.trim().length >= 1 &&
    text.length <= longestText;
  return isSound ? undefined : 'invalid_content';
}

/** With or without a protocol. `.it` and its like are words, too, where a space was forgotten. */
function hasLink(content: Words): boolean {
  return isIn(
    content,
    /\bhttps?:|\bwww\.|\b[\p{L}\d-]{2,}\.(com|net|org|info|biz|shop|store|online|site|app|io|ru|cn|de|fr|nl|pl|ch|eu|uk)\b/iu,
  );
}

function hasEmail(content: Words): boolean {
  return isIn(content, /[\p{L}\d._%+-]+\s*(@|\[at\]|\(at\))\s*[\p{L}\d-]+\s*(\.|\[dot\]|\(dot\))\s*\p{L}{2,}/iu);
}

/** Nine digits or more, or seven behind a plus, in groups as people write them; a date or a size is shorter. */
function hasPhoneNumber(content: Words): boolean {
  return isIn(content, /\+\d([\s()./-]{0,2}\d){6,}|(?<![\d.,])\(?\d([\s()./-]{0,2}\d){8,}/u);
}

/** Most letters are capitals; scripts without capitals can't shout. */
function isShouted({ title, text }: Words): boolean {
  const written = `${title} ${text}`;
  const capitals = written.match(/\p{Lu}/gu)?.length ?? 0;
  const small = written.match(/\p{Ll}/gu)?.length ?? 0;
  return capitals >= 20 && capitals > 2 * small;
}

/** It says next to nothing to those who read it. A letter of Chinese says more than one of English. */
function isTooShort({ text }: Words): boolean {
  const letters = text.match(/[\p{L}\d]/gu)?.length ?? 0;
  const ideographs =
    text.match(/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/gu)?.length ?? 0;
  return letters + 2 * ideographs < 6;
}

/** A character, or a phrase, over and over; or few words for many. */
function isRepetitive({ title, text }: Words): boolean {
  if (/([^\s.=_*-])\1{7,}/u.test(text) || /(\b[\p{L}\d]+\b[\s\p{P}]+)\1{3,}/iu.test(`${text} `)) return true;
  const words = `${title} ${text}`.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
  const sentences = text.split(/[.!?\n]+/u).map((each) => each.trim().toLowerCase());
  const long = sentences.filter((each) => each.length >= 12);
  return (words.length >= 20 && new Set(words).size * 4 < words.length) || new Set(long).size < long.length - 1;
}

function isIn({ title, text }: Words, pattern: RegExp): boolean {
  return pattern.test(title) || pattern.test(text);
}
