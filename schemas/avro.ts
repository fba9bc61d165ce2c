// Avro types as this program wants them, made by avsc with a hook for four things: a union of records is read as
// `{ type: '<RecordName>', ...fields }` and written from it, decoded records are plain objects, a damaged length of an
// array or map is an error instead of an endless loop, and a long that avsc would garble is refused.
// It leans on avsc's inner methods: its version is pinned.
import avro from 'avsc';

/** A schema as it stands in an .avsc file. */
export type AvroSchema = string | readonly AvroSchema[] | AvroDefinition;

export interface AvroDefinition {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly aliases?: readonly string[];
  readonly fields?: readonly AvroField[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly symbols?: readonly string[];
  readonly default?: string;
  readonly logicalType?: string;
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
}

/** avsc's position in the bytes; reading past the end gives zeros, so the position is checked afterwards. */
interface Tap {
  pos: number;
  readonly buf: Buffer;
  readLong(): number;
  skipLong(): void;
  writeLong(value: number): void;
  readString(): string;
}

interface Reader {
  _read(tap: Tap): unknown;
}

/** What avsc's types and resolvers do inside. */
interface Inner extends Reader {
  _write(tap: Tap, value: unknown): void;
  _check(value: unknown, flags: unknown, hook: unknown, path: string[] | undefined): boolean;
}

interface ArrayReader extends Reader {
  readonly itemsType: Inner;
}

interface MapReader extends Reader {
  readonly valuesType: Inner;
}

interface Tagged {
  type: string;
}

type Schema = Parameters<typeof avro.Type.forSchema>[0];

/** The name without its namespace: the `type` of a tagged value. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/**
 * Makes the type that reads and writes values of `schema`. It reads what it can of another version: a symbol that it
 * doesn't know as the enum's default, and a record of a union unless it doesn't know that very record. A `strict` one
 * refuses such a version as a whole, which is how compatibility is checked.
 * @throws Error if the schema isn't valid Avro
 */
export function avroType(schema: AvroSchema, { strict = false } = {}): avro.Type {
  const typeHook = (part: unknown, options: object): avro.Type | undefined => {
    if (Array.isArray(part)) return unionType(part, options, strict);
    const schema = part as Schema;
    switch (typeof part === 'string' ? part : (part as AvroDefinition).type) {
      case 'long':
        return exactLong;
      case 'record':
        return plainRecord(schema, options);
      case 'array':
        return guarded(new avro.types.ArrayType(schema, options), readArray);
      case 'map':
        return guarded(new avro.types.MapType(schema, options), readMap);
      case 'enum':
        return strict ? new avro.types.EnumType(withoutDefault(schema), options) : undefined;
      default:
        return undefined;
    }
  };
  return avro.Type.forSchema(schema as Schema, { typeHook, omitRecordMethods: true });
}

const withoutDefault = (schema: Schema) => ({ ...(schema as object), default: undefined }) as unknown as Schema;

/** Decoded records get no prototype of their own: they equal literals, and nothing hangs on them. */
function plainRecord(definition: Schema, options: object): avro.Type {
  const record = new avro.types.RecordType(definition, options);
  record.recordConstructor.prototype = Object.prototype;
  return record;
}

/** A union of records is tagged; any other is read as it is, such as a string or null. */
function unionType(schema: readonly Schema[], options: object, strict: boolean): avro.Type {
  const branches = schema.map((branch) => avro.Type.forSchema(branch, options));
  const records = branches.every((branch) => avro.Type.isType(branch, 'record'));
  return records
    ? taggedUnion(branches, options, strict)
    : new avro.types.UnwrappedUnionType(branches as never, options);
}

function taggedUnion(records: readonly avro.Type[], options: object, strict: boolean): avro.Type {
  const union = new avro.types.WrappedUnionType(records as never, options);
  const tags = records.map((record) => shortName(record.name ?? ''));
  const branches = records as unknown as readonly Inner[];
  const indices = new Map(tags.map((tag, index) => [tag, index]));
  const indexOf = (value: unknown) => indices.get((value as Tagged | null | undefined)?.type ?? '');

  const read = (tap: Tap, index: number, reader: Reader | undefined) => {
    if (reader === undefined) throw new Error(`invalid union index: ${index}`);
    const value = reader._read(tap) as Tagged;
    value.type = tags[index]!;
    return value;
  };
  return override(union, {
    _read(tap: Tap) {
      const index = tap.readLong();
      return read(tap, index, branches[index]);
    },
    _write(tap: Tap, value: unknown) {
      const index = indexOf(value);
      if (index === undefined) throw new Error(`no branch for ${JSON.stringify(value)}`);
      tap.writeLong(index);
      branches[index]!._write(tap, value);
    },
    _check(value: unknown, flags: unknown, hook: Hook | undefined, path: string[]) {
      const index = indexOf(value);
      if (index !== undefined) return branches[index]!._check(value, flags, hook, path);
      hook?.(value, union);
      return false;
    },
    // Fills the resolver that reads what a branch of an older union wrote; avsc asks once for each of its branches.
    _update(resolver: Reader, writer: avro.Type, resolverOptions: object) {
      const index = records.findIndex((record) => answersTo(record, writer.name));
      if (index < 0) {
        if (!strict && avro.Type.isType(writer, 'record')) resolver._read = () => refuseBranch(writer.name);
        return;
      }
      const reader = records[index]!.createResolver(writer, resolverOptions) as unknown as Reader;
      resolver._read = (tap) => read(tap, index, reader);
    },
  });
}

function refuseBranch(name: string | undefined): never {
  throw new Error(`no branch for ${name}`);
}

type Hook = (value: unknown, type: avro.Type) => void;

function answersTo(record: avro.Type, name: string | undefined): boolean {
  return name !== undefined && (record.name === name || record.aliases?.includes(name) === true);
}

/** avsc doubles a long before it writes it, which is exact up to here. */
const largestLong = 2 ** 52 - 1;

function isLong(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= largestLong;
}

const exactLong: avro.Type = override(new avro.types.LongType(), {
  _write(tap: Tap, value: unknown) {
    if (!isLong(value)) throw new Error(`not a long: ${value}`);
    tap.writeLong(value);
  },
  _check(value: unknown, _flags: unknown, hook: Hook | undefined) {
    if (!isLong(value)) hook?.(value, exactLong);
    return isLong(value);
  },
});

function guarded(type: avro.Type, read: (this: never, tap: Tap) => unknown): avro.Type {
  // Skipping reads, too: avsc's own skip trusts the lengths that it finds.
  return override(type, { _read: read, _skip: read });
}

function readArray(this: ArrayReader, tap: Tap): unknown[] {
  let values: unknown[] | undefined;
  let at = 0;
  for (let left = blockLength(tap); left > 0; left = blockLength(tap)) {
    values ??= new Array(left);
    for (; left > 0; left--) values[at++] = this.itemsType._read(tap);
  }
  return values ?? [];
}

function readMap(this: MapReader, tap: Tap): { [key: string]: unknown } {
  const values: { [key: string]: unknown } = {};
  for (let left = blockLength(tap); left > 0; left = blockLength(tap)) {
    for (; left > 0; left--) {
      const key = tap.readString();
      values[key] = this.valuesType._read(tap);
    }
  }
  return values;
}

/** Items in the next block, 0 at the end. Each item takes at least a byte, so a longer block is damaged. */
function blockLength(tap: Tap): number {
  let length = tap.readLong();
  if (length < 0) {
    length = -length;
    tap.skipLong();
  }
  if (length > tap.buf.length - tap.pos) throw new Error(`a block of ${length} items is longer than the record`);
  return length;
}

/** avsc freezes its types, so that their methods are replaced in an object on top. */
function override(type: avro.Type, methods: { readonly [name: string]: unknown }): avro.Type {
  const descriptors = Object.entries(methods).map(([name, value]) => [name, { value, enumerable: true }] as const);
  return Object.freeze(Object.create(type, Object.fromEntries(descriptors)));
}
