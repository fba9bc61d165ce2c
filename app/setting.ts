// What a setting is, and the kinds of values that settings have: text, URLs, numbers, choices, lists, switches.
import { type Static, type TSchema, Type } from 'typebox';

/** Headings of `--help` and docs/settings.md, in their order. */
export type SettingGroup =
  | 'Log'
  | 'Worker'
  | 'Checkpoints'
  | 'Views'
  | 'Archive'
  | 'Files'
  | 'Feeds'
  | 'Gateway'
  | 'Payments'
  | 'Shipping'
  | 'Mail'
  | 'Demo'
  | 'Process';

export interface Setting<Schema extends TSchema = TSchema> {
  readonly group: SettingGroup;
  readonly doc: string;
  readonly kind: 'text' | 'integer' | 'boolean' | 'list';
  readonly schema: Schema;
  /** What stands for the value in `--help`: `--port <n>`. */
  readonly placeholder: string;
  /** The good values in words: "give ...". */
  readonly expected: string;
  /** Undefined for an optional setting; `doc` says what happens then. */
  readonly default: Static<Schema> | undefined;
  /** Never shown: not in problems, not when the config is printed. */
  readonly secret: boolean;
}

interface About<Value> {
  readonly group: SettingGroup;
  readonly doc: string;
  readonly default?: Value;
  readonly secret?: true;
}

/** A setting that has no value unless one is given, or whose default depends on others. */
export function optional<Schema extends TSchema>(about: Setting<Schema>) {
  return { ...about, schema: Type.Optional(about.schema) };
}

function setting<Schema extends TSchema>(
  about: About<Static<Schema>>,
  shape: Pick<Setting<Schema>, 'kind' | 'schema' | 'placeholder' | 'expected'>,
): Setting<Schema> {
  return { ...shape, group: about.group, doc: about.doc, default: about.default, secret: about.secret ?? false };
}

export function text(placeholder: string, expected: string, about: About<string> & { pattern: RegExp }) {
  const schema = Type.String({ pattern: about.pattern.source });
  return setting(about, { kind: 'text', schema, placeholder, expected });
}

export function url(example: string, about: About<string>) {
  const pattern = `^${example.slice(0, example.indexOf(':'))}s?(\\+srv)?://[^\\s/]+`;
  return setting(about, {
    kind: 'text',
    schema: Type.String({ pattern }),
    placeholder: 'url',
    expected: `a URL like ${example}`,
  });
}

export function integer(minimum: number, maximum: number, about: About<number>) {
  const schema = Type.Integer({ minimum, maximum });
  return setting(about, {
    kind: 'integer',
    schema,
    placeholder: 'n',
    expected: `a whole number from ${minimum} to ${maximum}`,
  });
}

export function choice<const Value extends string>(values: readonly Value[], about: About<Value>) {
  const schema = Type.Unsafe<Value>({ type: 'string', enum: values });
  return setting(about, {
    kind: 'text',
    schema,
    placeholder: 'name',
    expected: `one of ${values.join(', ')}`,
  });
}

export function list(item: string, pattern: RegExp, about: About<string[]>) {
  const schema = Type.Array(Type.String({ pattern: pattern.source }), { minItems: 1 });
  return setting(about, {
    kind: 'list',
    schema,
    placeholder: 'list',
    expected: `${item}, several separated by commas`,
  });
}

export function boolean(about: About<boolean>) {
  return setting(about, { kind: 'boolean', schema: Type.Boolean(), placeholder: '', expected: 'true or false' });
}
