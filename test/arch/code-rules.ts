// Rules about code, from style.md's kin in HACKING.md: sizes, banned calls, topic names. Biome (biome.json) does what it
// can: console, process.env, timers, parameter counts; here is the rest.
import { basename, matchesGlob } from 'node:path';
import type { Module } from './modules.ts';
import type { Problem, Tree } from './tree.ts';

const maxFileLines = 400;
const maxFunctionLines = 70;

/** Where a program may ask the machine for time and chance: the leaves, adapters, the wiring, and what isn't the product. */
const atTheEdge = ['{base,app,test,bench,examples,web}/**', '{log,state}/*/**', '{views,effects,gateway}/*/*/**'];

interface Ban {
  readonly use: RegExp;
  readonly instead: string;
}

const banned: readonly Ban[] = [
  { use: /^(Date\.now|new Date\(\))$/, instead: 'context.now in a processor, else clock.now() of base/clock.ts' },
  { use: /^(performance\.now|process\.hrtime)$/, instead: 'clock.monotonic() of base/clock.ts' },
  { use: /^Math\.random$/, instead: 'random.next() of base/random.ts' },
  { use: /^(crypto\.)?(randomUUID|getRandomValues)$/, instead: 'random.uuid() of base/random.ts' },
];

export function checkBannedUses(modules: readonly Module[]): Problem[] {
  return modules
    .filter(({ path }) => !atTheEdge.some((glob) => matchesGlob(path, glob)))
    .flatMap(({ path, uses }) =>
      uses.flatMap(({ name, line }) => {
        const ban = banned.find(({ use }) => use.test(name));
        return ban ? [{ path, line, rule: 'banned', text: `${name}: take ${ban.instead} as an argument` }] : [];
      }),
    );
}

export function checkSizes(modules: readonly Module[], tree: Tree): Problem[] {
  return modules.filter(isWritten).flatMap(({ path, functions }) => {
    const lines = tree.get(path)?.split('\n').length ?? 0;
    const problems: Problem[] = functions
      .filter((found) => found.lines > maxFunctionLines)
      .map((found) => {
        const text = `${found.name} has ${found.lines} lines, ${maxFunctionLines} at most: split it by what it does`;
        return { path, line: found.line, rule: 'function-size', text };
      });
    const text = `${lines - 1} lines, ${maxFileLines} at most: split it by concept`;
    if (lines - 1 > maxFileLines) problems.push({ path, line: lines, rule: 'file-size', text });
    return problems;
  });
}

/** Every file says first what its role is; generated ones say what made them. */
export function checkOpenings(modules: readonly Module[], tree: Tree): Problem[] {
  const text = 'open the file with 1 to 5 sentences: its role, and what it does not promise';
  return modules
    .filter(({ path }) => !/^(#!.*\n)?\/[/*]/.test(tree.get(path) ?? ''))
    .map(({ path }) => ({ path, line: 1, rule: 'opening', text }));
}

/**
 * Topic names come from schemas/topics.ts. A plain word (`orders`) means other things elsewhere, so only the wiring is
 * held to those; and a thing may always be named as its file is.
 */
export function checkTopicNames(modules: readonly Module[], names: ReadonlySet<string>): Problem[] {
  const free = ['{schemas,test,bench,examples,docs,web}/**'];
  const wiring = ['{topologies,streams,state,log}/**'];
  return modules
    .filter(({ path }) => !free.some((glob) => matchesGlob(path, glob)))
    .flatMap(({ path, strings }) =>
      strings
        .filter(({ name }) => names.has(name) && name !== basename(path, '.ts'))
        .filter(({ name }) => name.includes('-') || wiring.some((glob) => matchesGlob(path, glob)))
        .map(({ name, line }) => ({ path, line, rule: 'topic', text: `'${name}': take it from schemas/topics.ts` })),
    );
}

/** Files that a person wrote. */
export function isWritten({ path }: { readonly path: string }): boolean {
  return !path.endsWith('.generated.ts');
}
