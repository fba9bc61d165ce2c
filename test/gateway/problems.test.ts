// Refusals that belong to no route: problem+json with a stable code for whatever comes in.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { errorCatalogue } from '../../base/error-catalogue.ts';
import { StockstreamError } from '../../base/errors.ts';
import { asStockstreamError, problemHeaders, problemOf, statusOf } from '../../gateway/problem.ts';
import { Refusal } from '../../gateway/refusal.ts';
import type { ProductReader } from '../../views/cache/product-reader.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { orderBody, TestGateway } from './test-gateway.ts';

describe('problems', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ settings: { bodyBytes: 2_000 } });
  });
  after(() => shop.close());

  const json = { 'content-type': 'application/json' };
  const cases: [
    name: string,
    method: string,
    url: string,
    options: { payload?: string; headers?: object },
    expected: [number, string],
  ][] = [
    ['an unknown address', 'GET', '/v1/nothing', {}, [404, 'route_not_found']],
    ['an unknown method', 'PUT', '/v1/orders', {}, [404, 'route_not_found']],
    ['a broken address', 'GET', '/v1/products/%E0%A4%A', {}, [400, 'request_malformed']],
    ['broken JSON', 'POST', '/v1/sessions', { payload: '{"a":', headers: json }, [400, 'request_malformed']],
    ['no JSON at all', 'POST', '/v1/sessions', { payload: '', headers: json }, [400, 'request_malformed']],
    [
      'poisoned JSON',
      'POST',
      '/v1/sessions',
      { payload: '{"__proto__":{"a":1}}', headers: json },
      [400, 'request_malformed'],
    ],
    ['no body', 'POST', '/v1/sessions', {}, [400, 'request_invalid']],
    ['a list as body', 'POST', '/v1/sessions', { payload: '[]', headers: json }, [400, 'request_invalid']],
    [
      'XML',
      'POST',
      '/v1/sessions',
      { payload: '<a/>', headers: { 'content-type': 'text/xml' } },
      [415, 'content_type_unsupported'],
    ],
    [
      'a form',
      'POST',
      '/v1/sessions',
      { payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      [415, 'content_type_unsupported'],
    ],
    [
      'CSV where none is taken',
      'POST',
      '/v1/sessions',
      { payload: 'a,b', headers: { 'content-type': 'text/csv' } },
      [415, 'content_type_unsupported'],
    ],
    [
      'a large body',
      'POST',
      '/v1/sessions',
      { payload: JSON.stringify({ a: 'x'.repeat(3_000) }), headers: json },
      [413, 'body_too_large'],
    ],
    ['an unknown query', 'GET', '/v1/products?colour=red', {}, [400, 'request_invalid']],
    ['a query twice', 'GET', '/v1/products?brand=a&brand=b', {}, [400, 'request_invalid']],
  ];
  for (const [name, method, url, options, [status, code]] of cases) {
    test(`${name} is ${status} ${code}`, async () => {
      const answer = await shop.call(method, url, options as object);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      const { type, title, detail, errors, ...rest } = answer.body;
      assert.deepEqual(rest, { status, code });
      assert.equal(answer.status, status);
      assert.equal(type, `urn:stockstream:problem:${code}`);
      assert.ok(title && detail && Array.isArray(errors));
      assert.ok(code.toUpperCase() in errorCatalogue);
    });
  }

  test('a header of security is on every answer', async () => {
    for (const url of ['/health/live', '/v1/nothing', '/v1/orders']) {
      const { headers } = await shop.call('GET', url);
      assert.equal(headers['x-content-type-options'], 'nosniff', url);
      assert.match(headers['content-security-policy'] ?? '', /default-src 'self'/, url);
      assert.match(headers['strict-transport-security'] ?? '', /max-age/, url);
      assert.equal(headers['access-control-allow-origin'], undefined, url);
    }
  });
});

