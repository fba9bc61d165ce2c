// What ends a live connection without a word of its client: being too slow, and steps that the gateway itself missed.
// The socket is a stand-in that takes messages as slowly as a test says.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { beforeEach, describe, test } from 'node:test';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { Connections } from '../../gateway/connections.ts';
import { LiveConnection, type LiveConnectionParts } from '../../gateway/live-connection.ts';
import { OwnOrders } from '../../gateway/own-orders.ts';
import { TopicTail } from '../../gateway/topic-tail.ts';
import { RecordBatch } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { topics } from '../../schemas/topics.ts';
import type { OrderEvent } from '../../schemas/types.generated.ts';

/** Sends nothing further until the test lets it. */
class SlowSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly sent: unknown[] = [];
  readonly pending: (() => void)[] = [];
  closed: readonly [code: number, reason: string] | undefined;

  send(text: string, done: () => void): void {
    this.sent.push(JSON.parse(text));
    this.pending.push(done);
  }

  ping(): void {}

  close(code: number, reason: string): void {
    this.closed ??= [code, reason];
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a live connection', () => {
  let tail: TopicTail<OrderEvent>;
  let socket: SlowSocket;
  const happens = (sequence: number, customerId = 's1') => {
    const event = { type: 'OrderCancelled', reason: 'by_customer' } as const;
    const value: OrderEvent = { orderId: 'o', customerId, sequence, at: sequence, event };
    const bytes = new RecordBatchBuilder().encode(0, 'o', value, topics.orderEvents.serde).finish(0);
    const cursor = new RecordBatch(bytes).cursor();
    while (cursor.next()) tail.take(cursor);
  };
  beforeEach(() => {
    tail = new TopicTail(topics.orderEvents, 0);
    socket = new SlowSocket();
    const gateway = { clock: new SteppedClock(), closing: new AbortController().signal, logger: silentLogger };
    const settings = { heartbeatMs: 15_000 };
    const holder = { userId: 's1', role: 'shopper', email: 's1@test', expiresAt: Number.MAX_SAFE_INTEGER };
    const ownOrders = new OwnOrders(tail, 3);
    const parts = { socket, holder, gateway: { ...gateway, settings }, ownOrders };
    new LiveConnection(parts as unknown as LiveConnectionParts).start();
  });

  test('waits for its client as long as little enough waits for it', async () => {
    for (let sequence = 1; sequence <= 20; sequence++) {
      happens(sequence);
      happens(sequence, 's2');
      await settled();
      socket.pending.shift()?.();
      await settled();
    }
    assert.equal(socket.closed, undefined);
    assert.ok(socket.sent.length > 10);
  });

  test('ends with 1013 when more waits than may', async () => {
    await settled();
    happens(1);
    await settled();
    for (let sequence = 2; sequence <= 4; sequence++) happens(sequence);
    await settled();
    assert.equal(socket.closed, undefined);
    happens(5);
    await settled();
    assert.deepEqual(socket.closed, [1013, 'too slow: steps would be missing; connect again']);
  });

  test('ends with 1013 when the gateway lost its place in the events', async () => {
    await settled();
    tail.forget();
    await settled();
    assert.deepEqual(socket.closed, [1013, 'steps are missing; connect again']);
  });

  test('is forgotten when it is closed', async () => {
    await settled();
    socket.emit('close');
    happens(1);
    tail.forget();
    await settled();
    assert.deepEqual(socket.sent, [{ type: 'ready', expiresAt: Number.MAX_SAFE_INTEGER }]);
    assert.equal(socket.closed, undefined);
  });
});

test('connections have a bound for each user and one for all; a place is given back once', () => {
  const connections = new Connections({ mostForEach: 2, most: 3 });
  const leave = connections.enter('a');
  connections.enter('a');
  assert.throws(() => connections.enter('a'), { code: 'CONNECTIONS_EXCEEDED' });
  connections.enter('b');
  assert.throws(() => connections.enter('b'), { code: 'OVERLOADED' });
  leave();
  leave();
  assert.equal(connections.count, 2);
  connections.enter('c');
  assert.throws(() => connections.enter('a'), { code: 'OVERLOADED' });
});
