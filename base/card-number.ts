// Finds what looks like a payment card's number, so that it is refused before anything could log or store it.
// 13 to 19 digits, in groups parted by spaces or dashes, whose check digit (Luhn) is right. It can't know real ones.

const fewestDigits = 13;
const mostDigits = 19;

/** Digits, and what people write between them. */
const digitRun = /\d(?:[\s\p{Pd}]*\d){12,}/gu;
const separator = /[\s\p{Pd}]+/u;
/** A tenth of all numbers pass Luhn, so a token that is a UUID would now and then look like a card. */
const uuid = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** Whether a string anywhere in `value`, which is JSON, holds a card number; `isExempt` lets a string by. */
export function hasCardNumber(value: unknown, isExempt: (path: readonly string[]) => boolean = never): boolean {
  return search(value, [], isExempt);
}

const never = () => false;

function search(value: unknown, path: string[], isExempt: (path: readonly string[]) => boolean): boolean {
  if (typeof value === 'string') return looksLikeCard(value) && !isExempt(path);
  if (typeof value !== 'object' || value === null) return false;
  for (const [name, part] of Object.entries(value)) {
    if (looksLikeCard(name)) return true;
    path.push(name);
    const found = search(part, path, isExempt);
    path.pop();
    if (found) return true;
  }
  return false;
}

/** Whether `text` contains a card number. */
export function looksLikeCard(text: string): boolean {
  if (text.length < fewestDigits) return false;
  const runs = [...text.normalize('NFKC').replace(uuid, '.').matchAll(digitRun)];
  return runs.some(([run]) => hasCard(run.split(separator)));
}

/** Any neighbouring groups that make up a number: a house number may stand before a card number. */
function hasCard(groups: readonly string[]): boolean {
  for (let first = 0; first < groups.length; first++) {
    let digits = '';
    for (let last = first; last < groups.length && digits.length <= mostDigits; last++) {
      digits += groups[last];
      if (digits.length >= fewestDigits && digits.length <= mostDigits && passesLuhn(digits)) return true;
    }
  }
  return false;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, doubled = false; at >= 0; at--, doubled = !doubled) {
    const digit = digits.charCodeAt(at) - 48;
    sum += doubled ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 === 0;
}