test('every code of the catalogue makes a sound problem', () => {
  for (const code of Object.keys(errorCatalogue) as (keyof typeof errorCatalogue)[]) {
    const problem = problemOf(new StockstreamError(code));
    assert.ok(problem.status >= 400 && problem.status < 600);
    assert.equal(problem.status, statusOf(code));
    if (problem.status === 503) assert.match(problem.detail, /cannot be reached now/);
    else if (problem.status >= 500) assert.equal(problem.detail, errorCatalogue.INTERNAL_ERROR.message);
    assert.equal(problemHeaders(new StockstreamError(code))['retry-after'] !== undefined, problem.status === 503);
  }
});

test('what was thrown becomes an error of the catalogue', () => {
  const codeOf = (thrown: unknown) => asStockstreamError(thrown).code;
  assert.equal(codeOf(new Refusal('NOT_OWNER')), 'NOT_OWNER');
  assert.equal(codeOf(new Error('x')), 'INTERNAL_ERROR');
  assert.equal(codeOf(undefined), 'INTERNAL_ERROR');
  assert.equal(codeOf('text'), 'INTERNAL_ERROR');
  assert.equal(codeOf(Object.assign(new Error('x'), { statusCode: 431 })), 'REQUEST_MALFORMED');
  assert.equal(codeOf(Object.assign(new Error('x'), { statusCode: 500 })), 'INTERNAL_ERROR');
});

test('a view that is away is 503 with Retry-After; the log tells why, the caller does not learn it', async (t) => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const shop = await TestGateway.open();
  t.after(() => shop.close());
  const away = async () => {
    throw new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'db.internal refused' });
  };
  const documents = { get: away, getMany: away, find: away } as unknown as Documents;
  const products = { get: away, getMany: away, ping: away } as unknown as ProductReader;
  const app = await shop.another({ documents, products, logger: pino({ level: 'info' }, sink) });
  const placed = await shop.order({ app });
  assert.deepEqual([placed.status, placed.body.code], [503, 'documents_unavailable']);
  assert.ok(placed.headers['retry-after']);
  assert.ok(!placed.text.includes('db.internal'));
  const id = String(placed.body.instance).replace('urn:uuid:', '');
  assert.ok(lines.some((line) => line.includes('db.internal') && line.includes(id)));
  assert.ok(!lines.some((line) => line.includes(orderBody.payment.token) || line.includes('Bearer ')));
});

test('a process under pressure refuses, but says that it lives', async () => {
  const shop = await TestGateway.open({ settings: { mostEventLoopDelayMs: 1 } });
  const until = performance.now() + 5_000;
  let refused: Awaited<ReturnType<TestGateway['call']>> | undefined;
  while (!refused && performance.now() < until) {
    const busyUntil = performance.now() + 50;
    while (performance.now() < busyUntil);
    await new Promise((resolve) => setImmediate(resolve));
    const answer = await shop.call('GET', '/v1/products');
    if (answer.status === 503) refused = answer;
  }
  assert.equal(refused?.body.code, 'overloaded');
  assert.equal(refused?.headers['retry-after'], '2');
  assert.equal((await shop.call('GET', '/health/live')).status, 200);
  await shop.close();
});

test('requests are limited if the settings say so, for each user or address', async () => {
  const shop = await TestGateway.open({ settings: { requestsPerMinute: 3 } });
  const call = (headers: object) => shop.call('GET', '/v1/orders', { headers: { ...headers } });
  for (let count = 0; count < 3; count++) assert.equal((await call(shop.bearer('a', 'shopper'))).status, 200);
  const refused = await call(shop.bearer('a', 'shopper'));
  assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited']);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal((await call(shop.bearer('b', 'shopper'))).status, 200);
  await shop.close();
});

test('pages of the origins in the settings may call, no others', async () => {
  const origin = 'https://shop.example';
  const shop = await TestGateway.open({ settings: { corsOrigins: [origin] } });
  const preflight = await shop.call('OPTIONS', '/v1/orders', {
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers['access-control-allow-headers'] ?? '', /idempotency-key/);
  const allowed = await shop.call('GET', '/v1/orders', { headers: { origin } });
  assert.deepEqual([allowed.status, allowed.headers['access-control-allow-origin']], [401, origin]);
  const other = await shop.call('GET', '/v1/products', { headers: { origin: 'https://evil.example' } });
  assert.equal(other.headers['access-control-allow-origin'], undefined);
  await shop.close();
});
