// Suppliers' feeds as operators enter and read them; what is wrong with one is said at once, and no secret gets in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import type { FeedPosition } from '../../schemas/types.generated.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const http = {
  sellerId: 'seller',
  kind: 'http',
  url: 'https://supplier.example/a.csv',
  format: 'csv',
  everySeconds: 60,
};
const directory = { sellerId: 'seller', kind: 'directory', path: 'acme/in', format: 'ndjson', everySeconds: 5 };

describe('feeds', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
  });
  after(() => shop.close());

  const call = (method: string, path: string, payload?: object, role: 'operator' | 'seller' = 'operator') => {
    const headers = shop.bearer('ada', role);
    return shop.call(method, `/v1/admin/feeds${path}`, { headers, ...(payload && { payload }) });
  };

  test('are made, replaced, listed and removed', async () => {
    const headers = { authorization: 'Bearer {secret:acme-token}', 'x-shop': 'ours' };
    const made = await call('PUT', '/acme', { ...http, headers, deletesMissing: true });
    assert.equal(made.status, 201, made.text);
    const { updatedAt, ...told } = made.body;
    assert.ok(updatedAt > 0);
    assert.deepEqual(told, {
      ...http,
      feedId: 'acme',
      headers,
      content: 'products',
      deletesMissing: true,
      mostDeletedPercent: 50,
      enabled: true,
      updatedBy: 'ada',
      state: 'new',
      failures: 0,
    });
    const replaced = await call('PUT', '/acme', { ...directory, enabled: false, movesDone: true });
    assert.deepEqual([replaced.status, replaced.body.state, replaced.body.url], [200, 'off', undefined]);
    assert.equal((await call('PUT', '/beta', http)).status, 201);
    const ids = (await call('GET', '')).body.feeds.map(({ feedId }: { feedId: string }) => feedId);
    assert.deepEqual(ids, ['acme', 'beta']);
    const { body: page } = await call('GET', '?limit=1');
    const { body: rest } = await call('GET', `?limit=1&cursor=${page.cursor}`);
    assert.deepEqual([page.feeds[0].feedId, rest.feeds[0].feedId], ['acme', 'beta']);
    assert.equal((await call('DELETE', '/beta')).status, 204);
    for (const answer of [
      await call('GET', '/beta'),
      await call('DELETE', '/beta'),
      await call('POST', '/beta/look'),
      await call('GET', '/beta/runs'),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [404, 'feed_not_found']);
    }
  });

  test('are shown with their last run', async () => {
    await call('PUT', '/shown', http);
    const run = {
      type: 'FeedRun',
      run: 3,
      status: 'taking',
      name: http.url,
      version: '',
      digest: 'd',
      nextLine: 11,
      bytes: 100,
      lines: 10,
      refused: 2,
      deleted: 0,
      comparedFrom: 2,
      startedAt: 5,
      finishedAt: null,
      lookedAt: 6,
      failures: 0,
      error: '',
      warning: '',
    } as const;
    const note = (change: object) => {
      const value: FeedPosition = { feedId: 'shown', what: { ...run, ...change } };
      return shop.append(topics.feedPositions, 'shown', value);
    };
    const until = (state: string) =>
      eventually(async () => {
        const { body } = await call('GET', '/shown');
        return body.state === state ? body : undefined;
      });
    await note({});
    const taking = await until('taking');
    assert.deepEqual(taking.lastRun, { run: 3, name: http.url, status: 'taking', deleted: 0, startedAt: 5 });
    await note({ failures: 2, error: 'FEED_UNREADABLE: no' });
    const failing = await until('failing');
    assert.deepEqual([failing.failures, failing.error, failing.lookedAt], [2, 'FEED_UNREADABLE: no', 6]);
    await note({ status: 'idle', finishedAt: 9, warning: 'left undone' });
    const idle = await until('idle');
    assert.deepEqual([idle.lastRun.status, idle.lastRun.finishedAt, idle.lastRun.warning], ['done', 9, 'left undone']);
  });

  test('are looked for at once', async () => {
    await call('PUT', '/wanted', http);
    const { status, body } = await call('POST', '/wanted/look');
    assert.equal(status, 202);
    assert.ok(body.requestedAt > 0);
    const before = (await call('GET', '/wanted')).body.updatedAt;
    assert.ok(before <= body.requestedAt);
  });

  const wrong: [name: string, feed: object, path: string][] = [
    ['no address', { ...http, url: undefined }, '/url'],
    ['a path for an address', { ...http, path: 'x' }, '/path'],
    ['no path', { ...directory, path: undefined }, '/path'],
    ['a path that leads out', { ...directory, path: '../etc' }, '/path'],
    ['a path from the root', { ...directory, path: '/etc' }, '/path'],
    ['a hidden path', { ...directory, path: 'a/.ssh' }, '/path'],
    ['a file as address', { ...http, url: 'file:///etc/passwd' }, '/url'],
    ['a password in the address', { ...http, url: 'https://user:pass@supplier.example/' }, '/url'],
    ['a token in a header', { ...http, headers: { Authorization: 'Bearer abc' } }, '/headers/Authorization'],
    ['a key in a header', { ...http, headers: { 'x-api-key': 'abc{secret:a}' } }, '/headers/x-api-key'],
    ['a line break in a header', { ...http, headers: { a: 'b\r\nc: d' } }, '/headers/a'],
    ['stock that deletes', { ...http, content: 'stock', deletesMissing: true }, '/deletesMissing'],
    ['no time between looks', { ...http, everySeconds: 0 }, '/everySeconds'],
    ['an unknown format', { ...http, format: 'xml' }, '/format'],
    ['an unknown field', { ...http, secret: 'x' }, ''],
  ];
  for (const [name, feed, path] of wrong) {
    test(`with ${name} are refused`, async () => {
      const before = await shop.count(topics.feeds);
      const { status, body } = await call('PUT', '/wrong', feed);
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'request_invalid', path]);
      assert.equal(await shop.count(topics.feeds), before);
    });
  }

  test('are for operators', async () => {
    assert.equal((await call('GET', '', undefined, 'seller')).status, 403);
    assert.equal((await call('PUT', '/x', http, 'seller')).status, 403);
  });
});
