// The Confluent registry against a server that does what real ones do seldom: fails, refuses, is slow, rewrites schemas.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/error-catalogue.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import type { AvroDefinition } from '../../schemas/avro.ts';
import { confluentRegistry } from '../../schemas/confluent/confluent-registry.ts';

const secret = 'hunter2';
const subject = 'stockstream.First';
const schemas = [['id'], ['id', 'note']].map((names): AvroDefinition => {
  const fields = names.map((name) => ({ name, type: ['null', 'string'], default: null, doc: 'Any.' }));
  return { type: 'record', namespace: 'stockstream', name: 'First', doc: 'One.', fields };
});
const broken: AvroDefinition = { ...schemas[0]!, fields: [{ name: 'id', type: 'int' }] };

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}
type Reply = readonly [status: number, body: unknown];

/** What is registered under the one subject, rewritten as a server may; and what is answered instead, if anything. */
class Server {
  readonly calls: Call[] = [];
  readonly texts: string[];
  level: string | undefined;
  instead: (call: Call, response: ServerResponse) => Reply | 'silence' | undefined = () => undefined;

  constructor(registered: readonly AvroDefinition[]) {
    this.texts = registered.map(({ namespace, name, fields, type }) =>
      JSON.stringify({ name: `${namespace}.${name}`, type, fields: fields?.map(({ doc, ...field }) => field) }),
    );
  }

  answer({ method, path, body }: Call): Reply {
    const unknown = (code: number): Reply => [404, { error_code: code, message: 'not found' }];
    if (path === `/api/config/${subject}`) {
      if (method === 'PUT') this.level = (body as { compatibility: string }).compatibility;
      return this.level === undefined ? unknown(40408) : [200, { compatibilityLevel: this.level }];
    }
    const [, id] = /^\/api\/schemas\/ids\/(\d+)$/.exec(path) ?? [];
    if (id !== undefined) {
      const schema = this.texts[Number(id) - 100];
      return schema === undefined ? unknown(40403) : [200, { schema }];
    }
    const versions = `/api/subjects/${subject}/versions`;
    if (path === versions && method === 'POST') {
      return [200, { id: 99 + this.texts.push((body as { schema: string }).schema) }];
    }
    if (path === versions) return this.texts.length === 0 ? unknown(40401) : [200, this.texts.map((_, at) => at + 1)];
    const version = Number(path.slice(versions.length + 1));
    return [200, { subject, version, id: 99 + version, schema: this.texts[version - 1] }];
  }
}

/** Its clock doesn't wait: the delays are told instead. */
async function opened(t: TestContext, { registered = [] as readonly AvroDefinition[], timeoutMs = 3_000 } = {}) {
  const server = new Server(registered);
  const http = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const text = Buffer.concat(chunks).toString();
    const { method = '', url: path = '', headers } = request;
    const call = { method, path, body: text && JSON.parse(text), authorization: headers.authorization };
    server.calls.push(call);
    const reply = server.instead(call, response) ?? server.answer(call);
    if (reply === 'silence') return;
    const [status, body] = reply;
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const close = () => {
    http.closeAllConnections();
    http.close();
  };
  t.after(close);
  let time = 0;
  const delays: number[] = [];
  const clock: Clock = {
    now: () => time,
    monotonic: () => time,
    schedule: (delay, callback) => {
      delays.push(delay);
      queueMicrotask(callback);
      return () => {};
    },
  };
  const warnings: object[] = [];
  const logger = { ...silentLogger, warn: (details: object) => void warnings.push(details) };
  const { port } = http.address() as AddressInfo;
  const url = `http://ann:${secret}%2F@127.0.0.1:${port}/api/`;
  const registry = confluentRegistry({ url, clock, logger, timeoutMs });
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  const written = () => server.calls.filter(({ method }) => method !== 'GET').map(({ method, path }) => [method, path]);
  return { server, registry, delays, warnings, pass, close, written };
}

test('what is registered is found by reading alone, however the server has rewritten it', async (t) => {
  const { registry, server, written } = await opened(t, { registered: schemas });
  assert.equal(await registry.register(subject, schemas[0]!), 100);
  assert.equal(await registry.register(subject, schemas[1]!), 101);
  assert.deepEqual(written(), []);
  const authorization = `Basic ${Buffer.from(`ann:${secret}/`).toString('base64')}`;
  assert.ok(server.calls.every((call) => call.authorization === authorization));
});

test('what is new is registered, after the subject was held to be compatible with all that it has', async (t) => {
  const { registry, server, written } = await opened(t);
  assert.equal(await registry.register(subject, schemas[0]!), 100);
  assert.equal(await registry.register(subject, schemas[1]!), 101);
  assert.equal(server.level, 'BACKWARD_TRANSITIVE');
  const versions = `/api/subjects/${subject}/versions`;
  assert.deepEqual(written(), [
    ['PUT', `/api/config/${subject}`],
    ['POST', versions],
    ['POST', versions],
  ]);
  assert.deepEqual(JSON.parse(server.texts[1]!), schemas[1]);
});

