// Live updates over real connections: what a shopper hears, what an operator may follow, and every way to be closed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { GatewaySettings } from '../../gateway/settings.ts';
import { eventually, TestGateway } from './test-gateway.ts';

interface Heard {
  readonly type: string;
  readonly orderId?: string;
  readonly code?: string;
  readonly step?: { readonly type: string; readonly sequence: number };
}

/** A client as browsers have it. */
class Client {
  readonly heard: Heard[] = [];
  readonly socket: WebSocket;
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(url: string, protocols: readonly string[], headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { protocols: [...protocols], headers } as unknown as string[]);
    this.socket.addEventListener('message', ({ data }) => this.heard.push(JSON.parse(String(data))));
    this.socket.addEventListener('error', () => {});
    this.socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason };
    });
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  ready(): Promise<Heard> {
    return this.hears(({ type }) => type === 'ready');
  }

  hears(isIt: (heard: Heard) => boolean): Promise<Heard> {
    return eventually(() => {
      assert.equal(this.closed, undefined);
      return this.heard.find(isIt);
    });
  }

  ending(): Promise<{ readonly code: number; readonly reason: string }> {
    return eventually(() => this.closed);
  }

  /** `order type` of each step, in order. */
  get steps(): string[] {
    return this.heard.flatMap(({ orderId, step }) => (step ? [`${orderId} ${step.type}`] : []));
  }
}

