// Keys that stand still through the gateway: listed by pages with their reason and letter, read, and let go on by name, also
// when the letter has aged out of the log.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { StateQuarantine } from '../../app/queries/quarantined-keys.ts';
import { readAtRest } from '../../app/read-state.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { noImport } from '../../schemas/catalog-defaults.ts';
import { topics } from '../../schemas/topics.ts';
import type { StockChange } from '../../schemas/types.generated.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { standingStill as toy } from './standing-still.ts';
import { idleOperations, TestGateway } from './test-gateway.ts';

const changeOf = (productId: string, sequence: number): StockChange => ({
  ...{ changeId: 'dead', productId, warehouseId: 'w1', sellerId: 'seller', sequence, at: 1, ...noImport },
  change: { type: 'StockDelta', delta: 1 },
});

// Not in the order of the partitions, and with letters that UTF-8 and UTF-16 sort differently.
const names = ['p1', 'p2', 'p3', 'p10', 'a', 'z~1', '\uFFFD', '\u{1F600}'];
const sorted = ['a', 'p1', 'p10', 'p2', 'p3', 'z~1', '\uFFFD', '\u{1F600}'];
const taskOf = (key: string) => `shop_${partitionOf(key, toy.partitions)}`;

describe('keys that stand still', () => {
  const clock = new SteppedClock();
  const store = memoryStore();
  let shop: TestGateway;
  let driver: TopologyDriver;
  let began: number;
  before(async () => {
    const state = { readTasks: (query: Parameters<typeof readAtRest>[2]) => readAtRest(store, [toy], query) };
    const operations = { ...idleOperations, quarantine: new StateQuarantine([toy], state) };
    shop = await TestGateway.open({ deps: { operations } });
    driver = await TopologyDriver.open({ log: shop.log, store, clock, topology: toy, deadLetters: topics.deadLetters });
    began = clock.now();
    for (const name of names) {
      await driver.pipe(topics.stockChanges, name, changeOf(name, 13));
      await driver.run();
      clock.step(1_000);
    }
    for (const sequence of [2, 13, 4]) await driver.pipe(topics.stockChanges, 'p1', changeOf('p1', sequence));
    await driver.run();
  });
  after(async () => {
    await driver.close();
    await shop.close();
  });
  const url = '/v1/admin/quarantined-keys';
  const call = (method: string, path = '', payload?: object) =>
    shop.call(method, `${url}${path}`, { headers: shop.bearer('o', 'operator'), ...(payload && { payload }) });
  const decided = async () => {
    await driver.run();
    return (await driver.read(topics.searchMisses)).map(({ key, value }) => `${key} ${value.at}`);
  };
  const listed = async (query = '') => (await call('GET', query)).body.keys.map(({ key }: { key: string }) => key);

  test('are listed with task, reason, what waits and the letter', async () => {
    const { status, body } = await call('GET', '?key=p1');
    assert.equal(status, 200, JSON.stringify(body));
    const [{ place, letterId, ...found }, ...more] = body.keys;
    assert.deepEqual([more, body.cursor], [[], undefined]);
    assert.deepEqual(found, {
      ...{ topology: 'shop', partition: partitionOf('p1', toy.partitions), task: taskOf('p1'), key: 'p1' },
      ...{ since: began, failedAt: began, code: 'PROCESSOR_FAILED', message: 'bad luck', processor: 'toy' },
      ...{ waiting: 3, isFull: false },
    });
    assert.match(place, /^stock-changes-\d@0$/);
    const letter = await shop.call('GET', `/v1/admin/dead-letters/${letterId}`, {
      headers: shop.bearer('o', 'operator'),
    });
    assert.deepEqual([letter.body.key, letter.body.quarantined], ['p1', true]);
  });

  test('pages have no gap and no repetition, whatever the tasks are', async () => {
    for (const limit of [1, 3, 7, 8]) {
      const seen: { key: string; letterId: string | null; task: string }[] = [];
      let query = `?limit=${limit}`;
      for (let pages = 0; query && pages < 20; pages++) {
        const { body } = await call('GET', query);
        assert.ok(body.keys.length > 0 && body.keys.length <= limit);
        seen.push(...body.keys);
        query = body.cursor ? `?limit=${limit}&cursor=${body.cursor}` : '';
      }
      assert.deepEqual(
        seen.map(({ key }) => key),
        sorted,
      );
      assert.equal(new Set(seen.map(({ letterId }) => letterId)).size, names.length, 'each has its own letter');
      assert.ok(seen.every(({ key, task }) => task === taskOf(key)));
    }
    const partition = partitionOf('p1', toy.partitions);
    const ofTask = sorted.filter((key) => partitionOf(key, toy.partitions) === partition);
    assert.deepEqual(await listed(`?topology=shop&partition=${partition}`), ofTask);
    assert.deepEqual(await listed('?key=p4'), []);
    assert.deepEqual(await listed('?partition=999'), []);
  });

  test('what makes no sense is refused, and says why', async () => {
    const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of [
      'x',
      made(1),
      made([]),
      made(['shop', 0]),
      made(['moon', 0, 'a']),
      made(['shop', '0', 'a']),
    ]) {
      const { status, body } = await call('GET', `?cursor=${cursor}`);
      assert.deepEqual([status, body.code, body.errors[0]?.path], [400, 'request_invalid', 'cursor'], cursor);
    }
    for (const query of ['limit=0', 'limit=x', 'partition=-1', 'colour=red', 'key=']) {
      assert.equal((await call('GET', `?${query}`)).body.code, 'request_invalid', query);
    }
    assert.deepEqual((await call('GET', '?topology=moon')).body.code, 'topology_not_found');
    assert.deepEqual((await call('GET', '/moon/p1')).body.code, 'topology_not_found');
    assert.deepEqual((await call('GET', '/shop/p4')).body.code, 'quarantined_key_not_found');
    assert.deepEqual((await call('POST', '/shop/p4/drop', { reason: 'r' })).body.code, 'quarantined_key_not_found');
    assert.deepEqual((await call('POST', '/shop/p1/drop', {})).body.code, 'request_invalid');
    const bad = await call('POST', '/shop/p1/edit', { value: { ...changeOf('p1', 1), at: 'soon' }, reason: 'r' });
    assert.deepEqual([bad.status, bad.body.errors[0].path], [400, 'value.at']);
  });

  test('one goes on by its name, and its letter is over', async () => {
    const [{ letterId }] = (await call('GET', '?key=p2')).body.keys;
    const told = await call('POST', '/shop/p2/drop', { reason: 'unlucky' });
    assert.equal(told.status, 202);
    assert.deepEqual([told.body.task, /^stock-changes/.test(told.body.place)], [taskOf('p2'), true]);
    await driver.run();
    assert.deepEqual(await listed('?key=p2'), []);
    const headers = shop.bearer('o', 'operator');
    assert.equal((await shop.call('GET', `/v1/admin/dead-letters/${letterId}`, { headers })).body.state, 'dropped');
    const audit = (await shop.records(topics.audit)).at(-1);
    assert.deepEqual(
      [audit?.actor, audit?.action, audit?.reason, audit?.subject, audit?.outcome],
      ['o', 'drop-dead-letter', 'unlucky', 'p2', 'asked'],
    );
  });

  test('one that has lost its letter is still told, edited, replayed and dropped', async () => {
    const place = { topic: topics.deadLetters.name, partition: 0 };
    const [end = 0] = await shop.log.admin.offsets([place], 'latest');
    await shop.log.admin.deleteRecords(place, end);
    const [lost] = (await call('GET', '?key=p1')).body.keys;
    assert.deepEqual([lost.letterId, lost.since, lost.code, lost.waiting], [null, began, 'PROCESSOR_FAILED', 3]);
    const { key, deadLetter } = (await call('GET', '/shop/p1')).body;
    assert.deepEqual(key, lost);
    assert.deepEqual(deadLetter.value, changeOf('p1', 13));
    assert.deepEqual([deadLetter.message, deadLetter.at, deadLetter.key], ['bad luck', began, 'p1']);
    assert.deepEqual(await decided(), []);

    clock.step(1_000);
    const value = { ...deadLetter.value, sequence: 1 };
    assert.equal((await call('POST', '/shop/p1/edit', { value, reason: 'unlucky' })).status, 202);
    assert.deepEqual(await decided(), ['p1 1', 'p1 2']);
    const [next] = (await call('GET', '?key=p1')).body.keys;
    assert.deepEqual([next.since, next.failedAt, next.waiting], [began, clock.now(), 1], 'the next one failed');
    assert.notEqual(next.letterId, null, 'and has a letter of its own');
    assert.equal((await call('POST', '/shop/p1/replay', {})).status, 202);
    assert.deepEqual(await decided(), [], 'it fails again');
    await shop.log.admin.deleteRecords(place, (await shop.log.admin.offsets([place], 'latest'))[0]!);
    assert.equal((await call('POST', '/shop/p1/drop', { reason: 'unlucky' })).status, 202);
    assert.deepEqual(await decided(), ['p1 4']);
    assert.deepEqual((await call('GET', '/shop/p1')).body.code, 'quarantined_key_not_found');
    assert.deepEqual(
      await listed(),
      sorted.filter((each) => each !== 'p1' && each !== 'p2'),
    );
  });
});
