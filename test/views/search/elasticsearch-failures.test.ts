// What Elasticsearch's failures are to us, on a server that fails when it is told to: what is sent again, what has to be
// tried later, what stops the work; and how we say who we are.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { errors } from '@elastic/elasticsearch';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/logger.ts';
import { openElasticsearchSearch } from '../../../views/search/elasticsearch/elasticsearch-search.ts';
import { searchFailure } from '../../../views/search/elasticsearch/failures.ts';
import { formOf } from '../../../views/search/elasticsearch/index-form.ts';
import { listing, put, queryFor } from '../../conformance/search-listings.ts';
import { makeCertificate } from '../../effects/mail/smtp/certificate.ts';
import { type Answer, type Asked, fakeElasticsearch, opened, refused } from './fake-elasticsearch.ts';

const unavailable = { code: 'SEARCH_UNAVAILABLE' };

/** Time doesn't pass, but is noted. */
function hastyClock() {
  const waited: number[] = [];
  const schedule: Clock['schedule'] = (milliseconds, callback) => {
    waited.push(milliseconds);
    queueMicrotask(callback);
    return () => {};
  };
  return { waited, clock: { ...systemClock, schedule } };
}

async function setUp(t: TestContext, answer: (asked: Asked) => Answer, clock: Clock = systemClock) {
  const asked: Asked[] = [];
  const address = await fakeElasticsearch(t, (each) => {
    const known = opened(each);
    if (known === undefined) asked.push(each);
    return known ?? answer(each);
  });
  const url = `http://${address}`;
  const search = await openElasticsearchSearch({ url, index: 'shop', clock, logger: silentLogger });
  t.after(() => search.close());
  return { search, asked };
}

interface Action {
  readonly index: { readonly _id: string; readonly version: number; readonly routing: string };
}

/** The operations of a bulk, without their documents. */
function actionsOf({ body }: Asked): Action['index'][] {
  const lines = body.trimEnd().split('\n');
  return lines.filter((_, place) => place % 2 === 0).map((line) => (JSON.parse(line) as Action).index);
}

/** A bulk's answer: a status for each id, taken unless it is said otherwise. */
function taken(asked: Asked, statuses: Readonly<Record<string, number>> = {}): Answer {
  const items = actionsOf(asked).map(({ _id }) => {
    const status = statuses[_id] ?? 201;
    return {
      index: { status, ...(status > 299 && { error: { type: `type_${status}`, reason: `reason ${status}` } }) },
    };
  });
  return { status: 200, body: { errors: items.some(({ index }) => 'error' in index), items } };
}

test('what the server has no room for is sent again, that alone, ever later', async (t) => {
  const { waited, clock } = hastyClock();
  const answers: Readonly<Record<string, number>>[] = [{ b: 429, c: 503, d: 409 }, { c: 429 }, {}];
  const { search, asked } = await setUp(t, (each) => taken(each, answers[asked.length - 1]), clock);
  await search.apply(['a', 'b', 'c', 'd'].map((id, offset) => put(offset, listing(id))));
  const ids = asked.map((each) => actionsOf(each).map(({ _id }) => _id));
  assert.deepEqual(ids, [['a', 'b', 'c', 'd'], ['b', 'c'], ['c']]);
  assert.deepEqual(waited, [50, 100]);
});

test('what it has no room for in the end either is to be tried later', async (t) => {
  const { waited, clock } = hastyClock();
  const { search, asked } = await setUp(t, (each) => taken(each, { b: 429 }), clock);
  const applied = search.apply([put(0, listing('a')), put(1, listing('b'))]);
  await assert.rejects(applied, { ...unavailable, message: /reason 429 \(429 type_429\)/ });
  assert.equal(asked.length, 4);
  assert.deepEqual(waited, [50, 100, 200]);
});

test('a listing that it refuses stops the work, named, with the reason, and nothing of it is sent again', async (t) => {
  const { search, asked } = await setUp(t, (each) => taken(each, { b: 400, c: 429 }));
  const applied = search.apply(['a', 'b', 'c'].map((id, offset) => put(offset, listing(id))));
  await assert.rejects(applied, { code: 'SEARCH_REFUSED', message: /listing b: reason 400 \(type_400\)/ });
  assert.equal(asked.length, 1);
});

test('a newer version that is there already is no failure', async (t) => {
  const { search } = await setUp(t, (each) => taken(each, { a: 409 }));
  await search.apply([put(0, listing('a'))]);
});

test('a bulk ends at 2,000 documents or 4 MB, and a document is never parted', async (t) => {
  const { search, asked } = await setUp(t, (each) => taken(each));
  await search.apply(Array.from({ length: 4_500 }, (_, offset) => put(offset, listing(`p${offset}`))));
  assert.deepEqual(
    asked.map((each) => actionsOf(each).length),
    [2_000, 2_000, 500],
  );
  asked.length = 0;
  const description = 'x'.repeat(300_000);
  await search.apply(Array.from({ length: 20 }, (_, offset) => put(offset, listing(`p${offset}`, { description }))));
  assert.ok(asked.length > 1);
  for (const each of asked) assert.ok(each.body.length < (4 << 20) + 10_000);
  const ids = asked.flatMap((each) => actionsOf(each).map(({ _id }) => _id));
  assert.equal(new Set(ids).size, 20);
});

