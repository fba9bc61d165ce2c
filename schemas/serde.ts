// Values to bytes and back, in the Confluent wire format: 0, the schema's id (int32, big-endian), the Avro body.
// Ids are those of schemas/history until `bindSchemas` maps them to a registry's. Encoding and decoding never wait:
// what a newer program wrote is told as unknown, and `learn` asks for its schema, so that the next try succeeds.
// Values and bytes of the current schema go through its generated codec. What that refuses, and what other versions wrote,
// goes through avsc, which tells what is wrong.
//
//   byte   0      1 2 3 4        5 ...
//        +---+----------------+-----------+
//        | 0 | id of writer's | Avro body |
//        +---+----------------+-----------+
import type avro from 'avsc';
import { isStockstreamError, reasonOf, StockstreamError } from '../base/errors.ts';
import type { Serde } from '../base/serde.ts';
import { type AvroDefinition, avroType } from './avro.ts';
import { AvroReader, type Codec } from './codec.ts';
import { codecs } from './codecs.generated.ts';
import { type RecordName, type SchemaEntry, type SchemaVersion, schemaTable } from './table.generated.ts';
import { type TagReader, tagReader } from './tags.ts';
import type { RecordTypes } from './types.generated.ts';

const headerBytes = 5;
const magic = 0;

type Resolver = ReturnType<avro.Type['createResolver']>;

/** A version that others wrote with. Its resolver is made when its first record comes, or why there is none. */
interface Writer {
  readonly schema: AvroDefinition;
  resolver?: Resolver;
  problem?: StockstreamError;
}

/** How a registry numbers our schemas, and what else it has. */
export interface SchemaBinding {
  /** Maps an id of schemas/history to the one that is in use. */
  idOf(id: number): number;
  /** Every registered version of a record. */
  registered(name: string): readonly SchemaVersion[];
  /** @throws SCHEMA_UNKNOWN, REGISTRY_UNAVAILABLE */
  byId(id: number): Promise<AvroDefinition>;
}

/** The ids of schemas/history, and no more than what stands there. */
export const unbound: SchemaBinding = {
  idOf: (id) => id,
  registered: () => [],
  byId: (id) => Promise.reject(new StockstreamError('SCHEMA_UNKNOWN', { id })),
};

/** One for all: decoding calls nothing that decodes. */
const reader = new AvroReader();

/** The serde of one record. Bytes of every recorded version decode into the current shape. */
export class AvroSerde<V> implements Serde<V> {
  readonly format: string;
  readonly #name: string;
  readonly #entry: SchemaEntry;
  readonly #codec: Codec<V> | undefined;
  readonly #tag: TagReader | undefined;
  /** Made when it is first needed: many never are. */
  #madeType: avro.Type | undefined;
  #id: number;
  #binding = unbound;
  /** By schema id. */
  #writers = new Map<number, Writer>();

  constructor(name: string, entry: SchemaEntry, codec?: Codec<V>) {
    this.format = `avro ${name}`;
    this.#name = name;
    this.#entry = entry;
    this.#codec = codec;
    this.#tag = tagReader(entry.schema);
    this.#id = entry.id;
    this.bind(unbound);
  }

  bind(binding: SchemaBinding): void {
    const { id, older } = this.#entry;
    this.#binding = binding;
    this.#id = binding.idOf(id);
    const versions = [
      ...older.map((version) => ({ ...version, id: binding.idOf(version.id) })),
      ...binding.registered(this.#name),
    ];
    this.#writers = new Map(versions.map(({ id, schema }) => [id, { schema }]));
  }

  get #type(): avro.Type {
    this.#madeType ??= avroType(this.#entry.schema);
    return this.#madeType;
  }

  /** @throws RECORD_INVALID with the path of the first bad field */
  encode(value: V, target: Buffer, at: number): number {
    const start = at + headerBytes;
    const end = this.#written(value, target, start) ?? this.#writtenByAvsc(value, target, start);
    if (end < 0 || end > target.length) return -1;
    target[at] = magic;
    target.writeInt32BE(this.#id, at + 1);
    return end;
  }

  /** Undefined for a value that the codec doesn't take. */
  #written(value: V, target: Buffer, at: number): number | undefined {
    try {
      return this.#codec?.write(target, at, value);
    } catch {
      return undefined;
    }
  }

