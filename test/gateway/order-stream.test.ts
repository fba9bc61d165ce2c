// Server-sent events over a real connection: what has happened, then what happens, until the order has ended.
import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import { eventually, TestGateway } from './test-gateway.ts';

interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly sequence: number; readonly type: string };
}

/** A connection and what came over it. */
class Listener {
  readonly events: SentEvent[] = [];
  comments = 0;
  isOver = false;
  readonly response: IncomingMessage;
  #rest = '';

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#take(chunk));
    response.on('end', () => {
      this.isOver = true;
    });
    response.on('error', () => {});
  }

  static open(url: string, headers: object): Promise<Listener> {
    return new Promise((resolve, reject) => {
      get(url, { headers: { ...headers } }, (response) => resolve(new Listener(response))).on('error', reject);
    });
  }

  get ids(): string[] {
    return this.events.map(({ id }) => id);
  }

  #take(chunk: string): void {
    const parts = (this.#rest + chunk).split('\n\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith(':')) this.comments++;
      else {
        const fields = Object.fromEntries(part.split('\n').map((line) => /^(\w+): (.*)$/.exec(line)!.slice(1)));
        this.events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
      }
    }
  }
}

describe("an order's events", () => {
  let shop: TestGateway;
  let url: string;
  beforeEach(async () => {
    shop = await TestGateway.open({ settings: { heartbeatMs: 30 } });
    await shop.offer({ p1: 100, none: 0 });
    await shop.app.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(shop.app.server.address() as AddressInfo).port}`;
  });
  afterEach(() => shop.close());

  const follow = (orderId: string, headers: object = {}) =>
    Listener.open(`${url}/v1/orders/${orderId}/events`, { ...shop.bearer('s1', 'shopper'), ...headers });
  const cancel = (orderId: string) =>
    shop.call('POST', `/v1/orders/${orderId}/cancel`, {
      headers: { ...shop.bearer('s1', 'shopper'), prefer: 'wait=5' },
    });

  test('come first from history, then live, and end with the order', async () => {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    const listener = await follow(body.orderId);
    assert.equal(listener.response.statusCode, 200);
    assert.match(listener.response.headers['content-type'] ?? '', /^text\/event-stream/);
    await eventually(() => listener.events.length === 2 || undefined);
    assert.equal(listener.isOver, false);
    await cancel(body.orderId);
    await eventually(() => listener.isOver || undefined);
    assert.deepEqual(listener.ids, ['1', '2', '3']);
    assert.deepEqual(
      listener.events.map(({ event, data }) => [event, data.type, data.sequence]),
      [
        ['OrderCreated', 'OrderCreated', 1],
        ['OrderReserved', 'OrderReserved', 2],
        ['OrderCancelled', 'OrderCancelled', 3],
      ],
    );
  });

  test('begin before the order is decided', async () => {
    shop.decider.pause();
    const { body } = await shop.order({ lines: [{ productId: 'none', quantity: 1 }] });
    const listener = await follow(body.orderId);
    await eventually(() => listener.comments >= 2 || undefined);
    assert.deepEqual(listener.ids, []);
    shop.decider.resume();
    await eventually(() => listener.isOver || undefined);
    assert.deepEqual(
      listener.events.map(({ event }) => event),
      ['OrderCreated', 'OrderRejected'],
    );
  });

  test('go on after Last-Event-ID', async () => {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    await cancel(body.orderId);
    for (const [last, ids] of [
      ['1', ['2', '3']],
      ['3', []],
      ['99', []],
      ['x', ['1', '2', '3']],
    ] as const) {
      const listener = await follow(body.orderId, { 'last-event-id': last });
      await eventually(() => listener.isOver || undefined);
      assert.deepEqual(listener.ids, ids, last);
    }
  });

  test('end with the order also if a step follows that changes no status', async () => {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    await cancel(body.orderId);
    const { orderId } = body;
    const event = { type: 'PaymentReturned', refunded: true, amount: 1 } as const;
    await shop.append(topics.orderEvents, orderId, { orderId, customerId: 's1', sequence: 4, at: 0, event });
    await eventually(async () => {
      const listener = await follow(orderId);
      await eventually(() => listener.isOver || undefined);
      return listener.ids.at(-1) === '4' || undefined;
    });
  });

  test('are whole through a gateway that saw only the last of them', async () => {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    await eventually(() => shop.documents.get('orders', body.orderId));
    const late = await shop.another();
    const lateUrl = await late.listen({ host: '127.0.0.1', port: 0 });
    shop.views.pause();
    await cancel(body.orderId);
    const listener = await Listener.open(`${lateUrl}/v1/orders/${body.orderId}/events`, shop.bearer('s1', 'shopper'));
    await eventually(() => listener.events.length > 1 || undefined);
    shop.views.resume();
    await eventually(() => listener.isOver || undefined);
    assert.deepEqual(listener.ids, ['1', '2', '3']);
  });

  test("of another shopper's order are not told; a listener that leaves is forgotten", async () => {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    const stranger = await follow(body.orderId, shop.bearer('s2', 'shopper'));
    assert.equal(stranger.response.statusCode, 404);
    const listener = await follow(body.orderId);
    await eventually(() => listener.events.length === 2 || undefined);
    const waiters = async () => Number(/gateway_waiters (\d+)/.exec((await shop.call('GET', '/metrics')).text)?.[1]);
    await eventually(async () => (await waiters()) === 1 || undefined);
    listener.response.destroy();
    await eventually(async () => (await waiters()) === 0 || undefined);
  });

  test('end when the gateway closes', async () => {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    const listener = await follow(body.orderId);
    await eventually(() => listener.events.length === 2 || undefined);
    await shop.app.close();
    await eventually(() => listener.isOver || undefined);
  });
});
