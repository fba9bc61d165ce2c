// What the brokers of the fake cluster answer, request by request, in the versions that the adapter uses.

import { RequestWriter } from '../../../../log/kafka/wire/request-writer.ts';
import type { ResponseReader } from '../../../../log/kafka/wire/response-reader.ts';
import { RecordBatch } from '../../../../log/record-batch.ts';
import { answerFetch } from './fake-fetch.ts';
import type { FakeKafka, FakeTransaction } from './fake-kafka.ts';

export interface Asked {
  readonly fake: FakeKafka;
  /** Who is asked. */
  readonly broker: number;
  readonly version: number;
  /** At the request's body. */
  readonly reader: ResponseReader;
  /** The error to answer with instead of doing anything. */
  readonly code: number | undefined;
}

/** Numbers and newest versions, as in Apache Kafka 4.0; those without an answer are for the check of versions alone. */
const apis = {
  Produce: [0, 12],
  Fetch: [1, 17],
  ListOffsets: [2, 10],
  Metadata: [3, 13],
  OffsetCommit: [8, 9],
  OffsetFetch: [9, 9],
  FindCoordinator: [10, 6],
  JoinGroup: [11, 9],
  Heartbeat: [12, 4],
  LeaveGroup: [13, 5],
  SyncGroup: [14, 5],
  DescribeGroups: [15, 5],
  ApiVersions: [18, 4],
  CreateTopics: [19, 7],
  DeleteTopics: [20, 6],
  DeleteRecords: [21, 2],
  InitProducerId: [22, 5],
  EndTxn: [26, 5],
  TxnOffsetCommit: [28, 5],
  DescribeConfigs: [32, 4],
} as const;

export type ApiName = keyof typeof apis;
type Answered = keyof typeof answers;

export const apiNames: ReadonlyMap<number, Answered> = new Map(
  Object.entries(apis).map(([name, [key]]) => [key, name as Answered]),
);

const error = { none: 0, unknownTopic: 3, notLeader: 6, notCoordinator: 16 } as const;
const invalidProducerEpoch = 47;
const invalidTxnState = 48;
const producerFenced = 90;

const begin = () => new RequestWriter().int32(0);

