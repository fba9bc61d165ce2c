// A cluster of brokers on loopback that speaks as much of Kafka's protocol as the adapter needs for reading, writing and
// transactions, in one process and without delay. Its use is that it can be told to fail: which answer is an error, which
// request isn't heard, which answer gets lost. It doesn't know groups.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { RequestWriter } from '../../../../log/kafka/wire/request-writer.ts';
import { ResponseReader } from '../../../../log/kafka/wire/response-reader.ts';
import { type ApiName, type Asked, answers, apiNames } from './fake-answers.ts';
import { FakePartition } from './fake-partition.ts';

/** What goes wrong with one request. */
export type Fault =
  /** It is answered with this error instead of being done. */
  | { readonly code: number }
  /** The connection breaks before it is done, or when it is. */
  | 'unheard'
  | 'unanswered'
  /** Nothing comes back, and the connection stays. */
  | 'silence'
  /** Done, but the bytes of the answer are changed. */
  | ((body: Buffer) => Buffer);

export interface FakeTransaction {
  producerId: number;
  epoch: number;
  /** How the last one ended. */
  last: 'committed' | 'aborted' | undefined;
  readonly partitions: Set<FakePartition>;
  readonly offsets: Map<string, number>;
}

export interface FakeOptions {
  readonly brokers?: number;
  /** Of topics that exist, by name. */
  readonly topics?: Readonly<Record<string, number>>;
}

export class FakeKafka {
  readonly brokers: FakeBroker[] = [];
  readonly topics = new Map<string, { readonly id: Buffer; readonly partitions: readonly FakePartition[] }>();
  readonly transactions = new Map<string, FakeTransaction>();
  /** Committed offsets of groups, by `topic partition`. */
  readonly offsets = new Map<string, number>();
  /** Who coordinates everything. */
  coordinator = 0;
  /** What it says of its features and of each request's newest version. */
  transactionVersion = 2;
  newest: Readonly<Partial<Record<ApiName, number>>> = {};
  /** Every request that was heard. */
  readonly heard: { readonly api: ApiName; readonly broker: number }[] = [];
  readonly #faults = new Map<ApiName, Fault[]>();
  #producerIds = 1000;

  /** Closed when the test is done. */
  static async start(t: TestContext, { brokers = 1, topics = { t: 1 } }: FakeOptions = {}): Promise<FakeKafka> {
    const fake = new FakeKafka();
    for (let id = 0; id < brokers; id++) fake.brokers.push(await FakeBroker.start(fake, id));
    for (const [name, count] of Object.entries(topics)) {
      const id = Buffer.alloc(16, fake.topics.size + 1);
      const partitions = Array.from({ length: count }, (_, index) => new FakePartition(index % brokers));
      fake.topics.set(name, { id, partitions });
    }
    t.after(() => Promise.all(fake.brokers.map((broker) => broker.stop())));
    return fake;
  }

  get addresses(): string[] {
    return this.brokers.map(({ port }) => `127.0.0.1:${port}`);
  }

  partition(topic: string, index = 0): FakePartition {
    return this.topics.get(topic)!.partitions[index]!;
  }

  /** The next requests of this kind go wrong, one after the other. */
  fail(api: ApiName, ...faults: readonly Fault[]): void {
    this.#faults.set(api, [...(this.#faults.get(api) ?? []), ...faults]);
  }

  /** How many faults are yet to come. */
  get pending(): number {
    return [...this.#faults.values()].flat().length;
  }

  move(partition: FakePartition, leader: number): void {
    partition.leader = leader;
    partition.epoch++;
  }

  newProducerId(): number {
    return this.#producerIds++;
  }

  /** Ends what an older producer of the id left open, and lets it do nothing more. */
  takeOver(transactionalId: string): FakeTransaction {
    const known = this.transactions.get(transactionalId);
    if (known === undefined) {
      const [partitions, offsets] = [new Set<FakePartition>(), new Map<string, number>()];
      const created = { producerId: this.newProducerId(), epoch: 0, last: undefined, partitions, offsets };
      this.transactions.set(transactionalId, created);
      return created;
    }
    this.end(known, false);
    known.epoch++;
    known.last = undefined;
    return known;
  }

  /** Ends what is open under an id, as the coordinator does. */
  end(transaction: FakeTransaction, isCommitted: boolean): void {
    const { partitions, offsets, producerId, epoch } = transaction;
    for (const partition of partitions) partition.mark(producerId, epoch + 1, isCommitted);
    if (isCommitted) for (const [key, offset] of offsets) this.offsets.set(key, offset);
    partitions.clear();
    offsets.clear();
    transaction.epoch++;
    transaction.last = isCommitted ? 'committed' : 'aborted';
  }

  nextFault(api: ApiName): Fault | undefined {
    return this.#faults.get(api)?.shift();
  }
}

class FakeBroker {
  readonly id: number;
  port = 0;
  readonly #fake: FakeKafka;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(fake: FakeKafka, id: number) {
    this.#fake = fake;
    this.id = id;
  }

  static async start(fake: FakeKafka, id: number): Promise<FakeBroker> {
    const broker = new FakeBroker(fake, id);
    await broker.restart();
    return broker;
  }

  /** On the port that it had. */
  async restart(): Promise<void> {
    this.#server = createServer((socket) => this.#accept(socket)).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    let received = Buffer.alloc(0);
    // Requests of a connection are done and answered one after the other.
    let last = Promise.resolve();
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const end = 4 + received.readInt32BE(0);
        const request = received.subarray(4, end);
        received = received.subarray(end);
        last = last.then(() => this.#handle(socket, request));
      }
    });
  }

  async #handle(socket: Socket, request: Buffer): Promise<void> {
    if (socket.destroyed) return;
    const reader = new ResponseReader(request);
    const key = reader.int16();
    const version = reader.int16();
    const correlationId = reader.int32();
    const clientIdBytes = reader.int16();
    reader.position += clientIdBytes;
    reader.tags();
    const api = apiNames.get(key);
    if (api === undefined || !(api in answers)) throw new Error(`the fake cluster doesn't do request ${key}`);
    this.#fake.heard.push({ api, broker: this.id });
    const fault = this.#fake.nextFault(api);
    if (fault === 'silence') return;
    if (fault === 'unheard') return void socket.destroy();
    const code = typeof fault === 'object' ? fault.code : undefined;
    const asked: Asked = { fake: this.#fake, broker: this.id, version, reader, code };
    const answer = await answers[api](asked);
    if (fault === 'unanswered') return void socket.destroy();
    const change = typeof fault === 'function' ? fault : (body: Buffer) => body;
    socket.write(framed(correlationId, api !== 'ApiVersions', change(bytesOf(answer))));
  }
}

function bytesOf(answer: RequestWriter): Buffer {
  return answer.finish().buffer;
}

function framed(correlationId: number, hasTags: boolean, body: Buffer): Buffer {
  const head = Buffer.alloc(hasTags ? 9 : 8);
  head.writeInt32BE(head.length - 4 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}
