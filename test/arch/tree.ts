// The source tree as the architecture tests see it: every file that could be committed, by path from the root.
// What .gitignore names is left out; nothing else is, so an unfinished file counts as soon as it is saved.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Texts by path from the root, with `/` between the parts. Binary files are there with empty text. */
export type Tree = ReadonlyMap<string, string>;

/** A broken rule, at a place; `text` says what is wrong and what to do instead. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly text: string;
}

const textFiles =
  /(^|\/)[^./]+$|\.(ts|js|mjs|json|avsc|md|ya?ml|css|html|sh|txt|csv|svg|example|toml|xml|sql|ndjson)$|(^|\/)\.\w+$/;

/** Reads the working tree below `directory`. */
export function loadTree(directory: string = root): Tree {
  const gitignore = join(directory, '.gitignore');
  const ignored = existsSync(gitignore) ? readFileSync(gitignore, 'utf8').split('\n').filter(Boolean) : [];
  const skip = ignored.map((line) => line.replace(/\/$/, '')).concat('.git');
  const tree = new Map<string, string>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(directory, folder), { withFileTypes: true })) {
      if (skip.some((pattern) => matchesGlob(entry.name, pattern))) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) tree.set(path, textFiles.test(path) ? readFileSync(join(directory, path), 'utf8') : '');
    }
  };
  visit('');
  return tree;
}

/** One line a problem, ready to click on: `path:line: [rule] text`. */
export function format(problems: readonly Problem[]): string {
  const lines = problems.map(({ path, line, rule, text }) => `${path}:${line}: [${rule}] ${text}`);
  return `${problems.length} broken:\n${lines.join('\n')}\n`;
}

/** Every match of `pattern` (it must be global), with its line. */
export function matches(text: string, pattern: RegExp): { readonly line: number; readonly match: RegExpExecArray }[] {
  return [...text.matchAll(pattern)].map((match) => ({ line: lineAt(text, match.index), match }));
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
