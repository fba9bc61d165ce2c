// How the brokers of the fake cluster answer Fetch, version 17.
import { setTimeout as wait } from 'node:timers/promises';
import { RequestWriter } from '../../../../log/kafka/wire/request-writer.ts';
import type { Asked } from './fake-answers.ts';
import type { FakePartition } from './fake-partition.ts';

const error = { none: 0, offsetOutOfRange: 1, notLeader: 6, unknownTopicId: 100 } as const;

/** What brokers say that keep no session. */
const noSession = 0;
const longestWaitMs = 20;

/** Without sessions of its own: each request names all that it wants. */
export async function answerFetch({ fake, reader, broker, code }: Asked): Promise<RequestWriter> {
  const waitMs = Math.min(reader.int32(), longestWaitMs);
  reader.position += 4 + 4 + 1 + 4 + 4;
  const wanted = reader.list(() => {
    const topicId = reader.uuid();
    const partitions = reader.list(() => {
      const [index, , offset] = [reader.int32(), reader.int32(), reader.int64()];
      reader.position += 4 + 8;
      const maxBytes = reader.int32();
      reader.tags();
      return { index, offset, maxBytes };
    });
    reader.tags();
    return { topicId, partitions };
  });
  const read = () =>
    wanted.map(({ topicId, partitions }) => {
      const topic = [...fake.topics.values()].find(({ id }) => id.toString('latin1') === topicId);
      return { topicId, found: partitions.map((each) => fetched(topic?.partitions[each.index], broker, each)) };
    });
  if (read().every(({ found }) => found.every((each) => each.error === error.none && each.records.length === 0))) {
    await wait(waitMs);
  }
  const answer = read();
  const writer = new RequestWriter()
    .int32(0)
    .int16(code ?? error.none)
    .int32(noSession)
    .count(code === undefined ? answer.length : 0);
  for (const { topicId, found } of code === undefined ? answer : []) {
    writer.raw(Buffer.from(topicId, 'latin1')).count(found.length);
    for (const each of found) writeFetched(writer, each);
    writer.tags();
  }
  return writer.tags();
}

interface FetchedPart {
  readonly index: number;
  readonly error: number;
  readonly stable: number;
  readonly records: Buffer;
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
}

function fetched(
  partition: FakePartition | undefined,
  broker: number,
  { index, offset, maxBytes }: { readonly index: number; readonly offset: number; readonly maxBytes: number },
): FetchedPart {
  const nothing = { index, stable: -1, records: Buffer.alloc(0), aborted: [] };
  if (partition === undefined) return { ...nothing, error: error.unknownTopicId };
  if (partition.leader !== broker) return { ...nothing, error: error.notLeader };
  if (offset > partition.end) return { ...nothing, error: error.offsetOutOfRange };
  return { index, error: error.none, stable: partition.lastStableOffset, ...partition.read(offset, maxBytes) };
}

function writeFetched(writer: RequestWriter, { index, error: code, stable, records, aborted }: FetchedPart): void {
  writer.int32(index).int16(code).int64(stable).int64(stable).int64(0).count(aborted.length);
  for (const { producerId, firstOffset } of aborted) writer.int64(producerId).int64(firstOffset).tags();
  writer.int32(-1).attach(records).tags();
}