  #writtenByAvsc(value: V, target: Buffer, at: number): number {
    try {
      return this.#type.encode(value, target, at);
    } catch (error) {
      throw new StockstreamError('RECORD_INVALID', { schema: this.#name, ...this.#firstFault(value) }, error);
    }
  }

  /** @throws RECORD_UNDECODABLE, SCHEMA_UNKNOWN */
  decode(bytes: Buffer): V {
    return this.decodeAt(bytes, 0, bytes.length);
  }

  /** @throws RECORD_UNDECODABLE, SCHEMA_UNKNOWN */
  decodeAt(bytes: Buffer, start: number, end: number): V {
    if (this.#codec !== undefined && this.#isCurrent(bytes, start, end)) {
      reader.open(bytes, start + headerBytes, end);
      try {
        const value = this.#codec.read(reader);
        if (reader.at === end) return value;
      } catch {
        // Told by avsc.
      }
    }
    return this.#decodeByAvsc(bytes.subarray(start, end));
  }

  #decodeByAvsc(bytes: Buffer): V {
    if (bytes.length < headerBytes || bytes[0] !== magic) throw undecodable(this.#name, 'there is no schema id');
    try {
      const { value, offset } = this.#type.decode(bytes, headerBytes, this.#resolver(bytes.readInt32BE(1)));
      if (offset === bytes.length) return value as V;
      throw undecodable(this.#name, offset < 0 ? 'it ends too early' : `${bytes.length - offset} bytes are left over`);
    } catch (error) {
      throw isStockstreamError(error) ? error : undecodable(this.#name, reasonOf(error), error);
    }
  }

  /** Only of what the current version wrote. */
  tag(bytes: Buffer): string | undefined {
    return this.#isCurrent(bytes, 0, bytes.length) ? this.#tag?.(bytes, headerBytes) : undefined;
  }

  #isCurrent(bytes: Buffer, start: number, end: number): boolean {
    return end - start > headerBytes && bytes[start] === magic && bytes.readInt32BE(start + 1) === this.#id;
  }

  async learn(bytes: Buffer): Promise<boolean> {
    const id = bytes.readInt32BE(1);
    try {
      const schema = await this.#binding.byId(id);
      if (!this.#writers.has(id)) this.#writers.set(id, { schema });
      return true;
    } catch (error) {
      if (isStockstreamError(error, 'SCHEMA_UNKNOWN')) return false;
      throw error;
    }
  }

  /** Undefined for the current version. */
  #resolver(id: number): Resolver | undefined {
    if (id === this.#id) return undefined;
    const writer = this.#writers.get(id);
    if (writer === undefined) throw new StockstreamError('SCHEMA_UNKNOWN', { id });
    if (writer.resolver !== undefined) return writer.resolver;
    if (writer.problem !== undefined) throw writer.problem;
    try {
      writer.resolver = this.#type.createResolver(avroType(writer.schema));
      return writer.resolver;
    } catch (error) {
      writer.problem = undecodable(this.#name, `what schema ${id} wrote cannot be read: ${reasonOf(error)}`, error);
      throw writer.problem;
    }
  }

  #firstFault(value: V): { path: string; found: string } {
    let fault = { path: '', found: typeof value as string };
    let first = true;
    const errorHook = (path: string[], found: unknown) => {
      if (first) fault = { path: path.join('.'), found: JSON.stringify(found) ?? String(found) };
      first = false;
    };
    this.#type.isValid(value, { errorHook });
    return fault;
  }
}

function undecodable(schema: string, reason: string, cause?: unknown): StockstreamError {
  return new StockstreamError('RECORD_UNDECODABLE', { reason: `${schema}: ${reason}` }, cause);
}

const names = Object.keys(schemaTable) as RecordName[];
const codecOf = (name: RecordName) => codecs[name] as Codec<unknown>;
const serdes = new Map(names.map((name) => [name, new AvroSerde<unknown>(name, schemaTable[name], codecOf(name))]));

/** The one serde of a record. */
export function serdeOf<Name extends RecordName>(name: Name): Serde<RecordTypes[Name]> {
  return serdes.get(name) as Serde<RecordTypes[Name]>;
}

/** From now on every serde of this thread uses these ids, and reads these versions. */
export function bindSchemas(binding: SchemaBinding): void {
  for (const serde of serdes.values()) serde.bind(binding);
}

/** Bytes as they are: for dead letters. */
export const bytesSerde: Serde<Buffer> = {
  encode(value, target, at) {
    if (at + value.length > target.length) return -1;
    return at + value.copy(target, at);
  },
  decode: (bytes) => bytes,
};
