// Which one of a union an encoded record holds, read from its bytes without decoding the rest: enough to know that a record
// is of no concern. It checks nothing; whoever decodes the record does.
import { type AvroDefinition, type AvroSchema, shortName } from './avro.ts';

/** @param from where the Avro body begins. @returns the tag; undefined if the bytes end before it or hold none. */
export type TagReader = (bytes: Buffer, from: number) => string | undefined;

/** Undefined unless the first field that isn't a number or a string is a union of records. */
export function tagReader({ fields = [] }: AvroDefinition): TagReader | undefined {
  const at = fields.findIndex(({ type }) => !isNumber(type) && type !== 'string');
  const tags = tagsOf(fields[at]?.type);
  if (tags === undefined) return undefined;
  const isText = fields.slice(0, at).map(({ type }) => type === 'string');
  return (bytes, from) => {
    let position = from;
    for (const text of isText) {
      const end = endOfVarint(bytes, position);
      position = text ? end + lengthAt(bytes, position) : end;
    }
    return tags[lengthAt(bytes, position)];
  };
}

function isNumber(type: AvroSchema): boolean {
  const plain = typeof type === 'object' && 'type' in type ? type.type : type;
  return plain === 'int' || plain === 'long';
}

function tagsOf(type: AvroSchema | undefined): readonly string[] | undefined {
  if (!Array.isArray(type)) return undefined;
  const branches = type as readonly AvroSchema[];
  const names = branches.flatMap((branch) =>
    typeof branch === 'object' && 'name' in branch ? [branch.name ?? ''] : [],
  );
  return names.length === branches.length ? names.map(shortName) : undefined;
}

function endOfVarint(bytes: Buffer, from: number): number {
  let at = from;
  while ((bytes[at++] ?? 0) >= 0x80);
  return at;
}

/** A length or an index: a varint that isn't negative. */
function lengthAt(bytes: Buffer, from: number): number {
  let value = 0;
  for (let at = from, factor = 1; ; at++, factor *= 0x80) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value / 2;
  }
}
