// An effect's loop: the outside is called for every record, and what came of it is never lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StockstreamError } from '../../base/errors.ts';
import { eventTimeIn } from '../../log/event-time.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { batchesOf } from '../../streams/commit-history.ts';
import { doors, EffectBench, hang, ok, partitions, told } from './effect-bench.ts';

test('every record is performed, what came of it is told, and the offsets move on', async () => {
  const bench = await EffectBench.open();
  await bench.send('a', 'a1', 'a2');
  await bench.send('b', 'b1');
  const thread = bench.start(ok);
  await bench.until(async () => (await bench.results()).length === 3);
  await thread.stop();
  assert.equal(thread.state, 'stopped');
  assert.deepEqual((await bench.results()).toSorted(), ['a1 ok', 'a2 ok', 'b1 ok']);
  assert.deepEqual(bench.performed.toSorted(), ['a1', 'a2', 'b1']);
  const committed = (await bench.offsets()).filter((offset) => offset !== undefined);
  assert.equal(
    committed.reduce((sum, offset) => sum + offset, 0),
    3,
  );
  assert.match(await bench.registry.metrics(), /effect_performed_total\{effect="call"\} 3/);
  assert.match(await bench.registry.metrics(), /effect_calls_in_flight\{effect="call"\} 0/);
  await bench.log.close();
});

test('what answers a record has its event time, if it has one', async () => {
  const bench = await EffectBench.open();
  await bench.sendBytes('a', Buffer.from('{"id":"a1"}'), 1_234);
  await bench.send('a', 'a2');
  const thread = bench.start(ok);
  await bench.until(async () => (await bench.results()).length === 2);
  await thread.stop();
  const found: (number | undefined)[] = [];
  const place = { topic: told.name, partition: partitionOf('a', partitions) };
  for await (const { batch } of batchesOf(bench.log, place, 0)) {
    for (const { headers } of batch.records()) found.push(eventTimeIn(headers));
  }
  assert.deepEqual(found, [1_234, undefined]);
  await bench.log.close();
});

test('records of one key go one after the other, those of others meanwhile', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  await bench.send('a', 'a1', 'a2');
  await bench.send('b', 'b1');
  const thread = bench.start(perform);
  await bench.until(() => bench.performed.length === 2);
  await bench.pass(100);
  assert.deepEqual(bench.performed.toSorted(), ['a1', 'b1']);
  finish('b1');
  await bench.until(async () => (await bench.results()).includes('b1 ok'));
  finish('a1');
  await bench.until(() => bench.performed.includes('a2'));
  finish('a2');
  await bench.until(async () => (await bench.results()).length === 3);
  assert.deepEqual(
    (await bench.results()).filter((each) => each.startsWith('a')),
    ['a1 ok', 'a2 ok'],
  );
  await thread.stop();
  await bench.log.close();
});

test('an effect may say what goes one after the other: records of one key then overtake each other', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  await bench.send('a', 'a1', 'a2', 'a1 again');
  const thread = bench.start(perform, { laneOf: ({ value: { id } }) => id.slice(0, 2) });
  await bench.until(() => bench.performed.length === 2);
  await bench.pass(100);
  assert.deepEqual(bench.performed.toSorted(), ['a1', 'a2']);
  finish('a2');
  await bench.until(async () => (await bench.results()).includes('a2 ok'));
  finish('a1');
  await bench.until(() => bench.performed.includes('a1 again'));
  finish('a1 again');
  await bench.until(async () => (await bench.results()).length === 3);
  await thread.stop();
  await bench.log.close();
});

test('no more calls are under way than agreed', async () => {
  const bench = await EffectBench.open();
  for (const key of 'abcdefgh') await bench.send(key, key);
  let [now, most] = [0, 0];
  const thread = bench.start(
    async () => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      now--;
      return 'ok';
    },
    { concurrency: 3 },
  );
  await bench.until(() => bench.performed.length === 8 && now === 0);
  assert.equal(most, 3);
  await thread.stop();
  await bench.log.close();
});

test('a call that fails is made again, later and later; then it is given up', async () => {
  const bench = await EffectBench.open();
  const at: number[] = [];
  await bench.send('a', 'bad', 'good');
  const thread = bench.start(
    async (id) => {
      if (id === 'good') return 'ok';
      at.push(bench.clock.now());
      throw new Error('no luck');
    },
    { tries: 4 },
  );
  await bench.until(async () => (await bench.results()).length === 2);
  assert.deepEqual(await bench.results(), ['bad given up', 'good ok']);
  assert.equal(bench.performed.length, 5);
  const waits = at.slice(1).map((time, index) => time - at[index]!);
  assert.ok(waits[0]! < waits[1]! && waits[1]! < waits[2]!, waits.join());
  await thread.stop();
  await bench.log.close();
});

