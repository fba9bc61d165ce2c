// kafkajs' own record-batch codec and partitioner: the independent oracle of our codec's tests. Its internals have no
// types, so the few shapes that the tests use are declared here.
import { createRequire } from 'node:module';
import type { RecordHeader } from '../../log/record-batch.ts';

export interface OracleRecord {
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

interface DecodedRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: { readonly [key: string]: Buffer | Buffer[] };
}

interface DecodedBatch {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly inTransaction: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly records: readonly DecodedRecord[];
}

interface Encoder {
  readonly buffer: Buffer;
}

interface LongType {
  fromValue(value: number | string): object;
}

const require = createRequire(import.meta.url);
const inside = 'kafkajs/src';
const Long = require(`${inside}/utils/long`) as LongType;
const encodeRecord = require(`${inside}/protocol/recordBatch/record/v0`) as (record: object) => Encoder;
const { RecordBatch: encodeBatch } = require(`${inside}/protocol/recordBatch/v0`) as {
  RecordBatch(batch: object): Promise<Encoder>;
};
const decodeBatch = require(`${inside}/protocol/recordBatch/v0/decoder`) as (decoder: object) => Promise<DecodedBatch>;
const Decoder = require(`${inside}/protocol/decoder`) as new (bytes: Buffer) => object;

/** kafkajs' murmur2 of a key, as a signed 32-bit integer. */
export const oracleMurmur2 = require(`${inside}/producer/partitioners/default/murmur2`) as (key: Buffer) => number;

/** The batch as kafkajs writes it. A header key appears once, as its objects allow no more. */
export async function oracleEncode(records: readonly OracleRecord[], baseOffset: number): Promise<Buffer> {
  const first = records[0]?.timestamp ?? 0;
  const encoder = await encodeBatch({
    firstOffset: Long.fromValue(String(baseOffset)),
    firstTimestamp: first,
    maxTimestamp: records.reduce((max, { timestamp }) => Math.max(max, timestamp), first),
    producerId: Long.fromValue(7),
    producerEpoch: 3,
    firstSequence: 11,
    lastOffsetDelta: records.length - 1,
    records: records.map(({ timestamp, key, value, headers }, offsetDelta) =>
      encodeRecord({
        offsetDelta,
        timestampDelta: timestamp - first,
        key,
        value,
        headers: Object.fromEntries(headers.map((header) => [header.key, header.value])),
      }),
    ),
  });
  return encoder.buffer;
}

/** The batch as kafkajs reads it. */
export function oracleDecode(bytes: Buffer): Promise<DecodedBatch> {
  return decodeBatch(new Decoder(bytes));
}