describe('live updates', () => {
  let shop: TestGateway;
  let url: string;
  const open = async (settings: Partial<GatewaySettings> = {}) => {
    shop = await TestGateway.open({ settings });
    await shop.offer({ p1: 100, none: 0 });
    await shop.app.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(shop.app.server.address() as AddressInfo).port}`;
  };
  afterEach(() => shop.close());
  const tokenOf = (userId: string, role: 'shopper' | 'seller' | 'operator' = 'shopper') =>
    shop.bearer(userId, role).authorization.slice('Bearer '.length);
  const join = (token: string, headers: Record<string, string> = {}) =>
    new Client(`${url.replace('http', 'ws')}/v1/live`, ['stockstream.v1', `bearer.${token}`], headers);
  const place = async (shopper = 's1', productId = 'p1'): Promise<string> => {
    const lines = [{ productId, quantity: 1 }];
    return (await shop.order({ shopper, lines, headers: { prefer: 'wait=5' } })).body.orderId;
  };
  const cancel = (orderId: string, shopper = 's1') =>
    shop.call('POST', `/v1/orders/${orderId}/cancel`, {
      headers: { ...shop.bearer(shopper, 'shopper'), prefer: 'wait=5' },
    });

  /** Asks for a WebSocket and leaves the answer to the test. */
  const knock = (headers: object) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    const upgrade = { host: 'x', connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const all = { ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    socket.write(['GET /v1/live HTTP/1.1', ...lines, '', ''].join('\r\n'));
    return socket;
  };

  describe('over a WebSocket', () => {
    beforeEach(() => open());

    test("are the steps of all of a shopper's own orders, and of no others", async () => {
      const [mine, others] = [join(tokenOf('s1')), join(tokenOf('s2'))];
      await Promise.all([mine.ready(), others.ready()]);
      assert.equal(mine.socket.protocol, 'stockstream.v1');
      const first = await place();
      const second = await place('s1', 'none');
      const strange = await place('s2');
      await cancel(first);
      await mine.hears(({ step }) => step?.type === 'OrderCancelled');
      await others.hears(({ step }) => step?.type === 'OrderReserved');
      const steps = [`${first} OrderCreated`, `${first} OrderReserved`, `${first} OrderCancelled`];
      assert.deepEqual(
        mine.steps.filter((step) => step.startsWith(first)),
        steps,
      );
      assert.deepEqual(
        mine.steps.filter((step) => !step.startsWith(first)),
        [`${second} OrderCreated`, `${second} OrderRejected`],
      );
      assert.deepEqual(others.steps, [`${strange} OrderCreated`, `${strange} OrderReserved`]);
      const told = (await shop.call('GET', `/v1/orders/${first}`, { headers: shop.bearer('s1', 'shopper') })).body;
      assert.deepEqual(
        mine.heard.flatMap(({ orderId, step }) => (orderId === first ? [step] : [])),
        told.history,
      );
    });

    test('of a single order begin with its history, or after what was seen, and end with it', async () => {
      const orderId = await place();
      const [all, rest] = [join(tokenOf('o', 'operator')), join(tokenOf('s1'))];
      await Promise.all([all.ready(), rest.ready()]);
      all.say({ type: 'follow', orderId });
      rest.say({ type: 'follow', orderId, after: 1 });
      await all.hears(({ step }) => step?.type === 'OrderReserved');
      await rest.hears(({ step }) => step?.type === 'OrderReserved');
      await cancel(orderId);
      await all.hears(({ type }) => type === 'over');
      await rest.hears(({ type }) => type === 'over');
      assert.deepEqual(all.steps, [`${orderId} OrderCreated`, `${orderId} OrderReserved`, `${orderId} OrderCancelled`]);
      assert.deepEqual(rest.steps, [`${orderId} OrderReserved`, `${orderId} OrderCancelled`]);
    });

    test('of an order that is not followed any more end; an operator hears of no order by itself', async () => {
      const client = join(tokenOf('o', 'operator'));
      await client.ready();
      const orderId = await place();
      client.say({ type: 'follow', orderId });
      client.say({ type: 'follow', orderId });
      await client.hears(({ step }) => step?.type === 'OrderReserved');
      client.say({ type: 'unfollow', orderId });
      client.say({ type: 'unfollow', orderId });
      await client.hears(({ type }) => type === 'over');
      await cancel(orderId);
      const other = await place();
      client.say({ type: 'follow', orderId: other });
      await client.hears((heard) => heard.orderId === other && heard.step?.type === 'OrderReserved');
      assert.deepEqual(
        client.steps.filter((step) => step.startsWith(orderId)),
        [`${orderId} OrderCreated`, `${orderId} OrderReserved`],
      );
    });

    test("of another shopper's order, or of none, are refused", async () => {
      const orderId = await place('s2');
      const client = join(tokenOf('s1'));
      await client.ready();
      for (const id of [orderId, 'no order', 'uJ2qqzV1n1s0y8b1dT1m5w~tv-55']) {
        client.say({ type: 'follow', orderId: id });
        const refusal = await client.hears((heard) => heard.type === 'refused' && heard.orderId === id);
        assert.equal(refusal.code, 'order_not_found');
      }
      assert.deepEqual(client.steps, []);
    });

    for (const message of ['{', '17', '{"type":"follow"}', '{"type":"shout","orderId":"x"}']) {
      test(`end with 1008 after ${message}`, async () => {
        const client = join(tokenOf('s1'));
        await client.ready();
        client.say(message);
        assert.deepEqual(await client.ending(), { code: 1008, reason: 'no message of a known form' });
      });
    }

    test('end with 1008 after bytes, 1009 after a message that is too large', async () => {
      const [bytes, large] = [join(tokenOf('s1')), join(tokenOf('s1'))];
      await Promise.all([bytes.ready(), large.ready()]);
      bytes.socket.send(Buffer.from('{}'));
      assert.equal((await bytes.ending()).code, 1008);
      large.say({ type: 'follow', orderId: 'x'.repeat(5_000) });
      assert.equal((await large.ending()).code, 1009);
    });

    test('end with 1008 when too much is wished', async () => {
      const [many, fast] = [join(tokenOf('s1')), join(tokenOf('s1'))];
      await Promise.all([many.ready(), fast.ready()]);
      for (let index = 0; index < 200; index++) fast.say({ type: 'follow', orderId: `order ${index}` });
      assert.equal((await fast.ending()).reason, 'too many messages at a time');
      for (let index = 0; index < 21; index++) {
        const orderId = await place();
        many.say({ type: 'follow', orderId });
        if (index < 20) await many.hears((heard) => heard.orderId === orderId);
      }
      assert.equal((await many.ending()).reason, 'at most 20 orders are followed');
    });

    test('end with 1001 when the gateway closes', async () => {
      const client = join(tokenOf('s1'));
      await client.ready();
      await shop.app.close();
      assert.deepEqual(await client.ending(), { code: 1001, reason: 'the gateway stops' });
    });

    test('end when the token does', async () => {
      const expiries: (() => void)[] = [];
      const schedule: Clock['schedule'] = (milliseconds, callback) => {
        if (milliseconds < 3_000_000) return systemClock.schedule(milliseconds, callback);
        expiries.push(callback);
        return () => {};
      };
      const app = await shop.another({ clock: { ...systemClock, schedule } });
      url = await app.listen({ host: '127.0.0.1', port: 0 });
      const client = join(tokenOf('s1'));
      await client.ready();
      const asked = get(`${url}/v1/orders/events`, { headers: shop.bearer('s1', 'shopper') });
      const [stream] = (await once(asked, 'response')) as [IncomingMessage];
      assert.equal(expiries.length, 2);
      for (const expire of expiries) expire();
      assert.deepEqual(await client.ending(), { code: 4401, reason: 'the token has expired' });
      assert.equal((await stream.toArray()).join(''), ': connected\n\n');
    });

    /** The answer to a request to connect that the gateway refuses: it ends the connection, too. */
    const refusal = async (headers: object): Promise<{ readonly code: string }> => {
      const socket = knock(headers);
      const answer = (await socket.toArray()).join('');
      return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    };

    test('are for nobody without a good token', async () => {
      const protocols = (token: string) => ({ 'sec-websocket-protocol': `stockstream.v1, bearer.${token}` });
      const expired = shop.app.jwt.sign({ sub: 's1', role: 'shopper', email: 's1@test', exp: 1 });
      for (const headers of [{}, protocols('nonsense'), protocols(expired), { authorization: `Bearer ${expired}` }]) {
        assert.equal((await refusal(headers)).code, 'unauthenticated');
      }
      assert.equal((await refusal(protocols(tokenOf('v', 'seller')))).code, 'forbidden');
    });

    test('are for programs, too, which send headers', async () => {
      const client = new Client(`${url.replace('http', 'ws')}/v1/live`, [], shop.bearer('s1', 'shopper'));
      await client.ready();
      client.socket.close();
      await client.ending();
    });

    test('are not for pages of other origins', async () => {
      const headers = shop.bearer('s1', 'shopper');
      for (const origin of ['https://evil.example', 'null', `${url}.evil.example`]) {
        assert.equal((await refusal({ ...headers, origin })).code, 'origin_refused', origin);
      }
      const own = join(tokenOf('s1'), { origin: url });
      await own.ready();
    });

    test('leave other addresses and other upgrades alone', async () => {
      const plain = await shop.call('GET', '/v1/live', { headers: shop.bearer('s1', 'shopper') });
      assert.deepEqual([plain.status, plain.body.code], [426, 'upgrade_required']);
      for (const [path, upgrade] of [
        ['/health/live', 'h2c'],
        ['/health/live', 'websocket'],
      ]) {
        const asked = get(`${url}${path}`, { headers: { connection: 'Upgrade', upgrade } });
        const [response] = (await once(asked, 'response')) as [IncomingMessage];
        response.resume();
        assert.equal(response.statusCode, 200, upgrade);
      }
    });
  });

  test('are bounded for each user; a place is free when a connection ends', async () => {
    await open({ liveConnectionsForEach: 2 });
    const first = join(tokenOf('s1'));
    await first.ready();
    const stream = get(`${url}/v1/orders/events`, { headers: shop.bearer('s1', 'shopper') });
    await once(stream, 'response');
    const third = join(tokenOf('s1'));
    await third.ending();
    assert.deepEqual(third.heard, []);
    const { status, body } = await shop.call('GET', '/v1/orders/events', { headers: shop.bearer('s1', 'shopper') });
    assert.deepEqual([status, body.code], [429, 'connections_exceeded']);
    await join(tokenOf('s2')).ready();
    first.socket.close();
    stream.destroy();
    for (let free = 0; free < 2; ) {
      const again = join(tokenOf('s1'));
      await eventually(() => again.closed ?? again.heard[0]);
      if (!again.closed) free++;
    }
  });

  test('are for pages of the origins that the settings name', async () => {
    await open({ corsOrigins: ['https://shop.example'] });
    await join(tokenOf('s1'), { origin: 'https://shop.example' }).ready();
    await join(tokenOf('s1'), { origin: 'https://evil.example' }).ending();
  });

  /** A connection that is opened by hand, by a client that answers nothing. */
  const silent = async () => {
    const socket = knock(shop.bearer('s1', 'shopper'));
    const [head] = (await once(socket, 'data')) as [Buffer];
    assert.match(String(head), /^HTTP\/1\.1 101 /);
    return socket;
  };

  test('end for a client that does not answer the heartbeat', async () => {
    await open({ heartbeatMs: 20 });
    const alive = join(tokenOf('s1'));
    await alive.ready();
    const socket = await silent();
    socket.resume();
    await once(socket, 'close');
    assert.equal(alive.closed, undefined);
  });

  test('end for a client that does not answer when the gateway closes', async () => {
    await open();
    const socket = await silent();
    socket.resume();
    const closed = once(socket, 'close');
    await shop.app.close();
    await closed;
  });

  test('as server-sent events are the same steps', async () => {
    await open({ heartbeatMs: 20 });
    const headers = shop.bearer('s1', 'shopper');
    const asked = get(`${url}/v1/orders/events`, { headers });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    assert.match(String(response.headers['content-type']), /^text\/event-stream/);
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('error', () => {});
    await eventually(() => text.includes(': heartbeat') || undefined);
    const orderId = await place();
    await place('s2');
    await cancel(orderId);
    await eventually(() => text.includes('OrderCancelled') || undefined);
    const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)];
    const told = (await shop.call('GET', `/v1/orders/${orderId}`, { headers })).body;
    assert.deepEqual(
      events.map(([, , data = '']) => JSON.parse(data)),
      told.history.map((step: object) => ({ orderId, ...step })),
    );
    assert.doesNotMatch(text, /^id:/m);
    const over = once(response, 'close');
    await shop.app.close();
    await over;
  });
});
