// A line to a server of this machine that can be cut, and mended again.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface Line {
  /** Where to connect instead. */
  readonly port: number;
  /** Ends all connections, and every new one. */
  cut(): void;
  mend(): void;
}

/** Listens until the test is over. */
export async function relay(t: TestContext, to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const far = connect(to, '127.0.0.1');
    for (const each of [socket, far]) {
      sockets.add(each);
      each.on('error', () => {}).on('close', () => sockets.delete(each));
    }
    socket.pipe(far).pipe(socket);
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
  const mend = () => {
    isCut = false;
  };
  return { port: (server.address() as AddressInfo).port, cut, mend };
}
