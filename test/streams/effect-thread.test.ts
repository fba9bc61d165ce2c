// An effect's loop: the outside is called for every record, and what came of it is never lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import type { EffectThread } from '../../streams/effect-thread.ts';
import { effectBench, partitions, told } from './effect-bench.ts';

const ok = async () => 'ok';
const never = () => new Promise<never>(() => {});
const sorted = (results: string[]) => [...results].sort();

/** Calls that end when they are told to. */
function doors() {
  const open = new Map<string, PromiseWithResolvers<string>>();
  const door = (id: string) => {
    const known = open.get(id) ?? Promise.withResolvers<string>();
    open.set(id, known);
    return known;
  };
  return { perform: (id: string) => door(id).promise, finish: (id: string) => door(id).resolve('ok') };
}

test('every record is performed, what came of it is told, and the offsets move on', async () => {
  const { send, start, until, results, offsets, registry, log, performed } = await effectBench();
  await send('a', 'a1', 'a2');
  await send('b', 'b1');
  const thread = start(ok);
  await until(async () => (await results()).length === 3);
  await thread.stop();
  assert.equal(thread.state, 'stopped');
  assert.deepEqual(sorted(await results()), ['a1 ok', 'a2 ok', 'b1 ok']);
  assert.deepEqual(performed.toSorted(), ['a1', 'a2', 'b1']);
  const committed = (await offsets()).filter((offset) => offset !== undefined);
  assert.equal(
    committed.reduce((sum, offset) => sum + offset, 0),
    3,
  );
  assert.match(await registry.metrics(), /effect_performed_total\{effect="call"\} 3/);
  assert.match(await registry.metrics(), /effect_calls_in_flight\{effect="call"\} 0/);
  await log.close();
});

test('records of one key go one after the other, those of others meanwhile', async () => {
  const { send, start, until, pass, results, performed, log } = await effectBench();
  const { perform, finish } = doors();
  await send('a', 'a1', 'a2');
  await send('b', 'b1');
  const thread = start(perform);
  await until(() => performed.length === 2);
  await pass(100);
  assert.deepEqual(performed.toSorted(), ['a1', 'b1']);
  finish('b1');
  await until(async () => (await results()).includes('b1 ok'));
  finish('a1');
  await until(() => performed.includes('a2'));
  finish('a2');
  await until(async () => (await results()).length === 3);
  assert.deepEqual(
    (await results()).filter((each) => each.startsWith('a')),
    ['a1 ok', 'a2 ok'],
  );
  await thread.stop();
  await log.close();
});

test('no more calls are under way than agreed', async () => {
  const { send, start, until, performed, log } = await effectBench();
  for (const key of 'abcdefgh') await send(key, key);
  let [now, most] = [0, 0];
  const thread = start(
    async () => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      now--;
      return 'ok';
    },
    { concurrency: 3 },
  );
  await until(() => performed.length === 8 && now === 0);
  assert.equal(most, 3);
  await thread.stop();
  await log.close();
});

test('a call that fails is made again, later and later; then it is given up', async () => {
  const { clock, send, start, until, results, performed, log } = await effectBench();
  const at: number[] = [];
  await send('a', 'bad', 'good');
  const thread = start(
    async (id) => {
      if (id === 'good') return 'ok';
      at.push(clock.now());
      throw new Error('no luck');
    },
    { tries: 4 },
  );
  await until(async () => (await results()).length === 2);
  assert.deepEqual(await results(), ['bad given up', 'good ok']);
  assert.equal(performed.length, 5);
  const waits = at.slice(1).map((time, index) => time - at[index]!);
  assert.ok(waits[0]! < waits[1]! && waits[1]! < waits[2]!, waits.join());
  await thread.stop();
  await log.close();
});

test('what never works is told at once, or set aside if nobody tells it', async () => {
  const { send, start, until, results, deadLetters, performed, log } = await effectBench();
  await send('a', 'told', 'untold');
  const thread = start(
    async () => {
      throw new StockstreamError('RECORD_MISROUTED', { key: 'a', topic: 't', expected: 'b' });
    },
    {
      giveUp: ({ value: { id }, key }) =>
        id === 'told' ? [{ topic: told, key, value: { id, text: 'never' } }] : undefined,
    },
  );
  await until(async () => (await deadLetters()).length === 1);
  assert.deepEqual(await results(), ['told never']);
  assert.deepEqual(performed, ['told', 'untold']);
  await thread.stop();
  await log.close();
});

