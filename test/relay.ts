// A line to a server of this machine that can be cut, slowed down or frozen, and mended again.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import type { TestContext } from 'node:test';

export interface Line {
  /** Where to connect instead. */
  readonly port: number;
  /** Ends all connections, and every new one. */
  cut(): void;
  /** Connections stay, are taken, and nothing comes through, as of a machine that hangs. */
  freeze(): void;
  /** Whatever passes, passes so many milliseconds later. */
  slow(milliseconds: number): void;
  mend(): void;
}

/** Listens until the test is over. */
export async function relay(t: TestContext, to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let delayMs = 0;
  let thaw = Promise.withResolvers<void>();
  thaw.resolve();
  const lagging = () =>
    new Transform({
      transform(chunk, _, done) {
        void thaw.promise.then(() => setTimeout(() => done(null, chunk), delayMs));
      },
    });
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const far = connect(to, '127.0.0.1');
    for (const [each, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      sockets.add(each);
      each
        .on('error', () => {})
        .on('close', (isBroken) => {
          sockets.delete(each);
          // One that ended well ends the other one after all that it sent has passed.
          if (isBroken) other.destroy();
        });
    }
    socket.pipe(lagging()).pipe(far);
    far.pipe(lagging()).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    cut();
    server.close();
  });
  const freeze = () => {
    thaw = Promise.withResolvers();
  };
  const slow = (milliseconds: number) => {
    delayMs = milliseconds;
  };
  const mend = () => {
    isCut = false;
    delayMs = 0;
    thaw.resolve();
  };
  return { port: (server.address() as AddressInfo).port, cut, freeze, slow, mend };
}
