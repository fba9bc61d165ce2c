// Writes TypeScript that encodes and decodes the current schemas: two functions a record, list, map and union, straight
// code over codec.ts. A record that several schemas use is there once. What avsc does beyond that (a field that isn't there
// takes its default, names of faults) the functions leave to avsc: they throw.
import { isUnion, type Schemas } from './assemble.ts';
import { type AvroDefinition, type AvroSchema, shortName } from './avro.ts';

/** How one type is written and read: expressions, the first for the value that an expression gives. */
interface Part {
  /** What the functions of a list, map or union of it are named after. */
  readonly name: string;
  readonly type: string;
  /** Gives the end. */
  readonly write: (value: string) => string;
  readonly read: string;
}

interface FunctionPair {
  readonly name: string;
  readonly type: string;
  readonly write: readonly string[];
  readonly read: readonly string[];
}

const scalar = (name: string, type: string, method = name.toLowerCase()): Part => ({
  name,
  type,
  write: (value) => `write${name}(target, at, ${value})`,
  read: `reader.${method}()`,
});

const scalars: { readonly [avro: string]: Part } = {
  boolean: scalar('Boolean', 'boolean'),
  int: scalar('Int', 'number'),
  long: scalar('Long', 'number', 'int'),
  double: scalar('Double', 'number'),
  string: scalar('Text', 'string'),
};