test('what never works is told at once, or set aside if nobody tells it', async () => {
  const bench = await EffectBench.open();
  await bench.send('a', 'told', 'untold');
  const thread = bench.start(
    async () => {
      throw new StockstreamError('RECORD_MISROUTED', { key: 'a', topic: 't', expected: 'b' });
    },
    {
      giveUp: ({ value: { id }, key }) =>
        id === 'told' ? [{ topic: told, key, value: { id, text: 'never' } }] : undefined,
    },
  );
  await bench.until(async () => (await bench.deadLetters()).length === 1);
  assert.deepEqual(await bench.results(), ['told never']);
  assert.deepEqual(bench.performed, ['told', 'untold']);
  await thread.stop();
  await bench.log.close();
});

test('one that is never given up goes on for ever, and does not stop the others', async () => {
  const bench = await EffectBench.open();
  let isBack = false;
  await bench.send('a', 'stuck', 'behind');
  const thread = bench.start(
    async (id) => {
      if (id === 'stuck' && !isBack) throw new Error('not now');
      return 'ok';
    },
    { giveUp: () => undefined, tries: 2, concurrency: 1 },
  );
  await bench.until(() => bench.performed.filter((id) => id === 'stuck').length > 4);
  for (const key of 'bcdefg') await bench.send(key, key);
  await bench.until(async () => (await bench.results()).length === 6);
  assert.equal(
    (await bench.offsets())[partitionOf('a', partitions)],
    0,
    'what is not finished is not behind the offset',
  );
  await bench.until(() => /not now/.test(thread.waitingFor ?? ''));
  isBack = true;
  await bench.pass(20_000);
  await bench.until(async () => (await bench.results()).length === 8);
  assert.equal(thread.waitingFor, undefined);
  await thread.stop();
  await bench.log.close();
});

test('the window bounds what is taken behind a stuck record', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  const key = 'stuck';
  const same = Array.from({ length: 200 }, (_, index) => `k${index}`).filter(
    (each) => partitionOf(each, partitions) === partitionOf(key, partitions),
  );
  await bench.send(key, key);
  for (const other of same.slice(0, 10)) await bench.send(other, other);
  const thread = bench.start((id) => (id === key ? perform(id) : ok()), { window: 5, timeoutMs: 1_000_000 });
  await bench.until(async () => (await bench.results()).length === 4);
  await bench.pass(2_000);
  assert.equal(bench.performed.length, 5);
  finish(key);
  await bench.until(async () => (await bench.results()).length === 11);
  await thread.stop();
  await bench.log.close();
});

test('a call that takes too long is aborted and made again, whether it heeds that or not', async () => {
  const bench = await EffectBench.open();
  const reasons: unknown[] = [];
  await bench.send('a', 'slow');
  const thread = bench.start((_, signal) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    return bench.performed.length < 3 ? hang() : ok();
  });
  await bench.until(async () => (await bench.results()).length === 1);
  assert.equal(reasons.length, 2);
  assert.ok(reasons.every((reason) => reason instanceof StockstreamError && reason.code === 'EFFECT_TIMED_OUT'));
  assert.match(await bench.registry.metrics(), /effect_failures_total\{effect="call",code="EFFECT_TIMED_OUT"\} 2/);
  await thread.stop();
  await bench.log.close();
});

test('while the outside is down it is asked seldom, by one call at a time; then all goes on', async () => {
  const bench = await EffectBench.open();
  let [isDown, now, most] = [true, 0, 0];
  const keys = Array.from({ length: 12 }, (_, index) => `k${index}`);
  for (const key of keys) await bench.send(key, key);
  const thread = bench.start(
    async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      if (isDown) throw new Error('down');
      return 'ok';
    },
    { tries: 1_000, concurrency: 6 },
  );
  await bench.until(() => thread.waitingFor?.includes('counts as down') ?? false);
  assert.match(await bench.registry.metrics(), /effect_circuit_open\{effect="call"\} 1/);
  await bench.until(() => now === 0);
  const before = bench.performed.length;
  most = 0;
  await bench.pass(60_000);
  const asked = bench.performed.length - before;
  assert.ok(asked >= 3 && asked <= 10, `asked ${asked} times in a minute`);
  assert.equal(most, 1);
  isDown = false;
  await bench.until(async () => (await bench.results()).length === keys.length);
  assert.equal(thread.waitingFor, undefined);
  assert.match(await bench.registry.metrics(), /effect_circuit_open\{effect="call"\} 0/);
  await thread.stop();
  await bench.log.close();
});

