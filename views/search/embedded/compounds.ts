// Languages that write words together: `Kinderschuhe` is also found by `Kinder` and by `Schuhe`. Which part is a word
// nobody asks: every beginning and end is one that is long enough.

const languages = new Set(['de', 'nl']);
const shortestPart = 4;
/** What is left of a word without the part. */
const shortestRest = 3;

export function isCompounding(language: string): boolean {
  return languages.has(language);
}

/** Beginnings and ends of a stem. */
export function partsOf(stem: string): string[] {
  const parts: string[] = [];
  for (let length = shortestPart; length <= stem.length - shortestRest; length++) {
    parts.push(stem.slice(0, length), stem.slice(-length));
  }
  return parts;
}

export function isPartOf(part: string, stem: string): boolean {
  if (part.length < shortestPart || part.length > stem.length - shortestRest) return false;
  return stem.startsWith(part) || stem.endsWith(part);
}