test('one that is never given up goes on for ever, and does not stop the others', async () => {
  const { send, start, until, pass, results, performed, offsets, log } = await effectBench();
  let isBack = false;
  await send('a', 'stuck', 'behind');
  const thread = start(
    async (id) => {
      if (id === 'stuck' && !isBack) throw new Error('not now');
      return 'ok';
    },
    { giveUp: () => undefined, tries: 2, concurrency: 1 },
  );
  await until(() => performed.filter((id) => id === 'stuck').length > 4);
  for (const key of 'bcdefg') await send(key, key);
  await until(async () => (await results()).length === 6);
  assert.equal((await offsets())[partitionOf('a', partitions)], 0, 'what is not finished is not behind the offset');
  await until(() => /not now/.test(thread.waitingFor ?? ''));
  isBack = true;
  await pass(20_000);
  await until(async () => (await results()).length === 8);
  assert.equal(thread.waitingFor, undefined);
  await thread.stop();
  await log.close();
});

test('the window bounds what is taken behind a stuck record', async () => {
  const { send, start, until, pass, results, performed, log } = await effectBench();
  const { perform, finish } = doors();
  const key = 'stuck';
  const same = Array.from({ length: 200 }, (_, index) => `k${index}`).filter(
    (each) => partitionOf(each, partitions) === partitionOf(key, partitions),
  );
  await send(key, key);
  for (const other of same.slice(0, 10)) await send(other, other);
  const thread = start((id) => (id === key ? perform(id) : ok()), { window: 5, timeoutMs: 1_000_000 });
  await until(async () => (await results()).length === 4);
  await pass(2_000);
  assert.equal(performed.length, 5);
  finish(key);
  await until(async () => (await results()).length === 11);
  await thread.stop();
  await log.close();
});

test('a call that takes too long is aborted and made again, whether it heeds that or not', async () => {
  const { send, start, until, results, performed, registry, log } = await effectBench();
  const reasons: unknown[] = [];
  await send('a', 'slow');
  const thread = start((_, signal) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    return performed.length < 3 ? never() : ok();
  });
  await until(async () => (await results()).length === 1);
  assert.equal(reasons.length, 2);
  assert.ok(reasons.every((reason) => reason instanceof StockstreamError && reason.code === 'EFFECT_TIMED_OUT'));
  assert.match(await registry.metrics(), /effect_failures_total\{effect="call",code="EFFECT_TIMED_OUT"\} 2/);
  await thread.stop();
  await log.close();
});

test('while the outside is down it is asked seldom, by one call at a time; then all goes on', async () => {
  const { send, start, until, pass, results, performed, registry, log } = await effectBench();
  let [isDown, now, most] = [true, 0, 0];
  const keys = Array.from({ length: 12 }, (_, index) => `k${index}`);
  for (const key of keys) await send(key, key);
  const thread = start(
    async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      if (isDown) throw new Error('down');
      return 'ok';
    },
    { tries: 1_000, concurrency: 6 },
  );
  await until(() => thread.waitingFor?.includes('counts as down') ?? false);
  assert.match(await registry.metrics(), /effect_circuit_open\{effect="call"\} 1/);
  await until(() => now === 0);
  const before = performed.length;
  most = 0;
  await pass(60_000);
  const asked = performed.length - before;
  assert.ok(asked >= 3 && asked <= 10, `asked ${asked} times in a minute`);
  assert.equal(most, 1);
  isDown = false;
  await until(async () => (await results()).length === keys.length);
  assert.equal(thread.waitingFor, undefined);
  assert.match(await registry.metrics(), /effect_circuit_open\{effect="call"\} 0/);
  await thread.stop();
  await log.close();
});

test('one record that always fails does not count as an outage', async () => {
  const { send, start, until, pass, performed, results, log } = await effectBench();
  await send('a', 'bad');
  const thread = start(
    async (id) => {
      if (id === 'bad') throw new Error('bad');
      return 'ok';
    },
    { giveUp: () => undefined },
  );
  await until(() => performed.length > 6);
  assert.doesNotMatch(thread.waitingFor ?? '', /counts as down/);
  await send('b', 'b');
  await pass(100);
  assert.deepEqual(await results(), ['b ok']);
  await thread.stop();
  await log.close();
});

