// A way to a server that can be cut and mended while somebody uses it: what a broken network looks like.
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

export class BreakableWay {
  readonly #server = createServer((socket) => this.#forward(socket));
  readonly #sockets = new Set<Socket>();
  readonly #target: { readonly host: string; readonly port: number };
  #isCut = false;

  private constructor({ hostname, port }: URL) {
    this.#target = { host: hostname, port: Number(port) };
  }

  static async open(url: string): Promise<BreakableWay> {
    const way = new BreakableWay(new URL(url));
    way.#server.listen(0, '127.0.0.1');
    await once(way.#server, 'listening');
    return way;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections; new ones are ended, too, until `mend`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forward(socket: Socket): void {
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    const other = dial(this.#target);
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {}).on('close', () => this.#sockets.delete(from) && to.destroy());
      from.pipe(to);
    }
  }
}
