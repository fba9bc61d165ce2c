// A part of a document that a program writes, between two comments; all else of it is written by hand.
import { readFileSync, writeFileSync } from 'node:fs';

/** Puts `lines` between `<!-- name -->` and `<!-- end of name -->`. @throws Error if the document lacks them */
export function writeSection(document: URL, name: string, lines: readonly string[]): void {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const text = readFileSync(document, 'utf8');
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${document.pathname} has no ${start} ... ${end}`);
  writeFileSync(document, [before, start, '\n\n', lines.join('\n'), '\n\n', end, after].join(''));
}

/** A row a line, heads first. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
