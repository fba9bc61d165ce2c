// kafkajs on the real server: a client that shares no code with ours, to read what we write and write what we read.
// Records of either client come in one shape, so that they can be compared.
import { after } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import kafkajs, {
  type CompressionTypes,
  type IHeaders,
  type KafkaMessage,
  type Consumer as OracleConsumer,
  type Producer as OracleProducer,
  type ProducerConfig,
} from 'kafkajs';
import type { Log } from '../../../log/log.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { brokers, runSettings } from './kit.ts';

const { CompressionCodecs, CompressionTypes: types, Kafka, KafkaJSDeleteGroupsError, logLevel, Partitioners } = kafkajs;

export interface Seen {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Values by name: kafkajs keeps no order among names. */
  readonly headers: ReadonlyMap<string, readonly Buffer[]>;
}

interface Codec {
  readonly compressSync: (data: Buffer) => Buffer;
  readonly decompressSync: (data: Buffer) => Buffer;
}

/** kafkajs brings gzip alone. */
function plugIn(type: CompressionTypes.LZ4 | CompressionTypes.Snappy | CompressionTypes.ZSTD, codec: Codec): void {
  CompressionCodecs[type] = () => ({
    compress: async ({ buffer }: { readonly buffer: Buffer }) => codec.compressSync(buffer),
    decompress: async (buffer: Buffer) => codec.decompressSync(buffer),
  });
}
plugIn(types.LZ4, compressionsAlgorithms.lz4);
plugIn(types.Snappy, compressionsAlgorithms.snappy);
plugIn(types.ZSTD, { compressSync: zstdCompressSync, decompressSync: zstdDecompressSync });

const oracle = new Kafka({ clientId: 'oracle', brokers, logLevel: logLevel.NOTHING });

const groupIdNotFound = 69;

const clients: { disconnect(): Promise<void> }[] = [];
const groups: string[] = [];
after(async () => {
  await Promise.all(clients.map((client) => client.disconnect()));
  await withAdmin((admin) => admin.deleteGroups(groups)).catch((error: unknown) => {
    // Of groups whose topics are deleted the broker clears away what is empty, whenever it looks.
    const failed = error instanceof KafkaJSDeleteGroupsError ? error.groups : undefined;
    if (!failed?.every(({ errorCode }) => errorCode === groupIdNotFound)) throw error;
  });
});

export async function withAdmin<T>(work: (admin: ReturnType<typeof oracle.admin>) => Promise<T>): Promise<T> {
  const admin = oracle.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** A producer of kafkajs' that is disconnected when the test file is done. */
export async function oracleProducer(config: ProducerConfig = {}): Promise<OracleProducer> {
  const createPartitioner = Partitioners.DefaultPartitioner;
  const producer = oracle.producer({ createPartitioner, idempotent: true, maxInFlightRequests: 1, ...config });
  await producer.connect();
  clients.push(producer);
  return producer;
}

/** A topic's name as the cluster has it. */
export const full = (topic: string) => runSettings.prefix + topic;

/** A name for a group of kafkajs', which is deleted when the test file is done. */
export function oracleGroup(): string {
  const group = full(`oracle-${groups.length}`);
  groups.push(group);
  return group;
}

/** A consumer that reads a topic from its beginning, and is disconnected when the test file is done. */
export async function oracleConsumer(topic: string, groupId: string): Promise<OracleConsumer> {
  const consumer = oracle.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  clients.push(consumer);
  await consumer.subscribe({ topics: [full(topic)], fromBeginning: true });
  return consumer;
}

const endKey = 'the end';

/** Writes what tells readers of all partitions that nothing more comes. */
export async function finish(log: Log, topic: string, partitions: number): Promise<void> {
  const producer = await log.producer();
  for (let partition = 0; partition < partitions; partition++) {
    await producer.append(topic, partition, new RecordBatchBuilder().append(0, endKey, null));
  }
  await producer.close();
}

/** What a read-committed consumer of kafkajs' sees of a topic until it is finished. */
export async function oracleReads(topic: string, partitions = 1): Promise<Seen[]> {
  const consumer = await oracleConsumer(topic, oracleGroup());
  const seen: Seen[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const removeListener = consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
  let open = partitions;
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { partition, messages } }) => {
      for (const message of messages) {
        if (String(message.key) !== endKey) seen.push(seenBy(partition, message));
        else if (--open === 0) resolve();
      }
    },
  });
  try {
    await promise;
  } finally {
    removeListener();
    await consumer.disconnect();
  }
  return inOrder(seen);
}

/** What our fetcher sees of a topic until it is finished. */
export async function weRead(log: Log, topic: string, partitions = 1): Promise<Seen[]> {
  const fetcher = log.fetcher();
  for (let partition = 0; partition < partitions; partition++) fetcher.assign({ topic, partition }, 0);
  const seen: Seen[] = [];
  for (let open = partitions; open > 0; ) {
    for (const { partition, batches } of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 2 ** 20 })) {
      for (const record of batches.flatMap((batch) => [...batch.records()])) {
        if (String(record.key) === endKey) open--;
        else seen.push({ partition, ...record, headers: grouped(record.headers) });
      }
    }
  }
  await fetcher.close();
  return inOrder(seen);
}

function seenBy(partition: number, { offset, timestamp, key, value, headers }: KafkaMessage): Seen {
  const pairs = Object.entries(headers ?? {}).flatMap(([name, found]: [string, IHeaders[string]]) => {
    return [found].flat().map((each) => ({ key: name, value: Buffer.from(each ?? '') }));
  });
  return {
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key,
    value,
    headers: grouped(pairs),
  };
}

function grouped(headers: readonly { readonly key: string; readonly value: Buffer }[]): Seen['headers'] {
  const names = Map.groupBy(headers, ({ key }) => key);
  const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([name, all]) => [name, all.map(({ value }) => value)]));
}

function inOrder(seen: readonly Seen[]): Seen[] {
  return seen.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
}
