// A relay before the brokers of a real cluster: clients that begin at it stay on it, for the addresses that brokers give of
// themselves are replaced by its own. It can cut connections, at once or at a request of its choice, let nobody in, and be
// slow or silent, as brokers are that are far away or hang.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ResponseReader } from '../../../log/kafka/wire/response-reader.ts';

/** Where a connection breaks: before the broker has the request, in its middle, or before the client has the answer. */
export type Cut = 'unheard' | 'half' | 'unanswered';

const metadata = 3;
const findCoordinator = 10;

export class Relay {
  /** To begin at. */
  address = '';
  isOpen = true;
  /** Every request and every answer takes so much longer, in milliseconds. */
  delayMs = 0;
  cuts = 0;
  /** Until it resolves nothing passes. */
  #thaw: Promise<void> = Promise.resolve();
  #resume: () => void = () => {};
  /** Asked at each request, by the number of its kind. */
  cutAt: (api: number) => Cut | undefined = () => undefined;
  /** Ports that stand for brokers, by their addresses. */
  readonly #ports = new Map<string, Promise<number>>();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Before the broker at `target`; closed when the test is done. */
  static async start(t: TestContext, target: string): Promise<Relay> {
    const relay = new Relay();
    t.after(() => relay.#close());
    relay.address = `127.0.0.1:${await relay.#portFor(target)}`;
    return relay;
  }

  cut(): void {
    this.cuts++;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections stay, are taken, and nothing comes through. */
  freeze(): void {
    this.#thaw = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** Open, quick and talking again. */
  mend(): void {
    this.isOpen = true;
    this.delayMs = 0;
    this.#resume();
  }

  /** Resolves when what came at `at` may go on. */
  async #pass(at: number): Promise<void> {
    const leftMs = at + this.delayMs - performance.now();
    if (leftMs > 0) await wait(leftMs);
    await this.#thaw;
  }

  #close(): void {
    this.mend();
    this.cut();
    for (const server of this.#servers) server.close();
  }

  #portFor(target: string): Promise<number> {
    const known = this.#ports.get(target);
    if (known !== undefined) return known;
    const port = this.#listen(target);
    this.#ports.set(target, port);
    return port;
  }

  async #listen(target: string): Promise<number> {
    const server = createServer((socket) => this.#accept(socket, target)).listen(0, '127.0.0.1');
    this.#servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  #accept(client: Socket, target: string): void {
    if (!this.isOpen) {
      client.destroy();
      return;
    }
    const at = target.lastIndexOf(':');
    const broker = connect(Number(target.slice(at + 1)), target.slice(0, at));
    const line = new Line(this, client, broker);
    for (const [one, other, take] of [
      [client, broker, (frame: Buffer) => line.request(frame)],
      [broker, client, (frame: Buffer) => line.answer(frame)],
    ] as const) {
      this.#sockets.add(one);
      const passed = onFrames(one, async (frame, at) => {
        await this.#pass(at);
        await take(frame);
      });
      one.on('error', () => {});
      // What was sent before arrives, however late.
      one.on('close', async () => {
        this.#sockets.delete(one);
        await passed();
        other.destroy();
      });
    }
  }

  /** Replaces the addresses in an answer. */
  async replace(api: number, frame: Buffer): Promise<void> {
    if (api !== metadata && api !== findCoordinator) return;
    const reader = new ResponseReader(frame);
    // Length, correlation id, tags, throttle time.
    reader.position = 4 + 4 + 1 + 4;
    const found = reader.list(() => {
      if (api === findCoordinator) reader.text();
      reader.int32();
      const host = reader.text() ?? '';
      const at = reader.position;
      const port = reader.int32();
      if (api === findCoordinator) reader.int16();
      reader.text();
      reader.tags();
      return { target: `${host}:${port}`, at };
    });
    for (const { target, at } of found)
      if (!target.startsWith(':')) frame.writeInt32BE(await this.#portFor(target), at);
  }
}

/** One client's connection to one broker. */
class Line {
  readonly #relay: Relay;
  readonly #client: Socket;
  readonly #broker: Socket;
  /** Kinds of the requests that are out. */
  readonly #apis = new Map<number, number>();
  #fatal: number | undefined;

  constructor(relay: Relay, client: Socket, broker: Socket) {
    this.#relay = relay;
    this.#client = client;
    this.#broker = broker;
  }

  async request(frame: Buffer): Promise<void> {
    const [api, correlationId] = [frame.readInt16BE(4), frame.readInt32BE(8)];
    this.#apis.set(correlationId, api);
    const cut = this.#fatal === undefined ? this.#relay.cutAt(api) : undefined;
    if (cut === 'unanswered') this.#fatal = correlationId;
    if (cut === 'half') this.#broker.write(frame.subarray(0, frame.length / 2));
    if (cut === 'half' || cut === 'unheard') this.#break();
    else this.#broker.write(frame);
  }

  async answer(frame: Buffer): Promise<void> {
    const correlationId = frame.readInt32BE(4);
    if (correlationId === this.#fatal) {
      this.#break();
      return;
    }
    await this.#relay.replace(this.#apis.get(correlationId) ?? -1, frame);
    this.#apis.delete(correlationId);
    this.#client.write(frame);
  }

  #break(): void {
    this.#relay.cuts++;
    this.#client.destroy();
    this.#broker.destroy();
  }
}

/** Calls `take` with each whole message, one after the other, and when it came. Gives what resolves once all are taken. */
function onFrames(socket: Socket, take: (frame: Buffer, at: number) => Promise<void>): () => Promise<void> {
  let received = Buffer.alloc(0);
  let last = Promise.resolve();
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    const at = performance.now();
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const end = 4 + received.readInt32BE(0);
      const frame = Buffer.from(received.subarray(0, end));
      received = received.subarray(end);
      last = last.then(() => take(frame, at));
    }
  });
  return () => last;
}