test('a crash between the call and the commit performs the record again, and loses nothing', async () => {
  const bench = await effectBench();
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
  assert.deepEqual(sorted(await bench.results()), ['a1 ok', 'a2 ok', 'b1 ok']);
  assert.deepEqual(bench.performed.filter((id) => id === 'a1').length, 2);
  await thread.stop();
  await bench.log.close();
});

test('stopping lets calls end and commits them; one that takes too long is aborted and made by the next', async () => {
  const { send, start, until, results, performed, log } = await effectBench();
  const { perform, finish } = doors();
  let aborted = 0;
  await send('a', 'quick', 'not begun');
  await send('b', 'slow');
  const first = start(
    (id, signal) => {
      signal.addEventListener('abort', () => aborted++);
      return perform(id);
    },
    { timeoutMs: 60_000 },
  );
  await until(() => performed.length === 2);
  let stopped = false;
  const stopping = first.stop().then(() => {
    stopped = true;
  });
  await until(() => first.state === 'stopping');
  finish('quick');
  await until(() => stopped);
  await stopping;
  assert.equal(first.state, 'stopped');
  assert.equal(aborted, 1);
  assert.deepEqual(await results(), ['quick ok']);
  assert.deepEqual(performed.toSorted(), ['quick', 'slow']);
  const second = start(ok);
  await until(async () => (await results()).length === 3);
  assert.deepEqual(performed.filter((id) => id === 'quick').length, 1);
  await second.stop();
  await log.close();
});

test('threads share the work, take over from each other, and together lose nothing', async () => {
  const { send, start, until, results, log } = await effectBench();
  const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
  for (const key of keys.slice(0, 10)) await send(key, key);
  const first = start(ok);
  await until(async () => (await results()).length === 10);
  const second = start(ok, { on: log.session(), instanceId: '1' });
  await until(() => first.partitions.length > 0 && second.partitions.length > 0);
  for (const key of keys.slice(10, 20)) await send(key, key);
  await until(async () => new Set(await results()).size === 20);
  const stopping = first.stop();
  await until(() => second.partitions.length === partitions);
  await stopping;
  for (const key of keys.slice(20)) await send(key, key);
  await until(async () => (await results()).length >= 30);
  assert.deepEqual(sorted(await results()), sorted(keys.map((key) => `${key} ok`)));
  await second.stop();
  await log.close();
});

test('when the group re-forms, calls that are under way are waited for', async () => {
  const { send, start, until, results, performed, log } = await effectBench();
  const { perform, finish } = doors();
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const key of keys) await send(key, key);
  const first = start(perform, { timeoutMs: 60_000, concurrency: 6 });
  await until(() => performed.length === 6);
  const second = start(perform, { timeoutMs: 60_000, concurrency: 6, on: log.session(), instanceId: '1' });
  for (const key of keys) finish(key);
  await until(() => first.partitions.length > 0 && second.partitions.length > 0);
  await until(async () => (await results()).length === 6);
  assert.deepEqual(performed.toSorted(), keys, 'none was performed twice');
  await Promise.all([first.stop(), second.stop()]);
  await log.close();
});

test('when the group re-forms, a call that does not end is aborted where its partition moves, and made there', async () => {
  const { send, start, until, results, performed, log } = await effectBench();
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const key of keys) await send(key, key);
  let aborted = 0;
  const slow = async (_: string, signal: AbortSignal) => {
    signal.addEventListener('abort', () => aborted++);
    return await never();
  };
  const first = start(slow, { timeoutMs: 600_000, concurrency: 6 });
  await until(() => performed.length === 6);
  const second = start(ok, { on: log.session(), instanceId: '1' });
  await until(() => second.partitions.length > 0);
  const moved = keys.filter((key) => second.partitions.includes(partitionOf(key, partitions)));
  await until(async () => (await results()).length === moved.length);
  assert.equal(aborted, moved.length);
  assert.equal(performed.length, 6 + moved.length, 'what stayed goes on');
  const stopping = first.stop();
  await until(async () => (await results()).length === 6);
  await stopping;
  await second.stop();
  await log.close();
});

test('a zombie writes nothing once its work is done by another', async () => {
  const { send, start, until, pass, results, performed, offsets, failures, log } = await effectBench();
  const { perform, finish } = doors();
  await send('a', 'a1');
  const standing = new SteppedClock();
  const zombie = start((id) => perform(id), { on: log.session(standing), timeoutMs: 600_000 });
  await until(() => performed.length === 1);
  const heir = start(async () => 'by the heir', { on: log.session(), instanceId: '1' });
  await until(async () => (await results()).length === 1);
  const before = await offsets();
  finish('a1');
  await pass(2_000);
  assert.deepEqual(await results(), ['a1 by the heir']);
  assert.deepEqual(await offsets(), before);
  assert.deepEqual(failures, []);
  await Promise.all([zombie.stop(), heir.stop()]);
  await log.close();
});

