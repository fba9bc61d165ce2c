// Postal codes as the delivery network compares them: letters and digits alone, in upper case. An area lists beginnings
// (`10`) and ranges (`10115..14199`); a range is the same as some beginnings.

const beginning = /^[A-Z0-9]{0,10}$/;
const range = /^([A-Z0-9]{1,10})\.\.([A-Z0-9]{1,10})$/;

/** `sw1a 1aa` -> `SW1A1AA`; the dots of a range stay. */
export function normalPostalCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9.]/g, '');
}

/** Whether it is a beginning, or a range from a lower to a higher code of the same form; both in normal form. */
export function isPostalCodes(text: string): boolean {
  return beginning.test(text) || beginningsIn(text).length > 0;
}

/**
 * The beginnings that a range stands for, as few as possible: `10..29` -> `1`, `2`. A beginning stands for itself, and
 * what is neither for nothing. Digits count from 0 to 9, letters from A to Z, each in its place.
 */
export function beginningsIn(text: string): readonly string[] {
  if (beginning.test(text)) return [text];
  const [, from = '', to = ''] = range.exec(text) ?? [];
  const isSound = from !== '' && from <= to && alphabets(from).join() === alphabets(to).join();
  return isSound ? cover('', from, to) : [];
}

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function alphabets(code: string): readonly string[] {
  return [...code].map((character) => (digits.includes(character) ? digits : letters));
}

/** All codes that begin with `before` and go on from `from` to `to`. */
function cover(before: string, from: string, to: string): string[] {
  const places = alphabets(from);
  const lowest = places.map((alphabet) => alphabet[0]).join('');
  const highest = places.map((alphabet) => alphabet.at(-1)).join('');
  if (from === lowest && to === highest) return [before];
  const [first = '', last = ''] = [from[0], to[0]];
  if (first === last) return cover(before + first, from.slice(1), to.slice(1));
  const between = [...(places[0] ?? '')].filter((each) => each > first && each < last);
  return [
    ...cover(before + first, from.slice(1), highest.slice(1)),
    ...between.map((each) => before + each),
    ...cover(before + last, lowest.slice(1), to.slice(1)),
  ];
}