export const answers = {
  ApiVersions({ fake }: Asked): RequestWriter {
    const writer = new RequestWriter().int16(error.none);
    const all = Object.entries(apis) as [ApiName, readonly [number, number]][];
    writer.count(all.length);
    for (const [name, [key, newest]] of all)
      writer
        .int16(key)
        .int16(0)
        .int16(fake.newest[name] ?? newest)
        .tags();
    writer.int32(0);
    const features = new RequestWriter().count(1).text('transaction.version');
    const body = features.int16(fake.transactionVersion).int16(0).tags().finish().buffer;
    // The one tagged field: features that are on.
    return writer.uvarint(1).uvarint(2).uvarint(body.length).raw(body);
  },

  Metadata({ fake, reader, code }: Asked): RequestWriter {
    const names = reader.list(() => {
      reader.uuid();
      const name = reader.text() ?? '';
      reader.tags();
      return name;
    });
    const up = fake.brokers;
    const writer = begin().count(up.length);
    for (const { id, port } of up) writer.int32(id).text('127.0.0.1').int32(port).text(null).tags();
    writer.text('fake').int32(0).count(names.length);
    for (const name of names) {
      const topic = fake.topics.get(name);
      const partitions = code === undefined ? (topic?.partitions ?? []) : [];
      writer.int16(code ?? (topic === undefined ? error.unknownTopic : error.none)).text(name);
      writer
        .raw(topic?.id ?? Buffer.alloc(16))
        .boolean(false)
        .count(partitions.length);
      for (const [index, { leader, epoch }] of partitions.entries()) {
        writer.int16(error.none).int32(index).int32(leader).int32(epoch);
        writer.count(1).int32(leader).count(1).int32(leader).count(0).tags();
      }
      writer.int32(0).tags();
    }
    return writer.tags();
  },

  FindCoordinator({ fake, reader, code }: Asked): RequestWriter {
    reader.int8();
    const keys = reader.list(() => reader.text());
    const writer = begin().count(keys.length);
    const { id, port } = fake.brokers[fake.coordinator]!;
    for (const key of keys) {
      writer.text(key).int32(id).text('127.0.0.1').int32(port);
      writer
        .int16(code ?? error.none)
        .text(null)
        .tags();
    }
    return writer.tags();
  },

  InitProducerId({ fake, reader, broker, code }: Asked): RequestWriter {
    const transactionalId = reader.text();
    const isElsewhere = transactionalId !== null && fake.coordinator !== broker;
    const failure = code ?? (isElsewhere ? error.notCoordinator : error.none);
    if (failure !== error.none) return begin().int16(failure).int64(-1).int16(-1).tags();
    if (transactionalId === null) return begin().int16(error.none).int64(fake.newProducerId()).int16(0).tags();
    const { producerId, epoch } = fake.takeOver(transactionalId);
    return begin().int16(error.none).int64(producerId).int16(epoch).tags();
  },

  Produce({ fake, reader, broker, code }: Asked): RequestWriter {
    const transactionalId = reader.text();
    reader.int16();
    reader.int32();
    const transaction = transactionalId === null ? undefined : fake.transactions.get(transactionalId);
    const produced = topicsOf(reader, (topic, index) => {
      const bytes = reader.data();
      const partition = fake.topics.get(topic)?.partitions[index];
      if (code !== undefined) return { error: code };
      if (partition === undefined) return { error: error.unknownTopic };
      if (partition.leader !== broker) return { error: error.notLeader };
      // Leaders ask the coordinator before they let a producer into a transaction.
      const isOld = transaction !== undefined && new RecordBatch(bytes).producerEpoch !== transaction.epoch;
      const answer = isOld ? { error: invalidProducerEpoch } : partition.append(bytes);
      if (answer.error === error.none) transaction?.partitions.add(partition);
      return answer;
    });
    const writer = new RequestWriter();
    writeTopics(writer, produced, (answer) => {
      writer.int16(answer.error).int64('offset' in answer ? answer.offset : -1);
      writer.int64(-1).int64(0).count(0).text(null);
    });
    return writer.int32(0).tags();
  },

  TxnOffsetCommit({ fake, reader, broker, code }: Asked): RequestWriter {
    const transaction = fake.transactions.get(reader.text() ?? '');
    reader.text();
    reader.int64();
    const epoch = reader.int16();
    reader.int32();
    reader.text();
    reader.text();
    const failure = code ?? (fake.coordinator === broker ? checkEpoch(transaction, epoch) : error.notCoordinator);
    const committed = topicsOf(reader, (topic, index) => {
      const offset = reader.int64();
      reader.int32();
      reader.text();
      if (failure === error.none) transaction!.offsets.set(`${topic} ${index}`, offset);
      return failure;
    });
    const writer = begin();
    writeTopics(writer, committed, (answer) => writer.int16(answer));
    return writer.tags();
  },

  EndTxn({ fake, reader, broker, code }: Asked): RequestWriter {
    const transaction = fake.transactions.get(reader.text() ?? '')!;
    const producerId = reader.int64();
    const epoch = reader.int16();
    const isCommit = reader.int8() === 1;
    const failure =
      code ?? (fake.coordinator === broker ? end(fake, transaction, epoch, isCommit) : error.notCoordinator);
    return begin().int16(failure).int64(producerId).int16(transaction.epoch).tags();
  },

  ListOffsets({ fake, reader, broker, code }: Asked): RequestWriter {
    reader.int32();
    reader.int8();
    const found = topicsOf(reader, (topic, index) => {
      reader.int32();
      const isLatest = reader.int64() === -1;
      const partition = fake.partition(topic, index);
      const failure = code ?? (partition.leader === broker ? error.none : error.notLeader);
      return { failure, offset: isLatest ? partition.end : 0 };
    });
    const writer = begin();
    writeTopics(writer, found, ({ failure, offset }) => writer.int16(failure).int64(-1).int64(offset).int32(0));
    return writer.tags();
  },

  Fetch: answerFetch,
};

function checkEpoch(transaction: FakeTransaction | undefined, epoch: number): number {
  return transaction?.epoch === epoch ? error.none : invalidProducerEpoch;
}

/** Ends the transaction; a producer that didn't hear of it and asks again for the same is told so again. */
function end(fake: FakeKafka, transaction: FakeTransaction, epoch: number, isCommit: boolean): number {
  if (epoch === transaction.epoch) {
    fake.end(transaction, isCommit);
    return error.none;
  }
  if (epoch !== transaction.epoch - 1) return producerFenced;
  return transaction.last === (isCommit ? 'committed' : 'aborted') ? error.none : invalidTxnState;
}

type PerTopic<T> = readonly { readonly topic: string; readonly partitions: readonly { index: number; answer: T }[] }[];

function topicsOf<T>(reader: ResponseReader, each: (topic: string, index: number) => T): PerTopic<T> {
  return reader.list(() => {
    const topic = reader.text() ?? '';
    const partitions = reader.list(() => {
      const index = reader.int32();
      const answer = each(topic, index);
      reader.tags();
      return { index, answer };
    });
    reader.tags();
    return { topic, partitions };
  });
}

function writeTopics<T>(writer: RequestWriter, topics: PerTopic<T>, write: (answer: T) => void): void {
  writer.count(topics.length);
  for (const { topic, partitions } of topics) {
    writer.text(topic).count(partitions.length);
    for (const { index, answer } of partitions) {
      writer.int32(index);
      write(answer);
      writer.tags();
    }
    writer.tags();
  }
}
