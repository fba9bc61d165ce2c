// Rules about every text of the repository: markers of unfinished work, this machine's traces, links and paths in the
// documents, exact versions. Checks a link's target inside the tree, never the network.
import { dirname, join, matchesGlob } from 'node:path/posix';
import { matches, type Problem, type Tree } from './tree.ts';

interface TextRule {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Only in these files. */
  readonly files?: string;
}

// In pieces, so that this file keeps its own rule.
const markers = ['FIX' + 'ME', 'TO' + 'DO', 'XX' + 'X', 'HA' + 'CK'].join('|');

const textRules: readonly TextRule[] = [
  {
    rule: 'marker',
    pattern: new RegExp(`(?<!['"\`])\\b(${markers})\\b`, 'g'),
    instead: 'do it now, or say in prose what is missing',
  },
  {
    rule: 'machine-path',
    pattern: /(?<![\w.:/$}~-])\/(work|root|farm|home|Users)\/\w+/g,
    instead: 'use a path from the repository root',
  },
  {
    rule: 'registry-host',
    pattern:
      /\b(registry\.(npmjs|yarnpkg)\.\w+|npm\.pkg\.github\.com|[\w.-]*(artifactory|verdaccio|npmmirror)[\w.-]*\.\w+)/g,
    instead: 'leave the choice of a registry to the machine',
  },
  {
    rule: 'lock-address',
    pattern: /"resolved":/g,
    instead: 'keep omit-lockfile-registry-resolved in .npmrc and write the lock again with npm install',
    files: 'package-lock.json',
  },
];

export function checkTexts(tree: Tree): Problem[] {
  return [...tree].flatMap(([path, text]) =>
    textRules
      .filter(({ files }) => files === undefined || matchesGlob(path, files))
      .flatMap(({ rule, pattern, instead }) =>
        matches(text, pattern).map(({ line, match }) => ({ path, line, rule, text: `${match[0]}: ${instead}` })),
      ),
  );
}

/** Versions are exact, so that a clone of today is the same next year; the lock alone doesn't tell a reader. */
export function checkVersions(tree: Tree): Problem[] {
  const path = 'package.json';
  const text = tree.get(path) ?? '{}';
  const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
  return ['dependencies', 'devDependencies', 'optionalDependencies']
    .flatMap((group) => Object.entries(manifest[group] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => {
      const line = text.split('\n').findIndex((each) => each.includes(`"${name}"`)) + 1;
      return { path, line, rule: 'version', text: `${name} ${version}: write the exact version` };
    });
}

/** Links between documents, their anchors included. */
export function checkLinks(tree: Tree): Problem[] {
  return documents(tree).flatMap(([path, text]) =>
    matches(withoutCode(text), /\]\(([^()\s]+)\)/g).flatMap(({ line, match }) => {
      const link = match[1] ?? '';
      if (/^[a-z]+:/.test(link)) return [];
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!exists(tree, target)) return [{ path, line, rule: 'link', text: `${link}: there is no ${target}` }];
      if (anchor === undefined || headings(tree.get(target) ?? '').includes(anchor)) return [];
      return [{ path, line, rule: 'link', text: `${link}: ${target} has no heading of that name` }];
    }),
  );
}

/**
 * Paths named in the documents exist: code spans like `streams/task.ts` or `views/` whose first part is a folder of the
 * tree. A star or braces stand for at least one file; a span with `<` names what the reader will make.
 */
export function checkPaths(tree: Tree): Problem[] {
  const folders = new Set([...tree.keys()].filter((path) => path.includes('/')).map((path) => path.split('/')[0]));
  return documents(tree)
    .filter(([path]) => path !== 'CHANGELOG.md')
    .flatMap(([path, text]) =>
      matches(blank(text, fenced), /`([^`\s]+)`/g).flatMap(({ line, match }) => {
        const name = (match[1] ?? '').replace(/:\d+$/, '');
        const isPath = /^[\w.{-][\w./*{},-]*$/.test(name) && name.includes('/') && folders.has(name.split('/')[0]);
        if (!isPath || exists(tree, name)) return [];
        return [{ path, line, rule: 'path', text: `${name} does not exist` }];
      }),
    );
}

const fenced = /^(```|~~~)[\s\S]*?^\1/gm;

function documents(tree: Tree): [path: string, text: string][] {
  return [...tree].filter(([path]) => path.endsWith('.md'));
}

function exists(tree: Tree, target: string): boolean {
  const name = target.replace(/\/$/, '');
  if (tree.has(name) || name === '.') return true;
  const isGlob = /[*{]/.test(name);
  return [...tree.keys()].some((path) => path.startsWith(`${name}/`) || (isGlob && matchesGlob(path, name)));
}

function headings(markdown: string): string[] {
  return matches(blank(markdown, fenced), /^#+ +(.*)$/gm).map(({ match }) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

function withoutCode(markdown: string): string {
  return blank(blank(markdown, fenced), /`[^`\n]+`/g);
}

/** Blanks matches out, so that lines keep their numbers. */
function blank(text: string, pattern: RegExp): string {
  return text.replace(pattern, (match) => match.replace(/[^\n]/g, ' '));
}
