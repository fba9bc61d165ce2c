// Checks references between modules against tables: direction, packages, cycles. The tables stand in imports.test.ts.
import { isBuiltin } from 'node:module';
import { matchesGlob } from 'node:path';
import type { Module, Reference } from './modules.ts';
import type { Problem } from './tree.ts';

/**
 * One room: `files` is a glob, `may` are globs of what it may import besides its own files, or `any` for all but
 * `never`. `types:` before a glob allows type imports alone.
 */
export interface Room {
  readonly files: string;
  readonly may: readonly string[] | 'any';
  readonly never?: readonly string[];
}

/** Who may import a package: a name (or `@scope/*`, `node:*`) to the globs of files. */
export type PackageTable = Readonly<Record<string, readonly string[]>>;

/** The first room whose glob matches holds the file; a file in no room is a problem of its own. */
export function checkDirections(modules: readonly Module[], rooms: readonly Room[]): Problem[] {
  return modules.flatMap((module) => {
    const room = rooms.find(({ files }) => matchesGlob(module.path, files));
    if (!room) return [problem(module.path, 1, 'room', 'belongs to no room: add it to the table in imports.test.ts')];
    return module.references.flatMap((reference) => {
      const { target, line } = reference;
      if (target === undefined && reference.specifier.startsWith('.')) {
        return [problem(module.path, line, 'import', `${reference.specifier} does not exist`)];
      }
      if (target === undefined || isAllowed(module.path, room, reference)) return [];
      const may = room.may === 'any' ? `anything but ${room.never?.join(', ')}` : room.may.join(', ') || 'nothing else';
      const advice = `${room.files} may import its own files and ${may}. Pass it in as an argument, or move it.`;
      return [problem(module.path, line, 'import', `may not import ${target}: ${advice}`)];
    });
  });
}

function isAllowed(path: string, room: Room, { target, typeOnly }: Reference): boolean {
  if (target === undefined || matchesGlob(target, ownFiles(path, room.files))) return true;
  if (room.may === 'any') return !room.never?.some((glob) => matchesGlob(target, glob));
  return room.may.some((glob) => {
    const [, types, pattern] = /^(types:)?(.*)$/.exec(glob) ?? [];
    return matchesGlob(target, pattern ?? glob) && (types === undefined || typeOnly);
  });
}

// A folder that a star stands for owns itself alone: log/kafka/fetcher.ts shares files with log/kafka, not log/embedded.
function ownFiles(path: string, files: string): string {
  const pathParts = path.split('/');
  const globParts = files.split('/');
  const last = globParts.length - 1;
  return globParts.map((part, at) => (part === '*' && at < last ? (pathParts[at] ?? part) : part)).join('/');
}

/** Every package that is imported must be in the table, for that folder. Built-in modules go by `node:name`, else `node:*`. */
export function checkPackages(modules: readonly Module[], table: PackageTable): Problem[] {
  return modules.flatMap((module) =>
    module.references.flatMap(({ kind, specifier, line }) => {
      if (kind === 'path' || specifier.startsWith('.')) return [];
      const name = packageName(specifier);
      const folders = table[name] ?? table[scopeOf(name)] ?? [];
      if (folders.some((glob) => matchesGlob(module.path, glob))) return [];
      const where = folders.length > 0 ? `only ${folders.join(', ')} may` : 'it is not in the table of imports.test.ts';
      return [problem(module.path, line, 'package', `may not import ${name}: ${where}. Go through the port instead.`)];
    }),
  );
}

function packageName(specifier: string): string {
  if (isBuiltin(specifier)) return specifier.replace(/^(?!node:)/, 'node:').replace(/\/.*/, '');
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function scopeOf(name: string): string {
  if (name.startsWith('node:')) return 'node:*';
  return name.replace(/\/.*/, '/*');
}

/**
 * Cycles of imports, each once. Type imports don't count: they are gone when the program runs, and two files of a folder
 * may well speak of each other's types; between rooms the directions forbid them anyway. Nor does a path in a string,
 * which starts another thread or process.
 */
export function checkCycles(modules: readonly Module[]): Problem[] {
  const runs = ({ kind, typeOnly }: Reference) => kind !== 'path' && !typeOnly;
  const edges = new Map(modules.map(({ path, references }) => [path, references.filter(runs)]));
  const problems: Problem[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const visit = (path: string) => {
    state.set(path, 'open');
    trail.push(path);
    for (const { target, line } of edges.get(path) ?? []) {
      if (target === undefined || state.get(target) === 'done') continue;
      if (state.get(target) === 'open') {
        const cycle = trail.slice(trail.indexOf(target)).concat(target).join(' -> ');
        problems.push(problem(path, line, 'cycle', `${cycle}. Move what both need into a file of its own.`));
      } else visit(target);
    }
    trail.pop();
    state.set(path, 'done');
  };
  for (const { path } of modules) if (!state.has(path)) visit(path);
  return problems;
}

function problem(path: string, line: number, rule: string, text: string): Problem {
  return { path, line, rule, text };
}