test('a level that asks for more stays, one that asks for less does not', async (t) => {
  for (const [before, after] of [
    ['FULL_TRANSITIVE', 'FULL_TRANSITIVE'],
    ['NONE', 'BACKWARD_TRANSITIVE'],
  ]) {
    const { registry, server } = await opened(t);
    server.level = before;
    await registry.register(subject, schemas[0]!);
    assert.equal(server.level, after);
  }
});

test('who may not set the level registers all the same, and it is told', async (t) => {
  const { registry, server, warnings } = await opened(t);
  server.instead = ({ method }) => (method === 'PUT' ? [403, { error_code: 40301, message: 'denied' }] : undefined);
  assert.equal(await registry.register(subject, schemas[0]!), 100);
  assert.equal(warnings.length, 1);
});

test('an incompatible schema is refused before anything is written', async (t) => {
  const { registry, written } = await opened(t, { registered: schemas });
  await assert.rejects(registry.register(subject, broken), failure('SCHEMA_INCOMPATIBLE', /First.* version 2/));
  assert.deepEqual(written(), []);
});

test('what the server alone refuses is incompatible, too', async (t) => {
  const { registry, server } = await opened(t, { registered: schemas });
  server.instead = ({ method }) => (method === 'POST' ? [409, { error_code: 409, message: 'too new' }] : undefined);
  const newest = { ...schemas[1]!, fields: schemas[1]!.fields!.slice(1) };
  await assert.rejects(registry.register(subject, newest), failure('SCHEMA_INCOMPATIBLE', /too new/));
});

test('what passes is tried again, ever more slowly, and given up in the end', async (t) => {
  const { registry, server, delays } = await opened(t);
  for (const status of [500, 503, 429]) {
    let left = 2;
    server.instead = () => (left-- > 0 ? [status, 'busy'] : undefined);
    await registry.versions(subject);
  }
  assert.deepEqual(delays.splice(0), [250, 500, 250, 500, 250, 500]);
  server.instead = () => [503, 'busy'];
  await assert.rejects(registry.versions(subject), failure('REGISTRY_UNAVAILABLE', /it answers 503/));
  assert.deepEqual(delays, [250, 500, 1_000, 2_000]);
});

test('a server that is away, hangs up or is mute is unavailable', async (t) => {
  const { registry, server, close } = await opened(t, { timeoutMs: 50 });
  server.instead = () => 'silence';
  await assert.rejects(registry.versions(subject), failure('REGISTRY_UNAVAILABLE', /timeout/));
  server.instead = (_, response) => {
    response.destroy();
    return 'silence';
  };
  await assert.rejects(registry.versions(subject), failure('REGISTRY_UNAVAILABLE'));
  close();
  await assert.rejects(registry.versions(subject), failure('REGISTRY_UNAVAILABLE', /ECONNREFUSED/));
});

test('what does not pass is refused at once', async (t) => {
  const { registry, server, delays } = await opened(t);
  const refusals: readonly (readonly [Reply, RegExp])[] = [
    [[401, { error_code: 401, message: 'Unauthorized' }], /it answers 401 Unauthorized/],
    [[403, '<html>'], /it answers 403\./],
    [[404, '<html>no such page'], /no registry has this path/],
    [[200, '<html>welcome'], /no registry has this path/],
  ];
  for (const [reply, reason] of refusals) {
    server.instead = () => reply;
    await assert.rejects(registry.register(subject, schemas[0]!), failure('REGISTRY_REFUSED', reason));
  }
  assert.deepEqual(delays, []);
});

test('a known id is never asked for again, an unknown one not for a while', async (t) => {
  const { registry, server, pass, close } = await opened(t, { registered: schemas });
  const first = await registry.byId(100);
  await assert.rejects(registry.byId(102), failure('SCHEMA_UNKNOWN'));
  const asked = server.calls.length;
  server.texts.push(JSON.stringify(schemas[0]));
  await assert.rejects(registry.byId(102), failure('SCHEMA_UNKNOWN'));
  assert.equal(server.calls.length, asked);
  pass(10_000);
  assert.deepEqual(await registry.byId(102), schemas[0]);
  close();
  assert.equal(await registry.byId(100), first);
  await assert.rejects(registry.byId(103), failure('REGISTRY_UNAVAILABLE'));
});

test('an id of something else than Avro is unknown', async (t) => {
  const { registry, server } = await opened(t);
  server.instead = () => [200, { schemaType: 'PROTOBUF', schema: 'syntax = "proto3";' }];
  await assert.rejects(registry.byId(1), failure('SCHEMA_UNKNOWN'));
});

test('a URL that makes no sense is refused', () => {
  const clock: Clock = { now: () => 0, monotonic: () => 0, schedule: () => () => {} };
  for (const url of [`http://ann:${secret}@`, `ftp://ann:${secret}@host/`, secret, '']) {
    assert.throws(() => confluentRegistry({ url, clock, logger: silentLogger }), failure('REGISTRY_REFUSED'), url);
  }
});

function failure(code: ErrorCode, reason = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStockstreamError(error, code), `${code} expected: ${inspect(error)}`);
    assert.match(error.message, reason);
    assert.ok(!inspect(error, { depth: 20, showHidden: true }).includes(secret), inspect(error));
    return true;
  };
}