test('a listing that moved leaves a tombstone in every former shard, below its own version', async (t) => {
  const { search, asked } = await setUp(t, (each) => taken(each));
  const moved = listing('a', { category: 'Home, Garden/Pots & Pans' });
  await search.apply([
    put(6, listing('a')),
    put(7, moved, ['Things#rest', 'Home, Garden#popular', 'Home, Garden#rest']),
    put(3, listing('a', { title: 'late' })),
  ]);
  assert.deepEqual(
    actionsOf(asked[0]!).map(({ routing, version }) => [routing, version]),
    [
      ['Home%2C%20Garden%23rest', 15],
      ['Things%23rest', 14],
      ['Home%2C%20Garden%23popular', 14],
    ],
  );
  assert.match(asked[0]!.path, /^\/shop-writes\/_bulk\?.*require_alias=true/);
});

const passing: readonly (readonly [what: string, answer: Answer, reason: RegExp])[] = [
  ['a server that is too busy', refused(429, 'es_rejected_execution_exception', 'queue is full'), /queue is full/],
  ['shards that are away', refused(503, 'no_shard_available_action_exception', 'no shard'), /no shard/],
  ['an index that is made anew', refused(404, 'index_not_found_exception', 'no such index [shop]'), /no such index/],
  ['a disk without room', refused(403, 'cluster_block_exception', 'index [shop] blocked'), /blocked/],
  ["a balancer's page", { status: 502, body: '<h1>Bad Gateway</h1>' }, /502/],
  ['a connection that ends', 'hang up', /socket|closed/i],
];
for (const [what, answer, reason] of passing) {
  test(`${what}: to be tried later`, async (t) => {
    const { search } = await setUp(t, () => answer);
    const calls = [
      search.search(queryFor('a')),
      search.suggest({ text: 'a', language: 'en', limit: 1 }),
      search.apply([put(0, listing('a'))]),
      search.getMany(['a']),
      search.scan(undefined, 1),
      search.count(),
      search.size(),
      search.refresh(),
    ];
    await Promise.all(calls.map((call) => assert.rejects(call, (error) => isUnavailable(error, reason))));
  });
}

function isUnavailable(error: unknown, reason: RegExp): boolean {
  assert.ok(isStockstreamError(error, 'SEARCH_UNAVAILABLE'), String(error));
  assert.match(String(error.details.reason), reason);
  assert.equal(error.cause, undefined);
  return true;
}

test('one search of several that fails fails all, as its own status says', async (t) => {
  const answers = [503, 400].map((status) => ({
    status: 200,
    body: { responses: [{ status, error: { type: 'search_phase_execution_exception', reason: 'all shards failed' } }] },
  }));
  const { search } = await setUp(t, () => answers.shift()!);
  await assert.rejects(search.search(queryFor('a')), { ...unavailable, message: /all shards failed/ });
  await assert.rejects(search.search(queryFor('a')), { code: 'SEARCH_REFUSED', message: /all shards failed/ });
});

const opening = (url: string, more = {}) =>
  openElasticsearchSearch({ url, index: 'shop', clock: systemClock, logger: silentLogger, ...more });

test('nobody at the address is unavailable, and no password is told', async () => {
  await assert.rejects(opening('http://elastic:hunter2@127.0.0.1:1'), (error) => {
    assert.doesNotMatch(JSON.stringify([error, String(error)]), /hunter2/);
    return isUnavailable(error, /ECONNREFUSED/);
  });
  await assert.rejects(opening('nonsense://'), { code: 'SEARCH_REFUSED' });
});

test('what is no Elasticsearch, or does not know us, is refused', async (t) => {
  const other = await fakeElasticsearch(t, () => ({ status: 200, body: 'hello' }));
  await assert.rejects(opening(`http://${other}`), { code: 'SEARCH_REFUSED', message: /Elasticsearch/ });
  const closed = await fakeElasticsearch(t, ({ method }) =>
    method === 'HEAD' ? { status: 404, body: {} } : refused(401, 'security_exception', 'missing credentials'),
  );
  await assert.rejects(opening(`http://${closed}`), { code: 'SEARCH_REFUSED', message: /missing credentials/ });
});

test('the URL says user and password, or there is an API key', async (t) => {
  const seen: (string | undefined)[] = [];
  const address = await fakeElasticsearch(t, (asked) => {
    seen.push(asked.headers.authorization);
    return opened(asked) ?? { status: 500, body: {} };
  });
  await (await opening(`http://elastic:p%40ss@${address}`)).close();
  await (await opening(`http://${address}`, { apiKey: 'a2V5OnNlY3JldA==' })).close();
  const expected = [`Basic ${Buffer.from('elastic:p@ss').toString('base64')}`, 'ApiKey a2V5OnNlY3JldA=='];
  assert.deepEqual([...new Set(seen)], expected);
});

test('over TLS only a server is trusted whose authority is', async (t) => {
  const tls = makeCertificate();
  const address = await fakeElasticsearch(t, (asked) => opened(asked) ?? { status: 500, body: {} }, tls);
  await assert.rejects(opening(`https://${address}`), { code: 'SEARCH_REFUSED', message: /certificate/ });
  await (await opening(`https://${address}`, { ca: tls.cert })).close();
});

test('an index of another version is told of, and serves on', async (t) => {
  const warnings: object[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) };
  const address = await fakeElasticsearch(t, (asked) =>
    asked.path.endsWith('/_mapping')
      ? { status: 200, body: { shop: { mappings: { _meta: { form: 'older' } } } } }
      : (opened(asked) ?? taken(asked)),
  );
  const search = await opening(`http://${address}`, { logger });
  await search.apply([put(0, listing('a'))]);
  await search.close();
  assert.deepEqual(warnings, [{ index: 'shop', form: 'older', expected: formOf }]);
});

test('no answer in time is to be tried later; a fault of the program stays what it is', () => {
  assert.ok(isUnavailable(searchFailure(new errors.TimeoutError('Request timed out')), /timed out/));
  for (const error of [new TypeError('x'), new errors.SerializationError('x', {}), 'text']) {
    assert.equal(searchFailure(error), error);
  }
});
