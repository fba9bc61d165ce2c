// Random records and batches for the properties of the codec's tests.
import fc from 'fast-check';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { OracleRecord } from './kafkajs-codec.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** Times around one base, before and after it, near and far. */
const timestamp = fc.oneof(
  fc.integer({ min: 1_700_000_000_000 - 5000, max: 1_700_000_000_000 + 5000 }),
  fc.integer({ min: 0, max: 2 ** 42 }),
  fc.constantFrom(0, 1, 2 ** 31, 2 ** 32, 2 ** 45, 2 ** 51),
);

const header = fc.record(
  { key: fc.string({ unit: 'grapheme', maxLength: 12 }), value: bytes(20) },
  { noNullPrototype: true },
);

export const records = fc.array(
  fc.record<OracleRecord>({
    timestamp,
    key: fc.option(bytes(80)),
    value: fc.option(
      fc.oneof(
        bytes(200),
        fc.nat(20_000).map((length) => Buffer.alloc(length, 0xa5)),
      ),
    ),
    headers: fc.array(header, { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 20 },
);

export function build(all: readonly OracleRecord[]): RecordBatchBuilder {
  const builder = new RecordBatchBuilder(64);
  for (const { timestamp: at, key, value, headers } of all) builder.append(at, key, value, headers);
  return builder;
}
