// An effect's loop when workers come, go, hang and die, and when records or the log are no good.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import type { EffectThread } from '../../streams/effect-thread.ts';
import { doors, EffectBench, hang, ok, partitions } from './effect-bench.ts';

test('when the group re-forms, calls that are under way are waited for', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const key of keys) await bench.send(key, key);
  const first = bench.start(perform, { timeoutMs: 60_000, concurrency: 6 });
  await bench.until(() => bench.performed.length === 6);
  const second = bench.start(perform, { timeoutMs: 60_000, concurrency: 6, on: bench.log.session(), instanceId: '1' });
  for (const key of keys) finish(key);
  await bench.until(() => first.partitions.length > 0 && second.partitions.length > 0);
  await bench.until(async () => (await bench.results()).length === 6);
  assert.deepEqual(bench.performed.toSorted(), keys, 'none was performed twice');
  await Promise.all([first.stop(), second.stop()]);
  await bench.log.close();
});

test('when the group re-forms, a call that does not end is aborted where its partition moves, and made there', async () => {
  const bench = await EffectBench.open();
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const key of keys) await bench.send(key, key);
  let aborted = 0;
  const slow = async (_: string, signal: AbortSignal) => {
    signal.addEventListener('abort', () => aborted++);
    return await hang();
  };
  const first = bench.start(slow, { timeoutMs: 600_000, concurrency: 6 });
  await bench.until(() => bench.performed.length === 6);
  const second = bench.start(ok, { on: bench.log.session(), instanceId: '1' });
  await bench.until(() => second.partitions.length > 0);
  const moved = keys.filter((key) => second.partitions.includes(partitionOf(key, partitions)));
  await bench.until(async () => (await bench.results()).length === moved.length);
  assert.equal(aborted, moved.length);
  assert.equal(bench.performed.length, 6 + moved.length, 'what stayed goes on');
  const stopping = first.stop();
  await bench.until(async () => (await bench.results()).length === 6);
  await stopping;
  await second.stop();
  await bench.log.close();
});

test('a zombie writes nothing once its work is done by another', async () => {
  const bench = await EffectBench.open();
  const { perform, finish } = doors();
  await bench.send('a', 'a1');
  const standing = new SteppedClock();
  const zombie = bench.start((id) => perform(id), { on: bench.log.session(standing), timeoutMs: 600_000 });
  await bench.until(() => bench.performed.length === 1);
  const heir = bench.start(async () => 'by the heir', { on: bench.log.session(), instanceId: '1' });
  await bench.until(async () => (await bench.results()).length === 1);
  const before = await bench.offsets();
  finish('a1');
  await bench.pass(2_000);
  assert.deepEqual(await bench.results(), ['a1 by the heir']);
  assert.deepEqual(await bench.offsets(), before);
  assert.deepEqual(bench.failures, []);
  await Promise.all([zombie.stop(), heir.stop()]);
  await bench.log.close();
});

test('what cannot be read, has no value, or tells what cannot be written goes to the dead letters', async () => {
  const bench = await EffectBench.open();
  await bench.sendBytes('a', Buffer.from('{no json'));
  await bench.sendBytes('a', null);
  await bench.send('a', 'bad', 'good');
  const thread = bench.start(async (id) => (id === 'bad' ? '0.5 cannot be encoded here' : 'ok'));
  await bench.until(async () => (await bench.results()).length === 1);
  assert.deepEqual(await bench.results(), ['good ok']);
  assert.deepEqual(await bench.deadLetters(), ['{no json', '', '{"id":"bad"}']);
  assert.match(
    await bench.registry.metrics(),
    /effect_dead_letter_records_total\{effect="call",code="EFFECT_FAILED"\} 3/,
  );
  await thread.stop();
  await bench.log.close();
});

test('a fault that no try mends fails the thread', async () => {
  const bench = await EffectBench.open();
  await bench.send('a', 'a');
  const thread = bench.start(async () => {
    throw new StockstreamError('CONFIG_INVALID', { problems: 'wrong key' });
  });
  await bench.until(() => bench.failures.length === 1);
  assert.equal(thread.state, 'failed');
  await bench.log.close();
});

test('a log that is away is waited for', async () => {
  const bench = await EffectBench.open();
  let failing = 3;
  const away = new StockstreamError('LOG_UNREACHABLE', { broker: 'b', reason: 'gone' });
  const lame: Log = {
    kind: bench.log.kind,
    admin: bench.log.admin,
    producer: () => bench.log.producer(),
    fetcher: () => bench.log.fetcher(),
    join: (...parts) => bench.log.join(...parts),
    close: () => bench.log.close(),
    async transactionalProducer(id) {
      if (failing-- > 0) throw away;
      return await bench.log.transactionalProducer(id);
    },
  };
  await bench.send('a', 'a');
  const thread = bench.start(ok, { on: lame });
  await bench.until(() => thread.waitingFor !== undefined);
  await bench.until(async () => (await bench.results()).length === 1);
  assert.equal(thread.waitingFor, undefined);
  await thread.stop();
  await bench.log.close();
});

test('whatever fails and whoever dies, every record has one outcome, told once', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('send' as const), key: fc.integer({ min: 0, max: 6 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 10, max: 3_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('crash' as const, 'stop' as const, 'join' as const) }) },
  );
  const outside = fc.infiniteStream(fc.constantFrom('ok', 'ok', 'ok', 'slow', 'fails', 'hangs'));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), outside, fc.integer(), async (steps, moods, seed) => {
      const bench = await EffectBench.open({ seed });
      const sent: string[] = [];
      let calm = false;
      const perform = async (_: string, signal: AbortSignal) => {
        const mood = calm ? 'ok' : moods.next().value;
        if (mood === 'fails') throw new Error('as told');
        if (mood === 'hangs') return await hang();
        if (mood === 'slow') await sleep(bench.clock, 400, signal);
        return 'ok';
      };
      let next = 0;
      let threads: EffectThread[] = [];
      const join = () => {
        const instanceId = String(next++);
        threads.push(bench.start(perform, { on: bench.log.session(), instanceId, giveUp: () => undefined, window: 5 }));
      };
      join();
      for (const each of steps) {
        if (each.type === 'send') {
          sent.push(`${each.key}-${sent.length}`);
          await bench.send(`k${each.key}`, sent.at(-1)!);
        } else if (each.type === 'pass') await bench.pass(each.ms);
        else if (each.type === 'join') join();
        else if (each.type === 'stop') await bench.stop(threads.shift());
        else {
          await bench.crash();
          threads = [];
        }
        if (threads.length === 0) join();
      }
      calm = true;
      const ids = async () => (await bench.results()).map((result) => result.replace(' ok', ''));
      await bench.until(async () => new Set(await ids()).size === sent.length, 'every record has an outcome');
      const told = await ids();
      assert.deepEqual(told.toSorted(), sent.toSorted());
      for (let key = 0; key <= 6; key++) {
        const ofKey = (all: string[]) => all.filter((id) => id.startsWith(`${key}-`));
        assert.deepEqual(ofKey(told), ofKey(sent), 'told in the order of the key');
      }
      for (const thread of threads) await bench.stop(thread);
      await bench.log.close();
    }),
    { numRuns: 100 },
  );
});
