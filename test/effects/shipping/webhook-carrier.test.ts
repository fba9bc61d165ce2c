// The carrier behind a URL: the suite of its port against a server of this process, what it sends, and each answer.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../../base/clock.ts';
import { isStockstreamError, type StockstreamError } from '../../../base/errors.ts';
import type { Carrier } from '../../../effects/shipping/carrier.ts';
import { openWebhookCarrier } from '../../../effects/shipping/webhook/webhook-carrier.ts';
import { carrierSuite } from '../../conformance/carrier.suite.ts';
import { requestOf } from './parcels.ts';

const secret = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;
const { signal } = new AbortController();

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, asked: Asked) => void;

/** The other side: answers as a test says, by default with one tracking code a key. */
class CarrierServer {
  readonly asked: Asked[] = [];
  readonly done = new Map<string, string>();
  answer: Answer = (response, { headers }) => {
    const key = String(headers['idempotency-key']);
    const trackingCode = this.done.get(key) ?? `T-${this.done.size + 1000}`;
    this.done.set(key, trackingCode);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ trackingCode }));
  };
  readonly #server = createServer(async (request, response) => {
    const asked = { headers: request.headers, body: await text(request) };
    this.asked.push(asked);
    this.answer(response, asked);
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/parcels`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

carrierSuite('the webhook', async () => {
  const server = new CarrierServer();
  const carrier = openWebhookCarrier({ url: await server.start(), secret, clock: systemClock });
  return {
    carrier,
    carriedOut: async () => [...server.done.keys()],
    close: async () => {
      await carrier.close();
      await server.stop();
    },
  };
});

describe('the carrier behind a URL', () => {
  let server: CarrierServer;
  let carrier: Carrier;
  let url: string;
  beforeEach(async () => {
    server = new CarrierServer();
    url = await server.start();
    carrier = openWebhookCarrier({ url, secret, clock: systemClock });
  });
  afterEach(async () => {
    await carrier.close();
    await server.stop();
  });
  const send = () => carrier.send(requestOf('w1'), signal);
  const failure = async (): Promise<StockstreamError> => {
    const error = await send().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(isStockstreamError(error), String(error));
    return error;
  };

  test('is told the whole request, with its key, signed', async () => {
    await send();
    await carrier.fetch(requestOf('w1', 'FetchParcel'), signal);
    const [first, second] = server.asked;
    const { command: _, ...facts } = requestOf('w1');
    assert.deepEqual(new Webhook(secret).verify(first!.body, first!.headers as Record<string, string>), {
      ...facts,
      command: 'send',
    });
    assert.equal(first!.headers['idempotency-key'], facts.requestId);
    assert.equal(first!.headers['webhook-id'], facts.requestId);
    assert.match(String(first!.headers['content-type']), /^application\/json/);
    assert.equal(JSON.parse(second!.body).command, 'fetch');
  });

  for (const status of [400, 401, 403, 404, 410, 422]) {
    test(`that answers ${status} refuses for good`, async () => {
      server.answer = (response) => response.writeHead(status).end('no such street');
      const error = await failure();
      assert.equal(error.code, 'CARRIER_REFUSED');
      assert.equal(error.disposition, 'deadLetter');
      assert.match(error.message, new RegExp(`uJ2qqzV1n1s0y8b1dT1m5w.*${status}: no such street`));
    });
  }

  for (const status of [408, 409, 425, 429, 500, 502, 503]) {
    test(`that answers ${status} is asked again`, async () => {
      server.answer = (response) => response.writeHead(status).end();
      const error = await failure();
      assert.equal(error.code, 'CARRIER_UNAVAILABLE');
      assert.equal(error.disposition, 'retry');
      assert.match(error.message, new RegExp(String(status)));
    });
  }

  test('is not followed elsewhere', async () => {
    server.answer = (response) => response.writeHead(307, { location: url }).end();
    assert.equal((await failure()).code, 'CARRIER_REFUSED');
    assert.equal(server.asked.length, 1);
  });

  test('may not know the tracking code yet', async () => {
    for (const body of ['', ' \n', '{}', '{"trackingCode":""}', '{"trackingCode":"","eta":3}']) {
      server.answer = (response) => response.writeHead(202).end(body);
      assert.deepEqual(await send(), { trackingCode: '' });
    }
  });

  test('that answers nonsense is asked again: it may have been a proxy', async () => {
    for (const body of ['<html>', '"T-1"x', 'null', '{"trackingCode":17}', `{"trackingCode":"${'1'.repeat(101)}"}`]) {
      server.answer = (response) => response.writeHead(200).end(body);
      assert.equal((await failure()).code, 'CARRIER_UNAVAILABLE', body);
    }
  });

  test('that answers without an end is cut off', async () => {
    server.answer = (response) => {
      const more = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };
    assert.match((await failure()).message, /longer than 65536 bytes/);
  });

  test('that is away, or breaks off, is asked again', async () => {
    server.answer = (response) =>
      response.writeHead(200, { 'content-length': '100' }).end('{', () => response.destroy());
    assert.equal((await failure()).code, 'CARRIER_UNAVAILABLE');
    await server.stop();
    const error = await failure();
    assert.equal(error.code, 'CARRIER_UNAVAILABLE');
    assert.match(error.message, /ECONNREFUSED/);
  });

  test('that does not answer is left when the try is over, or the carrier is closed', async () => {
    const arrived = () => new Promise<void>((resolve) => (server.answer = () => resolve()));
    const over = new AbortController();
    const reached = arrived();
    const hanging = carrier.send(requestOf('w1'), over.signal);
    await reached;
    over.abort();
    await assert.rejects(hanging, (error) => isStockstreamError(error, 'CARRIER_UNAVAILABLE'));
    const reachedAgain = arrived();
    const closed = send();
    await reachedAgain;
    await carrier.close();
    await assert.rejects(closed, (error) => isStockstreamError(error, 'CARRIER_UNAVAILABLE'));
  });
});
