// Dockerfile and .dockerignore, read as far as the tests need it: instructions by stage, and what the context leaves out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../arch/tree.ts';

export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

export interface Dockerfile {
  readonly instructions: readonly Instruction[];
  /** Those of the last stage, which is what runs. */
  readonly last: readonly Instruction[];
  /** ENV of the last stage. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the last stage copies from the context, by path from the root. */
  readonly copied: readonly string[];
}

export function readDockerfile(text = readFileSync(join(root, 'Dockerfile'), 'utf8')): Dockerfile {
  const lines = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ');
  const instructions = lines.split('\n').flatMap((line): Instruction[] => {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return word === undefined || rest === undefined ? [] : [{ word, rest }];
  });
  const last = instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'));
  const pairs = last.filter(({ word }) => word === 'ENV').flatMap(({ rest }) => rest.split(/\s+/));
  return {
    instructions,
    last,
    environment: Object.fromEntries(pairs.map((pair) => pair.split('='))),
    copied: copiedBy(last),
  };
}

/** What COPY takes from the context, not from another stage. */
export function copiedBy(instructions: readonly Instruction[]): string[] {
  return instructions
    .filter(({ word, rest }) => word === 'COPY' && !rest.includes('--from='))
    .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
}

/** Whether .dockerignore keeps a path out of the context: the last rule that matches it or a folder of it decides. */
export function isIgnored(path: string, text = readFileSync(join(root, '.dockerignore'), 'utf8')): boolean {
  const parts = path.split('/');
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const rules = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return rules.reduce((ignored, rule) => {
    const pattern = patternOf(rule.replace(/^!/, ''));
    return paths.some((each) => pattern.test(each)) ? !rule.startsWith('!') : ignored;
  }, false);
}

/** A star stands for anything in a part of a path, a dot in front included; two for any parts, or none. */
function patternOf(glob: string): RegExp {
  const parts = glob.split(/(\*\*\/|\*)/).map((part) => {
    if (part === '**/') return '(.*/)?';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
