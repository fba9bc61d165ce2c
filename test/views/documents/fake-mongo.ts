// A server that speaks MongoDB's wire protocol and answers as a test says: for what a real one does seldom or never when
// asked to, such as to fail in parts, to be slow, to hang up. By itself it knows no command but the driver's greeting.
//
//     header (int32 each): length, request id, answers to, opcode
//     2013 OP_MSG:   int32 flags, then sections: 0 document | 1 int32 size, name\0, documents
//     2004 OP_QUERY: int32 flags, collection\0, int32 skip, int32 limit, document     (the first greeting)
//        1 OP_REPLY: int32 flags, int64 cursor, int32 from, int32 count, document     (its answer)
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { BSON, type Document } from 'mongodb';

/** What to answer a command; `silence` for nothing, `hang up` to end the connection. */
export type Answer = (command: Document) => Document | 'silence' | 'hang up';

const greeting = {
  ok: 1,
  helloOk: true,
  isWritablePrimary: true,
  ismaster: true,
  maxBsonObjectSize: 16 << 20,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 25,
};

/** Listens until the test is over, on any free port unless one is given. */
export async function fakeMongo(t: TestContext, answer: Answer, port = 0): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    let waiting = Buffer.alloc(0);
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
        const message = waiting.subarray(0, waiting.readInt32LE(0));
        waiting = waiting.subarray(message.length);
        const command = commandOf(message);
        const isGreeting = 'hello' in command || 'ismaster' in command || 'isMaster' in command;
        const reply = isGreeting ? greeting : answer(command);
        if (reply === 'hang up') socket.destroy();
        else if (reply !== 'silence') socket.write(replyTo(message, reply));
      }
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/shop`;
}

function commandOf(message: Buffer): Document {
  let at = 20;
  if (message.readInt32LE(12) === 2004) {
    at = message.indexOf(0, at) + 9;
    return BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)));
  }
  let command: Document = {};
  const lists: Document = {};
  while (at < message.length) {
    const kind = message[at++];
    const end = at + message.readInt32LE(at);
    if (kind === 0) command = BSON.deserialize(message.subarray(at, end));
    else {
      const name = message.subarray(at + 4, message.indexOf(0, at + 4));
      const documents: Document[] = [];
      for (let from = at + 5 + name.length; from < end; from += message.readInt32LE(from)) {
        documents.push(BSON.deserialize(message.subarray(from, from + message.readInt32LE(from))));
      }
      lists[name.toString()] = documents;
    }
    at = end;
  }
  return { ...command, ...lists };
}

function replyTo(message: Buffer, document: Document): Buffer {
  const isQuery = message.readInt32LE(12) === 2004;
  const body = BSON.serialize(document);
  const before = Buffer.alloc(isQuery ? 36 : 21);
  before.writeInt32LE(before.length + body.length, 0);
  before.writeInt32LE(message.readInt32LE(4), 8);
  before.writeInt32LE(isQuery ? 1 : 2013, 12);
  if (isQuery) before.writeInt32LE(1, 32);
  return Buffer.concat([before, body]);
}
