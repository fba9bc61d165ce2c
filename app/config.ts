// Reads the settings once, from flags and environment; the only reader of process.env. Flags win over variables,
// variables over the file .env, that over defaults. The result is whole, checked and frozen, or there is none.
import { existsSync, readFileSync } from 'node:fs';
import { inspect, parseEnv } from 'node:util';
import { StockstreamError } from '../base/errors.ts';
import { type Broken, isLoopback, relations } from './config-relations.ts';
import { type Config, type ConfigValues, type Part, validator } from './config-schema.ts';
import type { Setting } from './setting.ts';
import { flagOf, type SettingName, settingEntries, settings, variableOf } from './settings.ts';

export interface ConfigSources {
  /** By setting name, as commander's `opts()` gives them; undefined where no flag was given. Others are ignored. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly parts: readonly Part[];
  /** Default: the process's environment, over the file .env of the working directory. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** @throws CONFIG_INVALID with every problem at once, a line each */
export function readConfig({ flags, parts, env = environment() }: ConfigSources): Config {
  const given = new Map<SettingName, Given>();
  const values: Record<string, unknown> = {};
  for (const [name, setting] of settingEntries) {
    const [from, raw] =
      flags[name] === undefined ? [variableOf(name), env[variableOf(name)]] : [flagOf(name), flags[name]];
    const isGiven = raw !== undefined && raw !== '';
    if (isGiven) given.set(name, { from, raw });
    const value = isGiven ? parse(raw, setting) : setting.default;
    if (value !== undefined) values[name] = value;
  }
  const bad = badValues(values, given);
  // Relations are looked at even so, with defaults in place of bad values, to tell all problems at once.
  for (const { setting } of bad) values[setting] = settings[setting].default;
  const config = withDefaults(values as ConfigValues, parts);
  const broken = relations.flatMap((relation) => relation(config, parts) ?? []);
  const problems = [...bad, ...broken.filter(({ setting }) => !bad.some((known) => known.setting === setting))];
  if (problems.length > 0) throw invalid(problems, given);
  return Object.freeze(config);
}

/** A value as it was given, and the flag or variable that gave it. */
interface Given {
  readonly from: string;
  readonly raw: unknown;
}

/** Text that makes no sense stays text, so that the schema refuses it. */
function parse(raw: unknown, { kind }: Setting): unknown {
  if (typeof raw !== 'string') return raw;
  if (kind === 'integer' && /^-?\d+$/.test(raw)) return Number(raw);
  if (kind === 'boolean' && /^(true|yes|on|1)$/i.test(raw)) return true;
  if (kind === 'boolean' && /^(false|no|off|0)$/i.test(raw)) return false;
  if (kind === 'list') return Object.freeze(raw.split(',').flatMap((item) => item.trim() || []));
  return raw;
}

function badValues(values: object, given: ReadonlyMap<SettingName, Given>): Broken[] {
  const names = new Set<string | undefined>(
    validator.Errors(values).map(({ instancePath }) => instancePath.split('/')[1]),
  );
  return settingEntries
    .filter(([name]) => names.has(name))
    .map(([name, { expected, secret }]) => {
      const shown = secret ? 'the value (hidden)' : JSON.stringify(given.get(name)?.raw);
      return { setting: name, problem: `${shown} is of no use`, remedy: `give ${expected}` };
    });
}

function withDefaults(values: ConfigValues, parts: readonly Part[]): Config {
  const demo = values.demo ?? (parts.length === 2 && isLoopback(values.host));
  const traffic = values.traffic ?? (demo && values.log === 'embedded' && values.payments !== 'stripe');
  const config = { ...values, demo, traffic };
  const shown = () => {
    const hidden = settingEntries.filter(([name, { secret }]) => secret && config[name] !== undefined);
    return { ...config, ...Object.fromEntries(hidden.map(([name]) => [name, '(hidden)'])) };
  };
  Object.defineProperty(config, 'toJSON', { value: shown });
  Object.defineProperty(config, inspect.custom, { value: shown });
  return config;
}

function invalid(broken: readonly Broken[], given: ReadonlyMap<SettingName, Given>): StockstreamError {
  const problems = broken.map(({ setting, problem, remedy }) => {
    const from = given.get(setting)?.from ?? `${flagOf(setting)} or ${variableOf(setting)}`;
    return `  ${from}: ${problem}; ${remedy}.`;
  });
  return new StockstreamError('CONFIG_INVALID', { problems: problems.join('\n') });
}

function environment(): Record<string, string | undefined> {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...file, ...process.env };
}
