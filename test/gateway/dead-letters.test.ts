// Dead letters through the gateway: listed, counted, read, replayed, edited and dropped; and those of keys that stand
// still, with a task that is told what was decided.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { noImport } from '../../schemas/catalog-defaults.ts';
import { topics } from '../../schemas/topics.ts';
import type { StockChange } from '../../schemas/types.generated.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { deadLetter } from '../../streams/dead-letter.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { standingStill } from './standing-still.ts';
import { TestGateway } from './test-gateway.ts';

const change: StockChange = {
  changeId: 'dead',
  productId: 'p1',
  warehouseId: 'w1',
  sellerId: 'seller',
  sequence: null,
  at: 1,
  ...noImport,
  change: { type: 'StockDelta', delta: 1 },
};

describe('dead letters', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
    const bytes = Buffer.alloc(1_000);
    const sound = bytes.subarray(0, topics.stockChanges.serde.encode(change, bytes, 0));
    for (let count = 0; count < 7; count++) {
      const topic = count === 5 ? '' : count === 6 ? 'elsewhere' : topics.stockChanges.name;
      const value = count === 0 ? Buffer.from('garbage') : sound;
      const source = { topic, partition: 3, offset: 40 + count, timestamp: 5, key: 'p1', value };
      const headers = [{ key: 'trace', value: Buffer.from(`t${count}`) }];
      const error = new Error(count % 2 ? 'odd' : 'even');
      const code = count % 2 ? 'PROCESSOR_FAILED' : 'RECORD_UNDECODABLE';
      const letter = deadLetter(
        { ...source, headers },
        { error, code, processor: 'apply-stock-change', codeVersion: '1' },
      );
      const batch = new RecordBatchBuilder().append(1_000 + count, 'p1', letter.value, letter.headers);
      await shop.appendRaw(topics.deadLetters.name, batch);
    }
  });
  after(() => shop.close());
  const url = '/v1/admin/dead-letters';
  const call = (method: string, path: string, payload?: object) =>
    shop.call(method, `${url}${path}`, { headers: shop.bearer('o', 'operator'), ...(payload && { payload }) });

  test('are listed by pages, the newest first', async () => {
    const seen: { id: string }[] = [];
    let query = '?limit=3';
    for (let pages = 0; query && pages < 10; pages++) {
      const { body } = await call('GET', query);
      seen.push(...body.deadLetters);
      query = body.cursor ? `?limit=3&cursor=${body.cursor}` : '';
    }
    assert.deepEqual(
      seen.map(({ id }) => id),
      ['0-6', '0-5', '0-4', '0-3', '0-2', '0-1', '0-0'],
    );
    assert.deepEqual(seen[3], {
      id: '0-3',
      state: 'open',
      quarantined: false,
      at: 1_003,
      code: 'PROCESSOR_FAILED',
      message: 'odd',
      processor: 'apply-stock-change',
      topic: 'stock-changes',
      partition: 3,
      offset: 43,
      timestamp: 5,
      key: 'p1',
    });
    assert.equal((await call('GET', '?cursor=x')).body.code, 'request_invalid');
    assert.equal((await call('GET', '?cursor=1.2.3')).body.code, 'request_invalid');
  });

  test('one is told as far as it can be decoded', async () => {
    const { body } = await call('GET', '/0-3');
    assert.deepEqual(body.value, change);
    assert.deepEqual(body.headers, [{ key: 'trace', value: 't3' }]);
    assert.equal(body.codeVersion, '1');
    const broken = await call('GET', '/0-0');
    assert.equal(Buffer.from(broken.body.bytes, 'base64').toString(), 'garbage');
    assert.match(broken.body.undecodable, /schema id/);
    assert.equal(broken.body.value, undefined);
  });

  test('one that is not there is 404', async () => {
    for (const id of ['0-7', '1-0', 'x', '0-x', '-1-0', '0-999999999999999']) {
      assert.equal((await call('GET', `/${id}`)).body.code, 'dead_letter_not_found', id);
    }
  });

  test('one is replayed to where it came from, as it was', async () => {
    const before = await shop.count(topics.stockChanges);
    const { status, body } = await call('POST', '/0-3/replay');
    assert.deepEqual([status, body], [202, { replayed: 1, skipped: 0 }]);
    assert.equal(await shop.count(topics.stockChanges), before + 1);
    for (const id of ['0-5', '0-6']) {
      assert.equal((await call('POST', `/${id}/replay`)).body.code, 'dead_letter_not_replayable', id);
    }
    assert.equal((await call('POST', '/0-9/replay')).body.code, 'dead_letter_not_found');
  });

  for (const [name, query, ids] of [
    ['code', 'code=RECORD_UNDECODABLE', ['0-6', '0-4', '0-2', '0-0']],
    ['topic', 'topic=stock-changes', ['0-4', '0-3', '0-2', '0-1', '0-0']],
    ['processor', 'processor=another', []],
    ['key', 'key=p1&limit=2', ['0-6', '0-5']],
    ['another key', 'key=p2', []],
    ['time', 'from=1002&to=1004', ['0-3', '0-2']],
    ['a time in words', 'from=1970-01-01T00:00:01.005Z', ['0-6', '0-5']],
    ['what stands still', 'quarantined=true', []],
  ] as const) {
    test(`are found by ${name}`, async () => {
      const { body } = await call('GET', `?all=true&${query}`);
      assert.deepEqual(
        body.deadLetters.map(({ id }: { id: string }) => id),
        ids,
      );
    });
  }

  test('pages of a filter have no gap and no repetition', async () => {
    const seen: string[] = [];
    let query = '?all=true&code=RECORD_UNDECODABLE&limit=1';
    for (let pages = 0; query && pages < 10; pages++) {
      const { body } = await call('GET', query);
      seen.push(...body.deadLetters.map(({ id }: { id: string }) => id));
      query = body.cursor ? `?all=true&code=RECORD_UNDECODABLE&limit=1&cursor=${body.cursor}` : '';
    }
    assert.deepEqual(seen, ['0-6', '0-4', '0-2', '0-0']);
  });

  test('one that was replayed is over, and may be replayed again', async () => {
    const { body } = await call('GET', '/0-3');
    assert.deepEqual([body.state, body.mark.outcome, body.mark.actor], ['replayed', 'replayed', 'o']);
    const { deadLetters } = (await call('GET', '')).body;
    assert.ok(!deadLetters.some(({ id }: { id: string }) => id === '0-3'));
    assert.equal((await call('POST', '/0-3/replay')).status, 202);
    assert.equal((await call('POST', '/0-3/edit', { value: change, reason: 'r' })).body.code, 'dead_letter_over');
  });

  test('are counted by reason, topic and processor while they are open', async () => {
    const { body } = await call('GET', '/counts');
    assert.deepEqual([body.total, body.quarantined], [6, 0]);
    assert.deepEqual(body.counts[0], {
      code: 'RECORD_UNDECODABLE',
      topic: 'stock-changes',
      processor: 'apply-stock-change',
      count: 3,
      quarantined: 0,
      oldestAt: 1_000,
      newestAt: 1_004,
    });
    assert.equal((await call('GET', '/counts?code=PROCESSOR_FAILED&topic=stock-changes')).body.total, 1);
  });

  test('one gets another value, held against its schema, and the audit keeps what was before', async () => {
    for (const value of [{ ...change, at: 'soon' }, { ...change, change: { type: 'StockDelta' } }, {}, null, 'x']) {
      const { status, body } = await call('POST', '/0-0/edit', { value, reason: 'the sender was broken' });
      assert.deepEqual([status, body.code], [400, 'request_invalid'], JSON.stringify(value));
      assert.match(body.errors[0].path, /^value/);
    }
    assert.equal((await call('POST', '/0-0/edit', { value: change })).body.code, 'request_invalid', 'without a reason');
    const edited = { ...change, changeId: 'mended' };
    assert.equal((await call('POST', '/0-0/edit', { value: edited, reason: 'the sender was broken' })).status, 202);
    const sent = await shop.records(topics.stockChanges);
    assert.deepEqual(
      sent.filter(({ changeId }) => changeId === 'mended'),
      [edited],
    );
    const audit = (await shop.records(topics.audit)).at(-1);
    assert.deepEqual(
      [audit?.actor, audit?.action, audit?.reason, audit?.outcome, audit?.subject],
      ['o', 'edit-dead-letter', 'the sender was broken', 'done', 'p1'],
    );
    assert.equal(Buffer.from(JSON.parse(audit!.before).bytes, 'base64').toString(), 'garbage');
    assert.deepEqual(JSON.parse(audit!.after), edited);
    for (const [path, payload] of [
      ['/0-0/edit', { value: change, reason: 'r' }],
      ['/0-0/replay', undefined],
      ['/0-0/drop', { reason: 'r' }],
    ] as const) {
      assert.equal((await call('POST', path, payload)).body.code, 'dead_letter_over', path);
    }
    assert.equal((await call('POST', '/0-5/edit', { value: 1, reason: 'r' })).body.code, 'dead_letter_not_replayable');
  });

  test('one that was dropped is neither listed nor replayed', async () => {
    assert.equal((await call('POST', '/0-6/drop', {})).body.code, 'request_invalid');
    assert.deepEqual((await call('POST', '/0-6/drop', { reason: 'noise' })).body, { dropped: 1 });
    assert.equal((await call('POST', '/0-6/replay')).body.code, 'dead_letter_over');
    const { body } = await call('GET', '');
    assert.deepEqual(
      body.deadLetters.map(({ id }: { id: string }) => id),
      ['0-5', '0-4', '0-2', '0-1'],
    );
    const audit = (await shop.records(topics.audit)).at(-1);
    assert.deepEqual([audit?.action, audit?.reason], ['drop-dead-letter', 'noise']);
    const other = await shop.another();
    const listed = await shop.call('GET', url, { headers: shop.bearer('o', 'operator'), app: other });
    assert.deepEqual(listed.body, body, 'any gateway says the same');
  });

  test('are replayed and dropped by what they have in common', async () => {
    assert.equal((await call('POST', '/drop', { reason: 'all' })).body.code, 'request_invalid');
    const before = await shop.count(topics.stockChanges);
    assert.deepEqual((await call('POST', '/replay', { processor: 'another' })).body, { replayed: 0, skipped: 0 });
    assert.deepEqual((await call('POST', '/replay', { code: 'PROCESSOR_FAILED' })).body, { replayed: 1, skipped: 1 });
    assert.deepEqual((await call('POST', '/replay', { code: 'PROCESSOR_FAILED' })).body, { replayed: 0, skipped: 1 });
    assert.equal(await shop.count(topics.stockChanges), before + 1);
    assert.deepEqual((await call('POST', '/drop', { from: '1004', reason: 'old' })).body, { dropped: 2 });
    assert.deepEqual((await call('GET', '/counts')).body.total, 1);
  });

  test('a replay by an unknown condition is refused', async () => {
    assert.equal((await call('POST', '/replay', { colour: 'red' })).body.code, 'request_invalid');
    assert.equal((await call('POST', '/replay', { from: '2026-02-99' })).body.code, 'request_invalid');
  });
});

