// A part of a document that a program writes, between two comments; all else of it is written by hand.
import { readFileSync, writeFileSync } from 'node:fs';

export const performancePage = new URL('../docs/performance.md', import.meta.url);

/**
 * Puts `lines` between `<!-- name -->` and `<!-- end of name -->`; a section that isn't there yet is made in front of
 * `<!-- ${before} -->`. @throws Error if the document lacks both
 */
export function writeSection(document: URL, name: string, lines: readonly string[], before?: string): void {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  let text = readFileSync(document, 'utf8');
  const place = `<!-- ${before} -->`;
  if (before !== undefined && !text.includes(start))
    text = text.replace(place, () => [start, end, '', place].join('\n'));
  const [above, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (above === undefined || after === undefined) throw new Error(`${document.pathname} has no ${start} ... ${end}`);
  writeFileSync(document, [above, start, '\n\n', lines.join('\n'), '\n\n', end, after].join(''));
}

/** A row a line, heads first. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
