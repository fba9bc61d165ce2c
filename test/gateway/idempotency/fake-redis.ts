// A server that speaks Redis' protocol and answers as a test says: for what a real one does seldom or never when asked
// to. By itself it knows the greeting of the client alone.
//
//     a command: *<count>\r\n, then each word: $<bytes>\r\n<word>\r\n
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** What INFO says. */
const memory = 'maxmemory_policy:allkeys-lru';

/** What to answer a command, in the protocol's own form; `silence` for nothing, `hang up` to end the connection. */
export type Answer = (words: readonly string[]) => string;

/** Listens until the test is over, on any free port unless one is given. */
export async function fakeRedis(t: TestContext, answer: Answer, port = 0): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    let waiting = '';
    socket.setEncoding('latin1').on('data', (data) => {
      waiting += data;
      for (let command = firstCommand(waiting); command; command = firstCommand(waiting)) {
        waiting = waiting.slice(command.length);
        const reply = greetingOf(command.words) ?? answer(command.words);
        if (reply === 'hang up') socket.destroy();
        else if (reply !== 'silence') socket.write(`${reply}\r\n`);
      }
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function greetingOf([name = '']: readonly string[]): string | undefined {
  switch (name.toLowerCase()) {
    case 'hello':
      return '%1\r\n+proto\r\n:3';
    case 'client':
    case 'select':
      return '+OK';
    case 'info':
      return `$${memory.length}\r\n${memory}`;
    default:
      return undefined;
  }
}

/** Undefined if it isn't whole yet. */
function firstCommand(text: string): { readonly words: readonly string[]; readonly length: number } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return undefined;
  let length = head.length;
  const words: string[] = [];
  while (words.length < Number(count)) {
    const [size, bytes] = /^\$(\d+)\r\n/.exec(text.slice(length, length + 20)) ?? [];
    if (size === undefined) return undefined;
    const start = length + size.length;
    length = start + Number(bytes) + 2;
    if (length > text.length) return undefined;
    words.push(text.slice(start, length - 2));
  }
  return { words, length };
}