/** The whole file's text, the same for the same schemas. @throws Error naming a type that it knows nothing of */
export function writeCodecs(schemas: Schemas): string {
  const writer = new CodecWriter();
  const entries = [...schemas].map(([name, schema]) => {
    writer.part(schema, name);
    return `  ${name}: { write: write${name}, read: read${name} },`;
  });
  const names = [...schemas.keys()].map((name) => `  readonly ${name}: Codec<${name}>;`);
  const blocks = [
    '// Written by `npm run generate` from the .avsc files: do not edit.',
    `import {\n${runtime.map((name) => `  ${name},`).join('\n')}\n} from './codec.ts';`,
    `import type {\n${[...writer.types]
      .sort()
      .map((name) => `  ${name},`)
      .join('\n')}\n} from './types.generated.ts';`,
    ...writer.blocks,
    `/** By record name. */\nexport const codecs: {\n${names.join('\n')}\n} = {\n${entries.join('\n')}\n};`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

const runtime = [
  'type AvroReader',
  'type Codec',
  'numbersOf',
  'unfit',
  ...Object.values(scalars).map(({ name }) => `write${name}`),
  'writeLength',
  'writeSymbol',
];

class CodecWriter {
  readonly blocks: string[] = [];
  /** Those that the functions name. */
  readonly types = new Set<string>();
  readonly #written = new Set<string>();
  readonly #known = new Map<string, Part>();

  /** `within`: what a union is named after. */
  part(schema: AvroSchema, within: string): Part {
    if (typeof schema === 'string') return scalars[schema] ?? this.#known.get(schema) ?? refuse(schema, within);
    if (isUnion(schema)) return schema.includes('null') ? this.#orNull(schema, within) : this.#union(schema, within);
    if (schema.fields) return this.#record(schema, schema.fields);
    if (schema.symbols) return this.#enum(schema, schema.symbols);
    if (schema.items) return this.#list(this.part(schema.items, within));
    if (schema.values) return this.#map(this.part(schema.values, within));
    return this.part(schema.type, within);
  }

  #record({ name = '' }: AvroDefinition, fields: NonNullable<AvroDefinition['fields']>, tag?: string): Part {
    const part = named(shortName(name));
    this.#known.set(name, part);
    this.types.add(part.name);
    const parts = fields.map(({ name: field, type }) => ({ field, ...this.part(type, `${name}${capital(field)}`) }));
    const isTagged = tag !== undefined;
    return this.#add({
      name: part.name,
      type: part.type,
      write: [...parts.map(({ field, write }) => `at = ${write(`value.${field}`)};`), 'return at;'],
      read: [
        'return {',
        ...(isTagged ? [`  type: '${part.name}',`] : []),
        ...parts.map(({ field, read }) => `  ${field}: ${read},`),
        '};',
      ],
    });
  }

  #enum({ name = '' }: AvroDefinition, symbols: readonly string[]): Part {
    this.types.add(name);
    const list = symbols.map((symbol) => `'${symbol}'`).join(', ');
    if (!this.#written.has(name)) {
      this.blocks.push(
        `const symbolsOf${name}: readonly ${name}[] = [${list}];\nconst numbersOf${name} = numbersOf(symbolsOf${name});`,
      );
    }
    this.#written.add(name);
    const part: Part = {
      name,
      type: name,
      write: (value) => `writeSymbol(target, at, ${value}, numbersOf${name})`,
      read: `reader.symbol(symbolsOf${name})`,
    };
    this.#known.set(name, part);
    return part;
  }

  #list(item: Part): Part {
    return this.#add({
      name: `${item.name}List`,
      type: `readonly ${bracketed(item.type)}[]`,
      write: [
        'at = writeLength(target, at, value);',
        `for (let index = 0; index < value.length; index++) at = ${item.write('value[index]!')};`,
        'return writeInt(target, at, 0);',
      ],
      // One or two are what most lists have: made as long as they are, for a list that grows takes room for many.
      read: [
        'let left = reader.block();',
        'if (left === 0) return [];',
        `const list: ${bracketed(item.type)}[] = left === 2 ? [${item.read}, ${item.read}] : [${item.read}];`,
        'left -= list.length;',
        `for (; left > 0 || (left = reader.block()) > 0; left--) list.push(${item.read});`,
        'return list;',
      ],
    });
  }

  #map(item: Part): Part {
    return this.#add({
      name: `${item.name}Map`,
      type: `{ readonly [key: string]: ${item.type} }`,
      write: [
        'const keys = Object.keys(value);',
        'at = writeLength(target, at, keys);',
        'for (const key of keys) {',
        '  at = writeText(target, at, key);',
        `  at = ${item.write('value[key]!')};`,
        '}',
        'return writeInt(target, at, 0);',
      ],
      read: [
        `const map: { [key: string]: ${item.type} } = {};`,
        'for (let left = reader.block(); left > 0; left = reader.block()) {',
        '  for (; left > 0; left--) {',
        '    const key = reader.text();',
        `    map[key] = ${item.read};`,
        '  }',
        '}',
        'return map;',
      ],
    });
  }

  #orNull(branches: readonly AvroSchema[], within: string): Part {
    const index = branches.findIndex((branch) => branch !== 'null');
    const branch = branches[index];
    if (branches.length !== 2 || branch === undefined) refuse(JSON.stringify(branches), within);
    const item = this.part(branch, within);
    return this.#add({
      name: `${item.name}OrNull${index === 0 ? 'Last' : ''}`,
      type: `${item.type} | null`,
      write: [
        `if (value === null) return writeInt(target, at, ${1 - index});`,
        `at = writeInt(target, at, ${index});`,
        `return ${item.write('value')};`,
      ],
      read: [
        'const branch = reader.int();',
        `if (branch === ${1 - index}) return null;`,
        `return branch === ${index} ? ${item.read} : unfit();`,
      ],
    });
  }

  /** Of records; each value says by its `type` which one it is. */
  #union(branches: readonly AvroSchema[], within: string): Part {
    const parts = branches.map((branch) => {
      if (typeof branch === 'string') return this.#known.get(branch) ?? refuse(branch, within);
      const { fields, name } = branch as AvroDefinition;
      return fields ? this.#record(branch as AvroDefinition, fields, name) : refuse(`${name}`, within);
    });
    const cases = (each: (part: Part, index: number) => string[]) => parts.flatMap(each).map((line) => `  ${line}`);
    return this.#add({
      name: within,
      type: parts.map(({ type }) => type).join(' | '),
      write: [
        'switch (value.type) {',
        ...cases((part, index) => [
          `case '${part.name}':`,
          `  at = writeInt(target, at, ${index});`,
          `  return ${part.write('value')};`,
        ]),
        '  default:',
        '    return unfit();',
        '}',
      ],
      read: [
        'switch (reader.int()) {',
        ...cases((part, index) => [`case ${index}:`, `  return ${part.read};`]),
        '  default:',
        '    return unfit();',
        '}',
      ],
    });
  }

  #add({ name, type, write, read }: FunctionPair): Part {
    const part = named(name, type);
    if (this.#written.has(name)) return part;
    this.#written.add(name);
    const writer = functionText(
      `write${name}`,
      [
        ['target', 'Buffer'],
        ['at', 'number'],
        ['value', type],
      ],
      'number',
      write,
    );
    this.blocks.push(writer, functionText(`read${name}`, [['reader', 'AvroReader']], type, read));
    return part;
  }
}

type Parameter = readonly [name: string, type: string];

/** A parameter that the body has no use for begins with an underscore. */
function functionText(name: string, parameters: readonly Parameter[], result: string, body: readonly string[]): string {
  const lines = body.map((line) => `  ${line}`).join('\n');
  const given = parameters.map(([parameter, type]) => {
    return `${new RegExp(`\\b${parameter}\\b`).test(lines) ? '' : '_'}${parameter}: ${type}`;
  });
  return `function ${name}(${given.join(', ')}): ${result} {\n${lines}\n}`;
}

function named(name: string, type = name): Part {
  return { name, type, write: (value) => `write${name}(target, at, ${value})`, read: `read${name}(reader)` };
}

function refuse(schema: string, within: string): never {
  throw new Error(`${within}: no code can be written for ${schema}`);
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const bracketed = (type: string) => (type.includes(' ') ? `(${type})` : type);