describe('dead letters of keys that stand still', () => {
  test('are decided by their task, which is told through the log', async () => {
    const shop = await TestGateway.open();
    const driver = await TopologyDriver.open({
      log: shop.log,
      store: memoryStore(),
      clock: new SteppedClock(),
      topology: standingStill,
      deadLetters: topics.deadLetters,
    });
    const call = (method: string, path: string, payload?: object) =>
      shop.call(method, `/v1/admin/dead-letters${path}`, {
        headers: shop.bearer('o', 'operator'),
        ...(payload && { payload }),
      });
    const decided = async () => {
      await driver.run();
      return (await driver.read(topics.searchMisses)).map(({ key, value }) => `${key} ${value.at}`);
    };
    for (const [productId, sequence] of [
      ['p1', 1],
      ['p1', 13],
      ['p1', 2],
      ['p2', 3],
      ['p1', 13],
      ['p1', 4],
    ] as const) {
      await driver.pipe(topics.stockChanges, productId, { ...change, productId, sequence });
    }
    assert.deepEqual((await decided()).sort(), ['p1 1', 'p2 3']);
    const { body } = await call('GET', '?quarantined=true');
    const [first] = body.deadLetters;
    assert.deepEqual([body.deadLetters.length, first.quarantined, first.key], [1, true, 'p1']);
    assert.equal((await call('GET', '/counts')).body.quarantined, 1);
    const value = { ...(await call('GET', `/${first.id}`)).body.value, sequence: 14 };
    assert.equal((await call('POST', `/${first.id}/edit`, { value, reason: 'unlucky' })).status, 202);
    assert.deepEqual(await decided(), ['p1 14', 'p1 2']);
    assert.equal((await shop.records(topics.audit)).at(-1)?.outcome, 'asked');
    const [second] = (await call('GET', '')).body.deadLetters;
    assert.equal((await call('POST', `/${second.id}/replay`)).status, 202);
    assert.deepEqual(await decided(), [], 'it fails again');
    const [third, ...more] = (await call('GET', '')).body.deadLetters;
    assert.deepEqual(more, []);
    assert.equal((await call('POST', `/${third.id}/drop`, { reason: 'unlucky' })).status, 202);
    assert.deepEqual(await decided(), ['p1 4']);
    assert.deepEqual((await call('GET', '')).body.deadLetters, []);
    await driver.close();
    await shop.close();
  });
});