test('what cannot be read, has no value, or tells what cannot be written goes to the dead letters', async () => {
  const { send, sendBytes, start, until, results, deadLetters, registry, log } = await effectBench();
  await sendBytes('a', Buffer.from('{no json'));
  await sendBytes('a', null);
  await send('a', 'bad', 'good');
  const thread = start(async (id) => (id === 'bad' ? '0.5 cannot be encoded here' : 'ok'));
  await until(async () => (await results()).length === 1);
  assert.deepEqual(await results(), ['good ok']);
  assert.deepEqual((await deadLetters()).map(String), ['{no json', '', '{"id":"bad"}']);
  assert.match(await registry.metrics(), /effect_dead_letter_records_total\{effect="call",code="EFFECT_FAILED"\} 3/);
  await thread.stop();
  await log.close();
});

test('a fault that no try mends fails the thread', async () => {
  const { send, start, until, failures, log } = await effectBench();
  await send('a', 'a');
  const thread = start(async () => {
    throw new StockstreamError('CONFIG_INVALID', { problems: 'wrong key' });
  });
  await until(() => failures.length === 1);
  assert.equal(thread.state, 'failed');
  await log.close();
});

test('a log that is away is waited for', async () => {
  const { send, start, until, results, log } = await effectBench();
  let failing = 3;
  const away = new StockstreamError('LOG_UNREACHABLE', { broker: 'b', reason: 'gone' });
  const lame: Log = {
    kind: log.kind,
    admin: log.admin,
    producer: () => log.producer(),
    fetcher: () => log.fetcher(),
    join: (...parts) => log.join(...parts),
    close: () => log.close(),
    async transactionalProducer(id) {
      if (failing-- > 0) throw away;
      return await log.transactionalProducer(id);
    },
  };
  await send('a', 'a');
  const thread = start(ok, { on: lame });
  await until(() => thread.waitingFor !== undefined);
  await until(async () => (await results()).length === 1);
  assert.equal(thread.waitingFor, undefined);
  await thread.stop();
  await log.close();
});

test('whatever fails and whoever dies, every record has one outcome, perhaps told twice', async () => {
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
      const bench = await effectBench({ seed });
      const sent: string[] = [];
      let calm = false;
      const perform = async (_: string, signal: AbortSignal) => {
        const mood = calm ? 'ok' : moods.next().value;
        if (mood === 'fails') throw new Error('as told');
        if (mood === 'hangs') return await never();
        if (mood === 'slow') await sleep(bench.clock, 400, signal);
        return 'ok';
      };
      let next = 0;
      let threads: EffectThread[] = [];
      const join = () => {
        const instanceId = String(next++);
        threads.push(bench.start(perform, { on: bench.log.session(), instanceId, giveUp: () => undefined, window: 5 }));
      };
      const stop = async (thread: EffectThread | undefined) => {
        let stopped = false;
        void thread?.stop().then(() => {
          stopped = true;
        });
        await bench.until(() => stopped || thread === undefined, 'stopped');
      };
      join();
      for (const each of steps) {
        if (each.type === 'send') {
          sent.push(`${each.key}-${sent.length}`);
          await bench.send(`k${each.key}`, sent.at(-1)!);
        } else if (each.type === 'pass') await bench.pass(each.ms);
        else if (each.type === 'join') join();
        else if (each.type === 'stop') await stop(threads.shift());
        else {
          await bench.crash();
          threads = [];
        }
        if (threads.length === 0) join();
      }
      calm = true;
      const ids = async () => (await bench.results()).map((result) => result.replace(' ok', ''));
      await bench.until(async () => new Set(await ids()).size === sent.length, 'every record has an outcome');
      const told = [...new Set(await ids())];
      assert.deepEqual(sorted(told), sorted(sent));
      for (let key = 0; key <= 6; key++) {
        const ofKey = (all: string[]) => all.filter((id) => id.startsWith(`${key}-`));
        assert.deepEqual(ofKey(told), ofKey(sent), 'first told in the order of the key');
      }
      for (const thread of threads) await stop(thread);
      await bench.log.close();
    }),
    { numRuns: 100 },
  );
});
