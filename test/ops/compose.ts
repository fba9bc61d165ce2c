// docker-compose.yml as Docker Compose would take it: aliases and merges resolved, variables filled in. It knows the
// forms of variables that the file uses, no others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../arch/tree.ts';
import type { Compose, Service } from './compose-schema.ts';

type Environment = Readonly<Record<string, string>>;

/** What has to be set, and is not in the repository. */
const secrets: Environment = { STOCKSTREAM_JWT_SECRET: 'correct-horse-battery-staple-0123456789' };

/** Parsed and filled in, without the `x-` parts; not checked. @throws if a variable is missing that must be set */
export function readCompose(env: Environment = secrets): unknown {
  const whole = readYaml('docker-compose.yml') as Record<string, unknown>;
  const parts = Object.entries(whole).filter(([name]) => !name.startsWith('x-'));
  return filledIn(Object.fromEntries(parts), env);
}

/** For tests that take the shape for granted: compose.test.ts checks it. */
export function loadCompose(env: Environment = secrets): Compose {
  return readCompose(env) as Compose;
}

/** A YAML file of the repository. */
export function readYaml(path: string): unknown {
  return parse(readFileSync(join(root, path), 'utf8'), { merge: true, strict: true, uniqueKeys: true });
}

export const isOnce = ({ restart }: Service): boolean => restart.startsWith('on-failure');

/** Whether it runs our image. */
export const isOurs = ({ image }: Service): boolean => image.startsWith('stockstream:');

/** `address:host:container` of each port. */
export function portsOf({ ports = [] }: Service) {
  return ports.map((port) => {
    const [address = '', host, container] = port.split(':');
    return { address, host: Number(host), container: Number(container) };
  });
}

/** `from:to` or `from:to:ro` of each volume; `from` with a slash is a path of the repository, else a volume's name. */
export function volumesOf({ volumes = [] }: Service) {
  return volumes.map((volume) => {
    const [from = '', to = '', mode] = volume.split(':');
    return { from, to, isPath: from.includes('/'), isReadOnly: mode === 'ro' };
  });
}

/** Seconds of `1m30s`. */
export function seconds(duration = ''): number {
  const [, minutes = 0, rest = 0] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(rest);
}

function filledIn(value: unknown, env: Environment): unknown {
  if (typeof value === 'string') return interpolate(value, env);
  if (Array.isArray(value)) return value.map((item) => filledIn(item, env));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item, env)]));
}

/** `$$`, `${NAME:-default}` and `${NAME:?message}`. */
function interpolate(text: string, env: Environment): string {
  return text.replace(/\$(\$|\{[^}]*\})?/g, (form) => {
    if (form === '$$') return '$';
    const [, name = '', kind, rest = ''] = /^\$\{(\w+):([-?])([^}]*)\}$/.exec(form) ?? [];
    if (kind === undefined) throw new Error(`${form} of "${text}" is no variable that this test knows`);
    const value = env[name] ?? '';
    if (value !== '') return value;
    if (kind === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
    return rest;
  });
}
