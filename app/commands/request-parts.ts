// What verbs make requests of: the options that were given, as a query or a body, and JSON from the command line or a file.
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { reasonOf } from '../../base/errors.ts';
import type { Flags } from './operator-verb.ts';

export function given(flags: Flags, names: readonly string[]): { readonly [name: string]: unknown } {
  return Object.fromEntries(names.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]));
}

export function queryOf(fields: { readonly [name: string]: unknown }): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query}`;
}

export function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(reasonOf(error));
  }
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`It is no JSON: ${reasonOf(error)}`);
  }
}
