// What the MongoDB documents say when they can't do their work: what passes is told apart from what doesn't, soon, and
// without a password or a document in it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import type { Document } from 'mongodb';
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/logger.ts';
import type { Documents } from '../../../views/documents/documents.ts';
import { databaseOf, makeClient } from '../../../views/documents/mongo/client.ts';
import { openMongoDocuments } from '../../../views/documents/mongo/mongo-documents.ts';
import { upsert } from '../../conformance/documents-writes.ts';
import { fakeMongo } from './fake-mongo.ts';
import { Statements } from './statements.ts';

const secret = 'hunter2';
const write = upsert(1, 'o1', { customer: secret });

test('a server that is away is told within the time that the URL gives, and found when it is back', async (t) => {
  const port = await closedPort();
  const documents = opened(t, `mongodb://ann:${secret}@127.0.0.1:${port}/shop?serverSelectionTimeoutMS=200`);
  const before = performance.now();
  await assert.rejects(documents.open([]), failure('DOCUMENTS_UNAVAILABLE', /ECONNREFUSED/));
  await assert.rejects(documents.apply([write]), failure('DOCUMENTS_UNAVAILABLE'));
  assert.ok(performance.now() - before < 3_000);

  const plain = opened(t, `mongodb://127.0.0.1:${port}/shop?serverSelectionTimeoutMS=5000`);
  const waiting = plain.apply([write]);
  const statements = new Statements();
  await fakeMongo(t, (command) => statements.run(command), port);
  await waiting;
  assert.equal(statements.documents.get('o1')?._position, 1);
});

test('a server that stops to answer is given up in time, and the next call asks again', async (t) => {
  const statements = new Statements();
  let isMute = true;
  const url = await fakeMongo(t, (command) => (isMute ? 'silence' : statements.run(command)));
  const documents = opened(t, `${url}?socketTimeoutMS=100`);
  await assert.rejects(documents.apply([write]), failure('DOCUMENTS_UNAVAILABLE', /timed out/));
  await assert.rejects(documents.get('orders', 'o1'), failure('DOCUMENTS_UNAVAILABLE'));
  isMute = false;
  await documents.apply([write]);
});

test('a connection that breaks passes', async (t) => {
  const documents = opened(t, await fakeMongo(t, () => 'hang up'));
  await assert.rejects(documents.apply([write]), failure('DOCUMENTS_UNAVAILABLE'));
  await assert.rejects(documents.ping(), failure('DOCUMENTS_UNAVAILABLE'));
});

const duplicate = { index: 0, code: 11000, errmsg: 'E11000' };
const noMajority = { code: 64, errmsg: 'waiting for replication timed out' };
const broken = { index: 1, code: 121, errmsg: 'failed validation' };
const unavailable = 'DOCUMENTS_UNAVAILABLE';
const refused = 'DOCUMENTS_REFUSED';
const answers: readonly (readonly [name: string, answer: Document, code: ErrorCode, reason: RegExp])[] = [
  ['a change of the primary', { ok: 0, code: 10107, errmsg: 'not primary' }, unavailable, /not primary/],
  ['a shutdown', { ok: 0, code: 91, errmsg: 'shutting down' }, unavailable, /shutting down/],
  ['a full disk', { ok: 1, n: 0, writeErrors: [{ index: 0, code: 14031, errmsg: 'full' }] }, unavailable, /full/],
  ['no majority', { ok: 1, n: 1, writeConcernError: noMajority }, unavailable, /replication/],
  [
    'no majority, and a duplicate',
    { ok: 1, n: 0, writeErrors: [duplicate], writeConcernError: noMajority },
    unavailable,
    /replication/,
  ],
  ['a missing right', { ok: 0, code: 13, errmsg: 'not authorized on shop' }, refused, /not authorized/],
  ['a rule, and a duplicate', { ok: 1, n: 0, writeErrors: [duplicate, broken] }, refused, /failed validation/],
];
for (const [name, answer, code, reason] of answers) {
  test(`${name} is ${code}, and the document isn't told`, async (t) => {
    const statements = new Statements();
    for (const _id of ['o1', 'o2']) statements.documents.set(_id, { _id, _position: 100 });
    const answerUpdates = (command: Document) => ('update' in command ? { nModified: 0, ...answer } : undefined);
    const documents = opened(t, await fakeMongo(t, (command) => answerUpdates(command) ?? statements.run(command)));
    await assert.rejects(documents.apply([write, upsert(2, 'o2', {})]), failure(code, reason));
  });
}

test('a wrong password is refused', async (t) => {
  const url = await fakeMongo(t, () => ({ ok: 0, code: 18, errmsg: 'Authentication failed.' }));
  const documents = opened(t, url.replace('//', `//ann:${secret}@`));
  await assert.rejects(documents.ping(), failure('DOCUMENTS_REFUSED', /Authentication failed/));
});

test('a URL that makes no sense is refused', () => {
  const rest = ['host:port/shop', 'host/shop?colour=red', 'host/shop?w=majority&tls=perhaps', ''];
  for (const url of [...rest.map((each) => `mongodb://ann:${secret}@${each}`), `http://ann:${secret}@host/`]) {
    assert.throws(() => openMongoDocuments({ url, logger: silentLogger }), failure('DOCUMENTS_REFUSED'), url);
  }
});

test('the URL names the database, and its time-outs go before ours; what makes writes safe is ours', () => {
  const of = (url: string) => databaseOf(makeClient(url), url);
  assert.equal(of('mongodb://ann:p%2Fw@a:1,b:2/my-shop?w=1').databaseName, 'my-shop');
  for (const bare of ['mongodb://a', 'mongodb://a/', 'mongodb://a/?w=1', 'mongodb://a?appName=/y']) {
    assert.equal(of(bare).databaseName, 'stockstream');
  }
  const url = 'mongodb://a/shop?w=1&readPreference=nearest&readConcernLevel=local&SocketTimeoutMS=7';
  const { writeConcern, readConcern, readPreference } = of(url);
  assert.equal(writeConcern?.w, 'majority');
  assert.equal(readConcern?.level, 'majority');
  assert.equal(readPreference.mode, 'primary');
  const { socketTimeoutMS, serverSelectionTimeoutMS } = makeClient(url).options;
  assert.deepEqual([socketTimeoutMS, serverSelectionTimeoutMS], [7, 5_000]);
  assert.equal(makeClient(url, { isPatient: true }).options.socketTimeoutMS, 0);
});

function opened(t: TestContext, url: string): Documents {
  const documents = openMongoDocuments({ url, logger: silentLogger });
  t.after(() => documents.close());
  return documents;
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function failure(code: ErrorCode, reason = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStockstreamError(error, code), `${code} expected: ${inspect(error)}`);
    assert.match(error.message, reason);
    assert.ok(!inspect(error, { depth: 20, showHidden: true }).includes(secret), inspect(error));
    return true;
  };
}
