// Synonyms and ranking weights: replaced by operators, held by every gateway, one version after the other.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultSearchSettings } from '../../views/search/search-settings.ts';
import { MemorySearch } from './memory-search.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const url = '/v1/admin/search/settings';
const { weights } = defaultSearchSettings;
const rules = [
  { kind: 'equal', language: 'en', words: ['gizmo', 'gadget'] },
  { kind: 'one-way', language: '', from: 'acme', to: ['acme ltd'] },
];

describe('the settings of the search', () => {
  let shop: TestGateway;
  const search = new MemorySearch();
  before(async () => {
    shop = await TestGateway.open({ deps: { search } });
  });
  after(() => shop.close());
  const operator = () => shop.bearer('olga', 'operator');
  const read = () => shop.call('GET', url, { headers: operator() });
  const replace = (payload: object, headers: object = {}) =>
    shop.call('PUT', url, { headers: { ...operator(), ...headers }, payload });
  const synonymsOf = async (text: string) => {
    await shop.call('GET', `/v1/search?q=${text}`);
    return search.lastQuery?.terms.flatMap(({ synonyms }) => synonyms);
  };

  test('begin with those of the program', async () => {
    const { status, headers, body } = await read();
    assert.deepEqual([status, headers.etag], [200, '"0"']);
    assert.deepEqual(body, { version: 0, ...defaultSearchSettings });
  });

  test('are replaced as a whole, and searches go by them at once', async () => {
    const replaced = await replace({ synonyms: rules, weights: { ...weights, title: 20 } }, { 'if-match': '"0"' });
    assert.deepEqual([replaced.status, replaced.headers.etag, replaced.body.version], [200, '"1"', 1]);
    assert.deepEqual(await synonymsOf('gizmos'), ['gadget']);
    assert.equal(search.lastQuery?.weights.title, 20);
    assert.deepEqual(await synonymsOf('tv'), []);
    const { body } = await read();
    assert.deepEqual([body.version, body.synonyms, body.setBy], [1, rules, 'olga']);
    assert.ok(body.setAt > 0);
  });

  test('are held by every gateway, and by those that start later', async () => {
    const other = await shop.another();
    const ask = async (headers = operator()) => (await shop.call('GET', url, { app: other, headers })).body;
    assert.equal((await ask()).version, 1);
    await replace({ synonyms: [], weights });
    await eventually(async () => ((await ask()).version === 2 ? true : undefined));
    assert.deepEqual((await ask()).synonyms, []);
  });

  test('stay as they are if a change was made for another version', async () => {
    const late = await replace({ synonyms: rules, weights }, { 'if-match': '"1"' });
    assert.deepEqual([late.status, late.body.code], [412, 'search_settings_differ']);
    assert.equal((await replace({ version: 1, synonyms: rules, weights })).status, 412);
    assert.equal((await read()).body.version, 2);
  });

  test('take one of two changes that are made at the same time', async () => {
    const changes = [
      { synonyms: [rules[0]], weights },
      { synonyms: [rules[1]], weights },
    ];
    const answers = await Promise.all(changes.map((change) => replace(change, { 'if-match': '"2"' })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
    const winner = answers.findIndex(({ status }) => status === 200);
    assert.deepEqual((await read()).body.synonyms, changes[winner]?.synonyms);
  });

  test('are in the audit, before and after', async () => {
    const { body } = await shop.call('GET', '/v1/admin/audit?limit=1', { headers: operator() });
    const [entry] = body.entries;
    assert.deepEqual([entry.actor, entry.action, entry.outcome], ['olga', 'change-search-settings', 'done']);
    assert.deepEqual([entry.before.synonyms, entry.after.synonyms.length], [[], 1]);
  });

  test('are refused if they make no sense', async () => {
    const bad: object[] = [
      {},
      { synonyms: [] },
      { synonyms: [], weights: { title: 1 } },
      { synonyms: [], weights: { ...weights, title: -1 } },
      { synonyms: [], weights: { ...weights, colour: 1 } },
      { synonyms: [{ kind: 'equal', words: ['tv'] }], weights },
      { synonyms: [{ kind: 'equal', words: ['tv', '!!!'] }], weights },
      { synonyms: [{ kind: 'equal', words: ['tv', 'x'.repeat(101)] }], weights },
      { synonyms: [{ kind: 'equal', language: 'english', words: ['tv', 'telly'] }], weights },
      { synonyms: [{ kind: 'one-way', from: '', to: ['x'] }], weights },
      {
        synonyms: Array.from({ length: 2_000 }, () => ({ kind: 'equal', words: ['x'.repeat(60), 'y'.repeat(60)] })),
        weights,
      },
      { synonyms: [{ kind: 'sometimes', words: ['tv', 'telly'] }], weights },
    ];
    for (const payload of bad) {
      const { status, body } = await replace(payload);
      assert.deepEqual([status, body.code], [400, 'request_invalid'], JSON.stringify(payload));
    }
    assert.equal((await read()).body.version, 3);
  });

  test('are for operators', async () => {
    for (const role of ['shopper', 'seller'] as const) {
      const headers = shop.bearer('somebody', role);
      assert.equal((await shop.call('GET', url, { headers })).status, 403);
      assert.equal((await shop.call('PUT', url, { headers, payload: { synonyms: [], weights } })).status, 403);
    }
  });
});
