// Whether a schema can read what others wrote (Avro's backward compatibility), a little stricter than Avro itself:
// a removed enum symbol is refused even where a default would hide it, for the meaning of old records would be lost.
import { reasonOf } from '../base/errors.ts';
import { type AvroSchema, avroType } from './avro.ts';

export interface Incompatibility {
  /** 1 for the oldest of the writers. */
  readonly version: number;
  readonly reason: string;
}

/**
 * The newest of `writers` (oldest first) that `reader` cannot read, or undefined if it can read them all:
 * BACKWARD_TRANSITIVE. New fields need defaults; fields may go; unions and enums may only grow.
 */
export function incompatibility(reader: AvroSchema, writers: readonly AvroSchema[]): Incompatibility | undefined {
  const type = avroType(reader, { strict: true });
  for (const [at, writer] of [...writers.entries()].reverse()) {
    try {
      type.createResolver(avroType(writer, { strict: true }));
    } catch (error) {
      return { version: at + 1, reason: reasonOf(error) };
    }
  }
  return undefined;
}