test('one record that always fails does not count as an outage', async () => {
  const bench = await EffectBench.open();
  await bench.send('a', 'bad');
  const thread = bench.start(
    async (id) => {
      if (id === 'bad') throw new Error('bad');
      return 'ok';
    },
    { giveUp: () => undefined },
  );
  await bench.until(() => bench.performed.length > 6);
  assert.doesNotMatch(thread.waitingFor ?? '', /counts as down/);
  await bench.send('b', 'b');
  await bench.pass(100);
  assert.deepEqual(await bench.results(), ['b ok']);
  await thread.stop();
  await bench.log.close();
});

test('a crash between the call and the commit performs the record again, and loses nothing', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  await bench.send('a', 'a1', 'a2');
  await bench.send('b', 'b1');
  bench.start(perform);
  await bench.until(() => bench.performed.length === 2);
  await bench.crash();
  finish('a1');
  assert.deepEqual(await bench.results(), []);
  finish('a2');
  finish('b1');
  const thread = bench.start(perform);
  await bench.until(async () => (await bench.results()).length === 3);
  assert.deepEqual((await bench.results()).toSorted(), ['a1 ok', 'a2 ok', 'b1 ok']);
  assert.deepEqual(bench.performed.filter((id) => id === 'a1').length, 2);
  await thread.stop();
  await bench.log.close();
});

test('what overtook a stuck record is told once, however many go on after it', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  const lanes = { laneOf: ({ value }: { value: { id: string } }) => value.id };
  await bench.send('a', 'stuck', 'a1', 'a2', 'a3');
  for (const id of ['a1', 'a2', 'a3']) {
    bench.start(perform, lanes);
    finish(id);
    await bench.until(async () => (await bench.results()).includes(`${id} ok`));
    await bench.crash();
  }
  assert.deepEqual(await bench.results(), ['a1 ok', 'a2 ok', 'a3 ok']);
  assert.equal(bench.performed.filter((id) => id === 'a1').length, 1);
  await bench.send('a', 'a4');
  const thread = bench.start(perform, lanes);
  for (const id of ['a4', 'stuck']) finish(id);
  await bench.until(async () => (await bench.results()).includes('stuck ok'));
  await bench.until(() => thread.waitingFor === undefined);
  await bench.stop(thread);
  assert.deepEqual((await bench.results()).toSorted(), ['a1 ok', 'a2 ok', 'a3 ok', 'a4 ok', 'stuck ok']);
  const ends = await bench.log.admin.offsets(bench.inputs, 'latest');
  const moved = (await bench.offsets()).flatMap((offset, partition) => (offset === undefined ? [] : [partition]));
  for (const partition of moved) assert.equal((await bench.offsets())[partition], ends[partition]);
  await bench.log.close();
});

test('stopping lets calls end and commits them; one that takes too long is aborted and made by the next', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  let aborted = 0;
  await bench.send('a', 'quick', 'not begun');
  await bench.send('b', 'slow');
  const first = bench.start(
    (id, signal) => {
      signal.addEventListener('abort', () => aborted++);
      return perform(id);
    },
    { timeoutMs: 60_000 },
  );
  await bench.until(() => bench.performed.length === 2);
  let stopped = false;
  const stopping = first.stop().then(() => {
    stopped = true;
  });
  await bench.until(() => first.state === 'stopping');
  finish('quick');
  await bench.until(() => stopped);
  await stopping;
  assert.equal(first.state, 'stopped');
  assert.equal(aborted, 1);
  assert.deepEqual(await bench.results(), ['quick ok']);
  assert.deepEqual(bench.performed.toSorted(), ['quick', 'slow']);
  const second = bench.start(ok);
  await bench.until(async () => (await bench.results()).length === 3);
  assert.deepEqual(bench.performed.filter((id) => id === 'quick').length, 1);
  await second.stop();
  await bench.log.close();
});

test('threads share the work, take over from each other, and together lose nothing', async () => {
  const bench = await EffectBench.open();
  const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
  for (const key of keys.slice(0, 10)) await bench.send(key, key);
  const first = bench.start(ok);
  await bench.until(async () => (await bench.results()).length === 10);
  const second = bench.start(ok, { on: bench.log.session(), instanceId: '1' });
  await bench.until(() => first.partitions.length > 0 && second.partitions.length > 0);
  for (const key of keys.slice(10, 20)) await bench.send(key, key);
  await bench.until(async () => new Set(await bench.results()).size === 20);
  const stopping = first.stop();
  await bench.until(() => second.partitions.length === partitions);
  await stopping;
  for (const key of keys.slice(20)) await bench.send(key, key);
  await bench.until(async () => (await bench.results()).length >= 30);
  assert.deepEqual((await bench.results()).toSorted(), keys.map((key) => `${key} ok`).toSorted());
  await second.stop();
  await bench.log.close();
});
