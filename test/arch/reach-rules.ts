// Rules about what is used: a file that nothing reaches and an export that nobody imports are deleted, not kept.
import { dirname, join, matchesGlob } from 'node:path';
import { isWritten } from './code-rules.ts';
import type { Module } from './modules.ts';
import type { Problem, Tree } from './tree.ts';

/** Where execution begins, besides what package.json's scripts and .ci/run name. The browser loads web/ by itself. */
const entries = ['app/cli.ts', 'bin/*.js', 'test/**/*.test.ts', 'bench/**/*.bench.ts', 'examples/**', 'web/**'];

/** Exports for readers outside this repository; keep it empty or tiny: `path name`. */
const exportsForOthers: readonly string[] = [];

export function checkDeadFiles(modules: readonly Module[], tree: Tree): Problem[] {
  const named = `${scriptsOf(tree)}\n${tree.get('.ci/run') ?? ''}`;
  const reached = new Set<string>();
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const visit = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    const { references = [], strings = [] } = byPath.get(path) ?? {};
    for (const { target } of references) if (target !== undefined) visit(target);
    // A program that is started as a process of its own is named by its path.
    for (const { name } of strings) {
      for (const named of [name, join(dirname(path), name)]) if (byPath.has(named)) visit(named);
    }
  };
  for (const { path } of modules) {
    if (entries.some((glob) => matchesGlob(path, glob)) || named.includes(path)) visit(path);
  }
  const text = 'no entry reaches it: import it, name it in a script of package.json, or delete it';
  return modules
    .filter(({ path }) => !reached.has(path) && !path.endsWith('.d.ts'))
    .map(({ path }) => ({ path, line: 1, rule: 'dead-file', text }));
}

/**
 * A value must be imported by another file. A type may also just be the vocabulary of its own file: to be named in a
 * signature there is enough.
 */
export function checkDeadExports(modules: readonly Module[]): Problem[] {
  const taken = takenNames(modules);
  return modules.filter(isWritten).flatMap(({ path, exports, uses }) => {
    const imported = taken.get(path) ?? new Set();
    if (imported.has('*')) return [];
    const named = new Set(uses.map(({ name }) => name));
    return exports
      .filter(({ name, isType }) => !imported.has(name) && !(isType && named.has(name)))
      .filter(({ name }) => !exportsForOthers.includes(`${path} ${name}`))
      .map(({ name, line }) => {
        const text = `${name} is imported nowhere: drop the word export, or delete it`;
        return { path, line, rule: 'dead-export', text };
      });
  });
}

/** A code of the catalogue that no module names is never thrown. */
export function checkDeadCodes(modules: readonly Module[], codes: readonly string[]): Problem[] {
  const named = new Set(modules.flatMap(({ strings }) => strings.map(({ name }) => name)));
  return codes
    .filter((code) => !named.has(code))
    .map((code) => {
      const text = `${code} is thrown nowhere: throw it, or delete the entry`;
      return { path: 'base/error-catalogue.ts', line: 1, rule: 'dead-code', text };
    });
}

/** What others take of each file, by its path. */
function takenNames(modules: readonly Module[]): Map<string, Set<string>> {
  const taken = new Map<string, Set<string>>();
  for (const { path, references } of modules) {
    for (const { target, names, kind } of references) {
      if (target === undefined || target === path || kind === 'path') continue;
      const known = taken.get(target) ?? new Set();
      for (const name of names) known.add(name);
      taken.set(target, known);
    }
  }
  return taken;
}

function scriptsOf(tree: Tree): string {
  const { scripts = {} } = JSON.parse(tree.get('package.json') ?? '{}') as { scripts?: Record<string, string> };
  return Object.values(scripts).join('\n');
}
