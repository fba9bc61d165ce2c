// A source's loop: what is outside gets into the log once, whatever dies, and by one thread at a time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import { hang } from './effect-bench.ts';
import { numbered, SourceBench, withCommits } from './source-bench.ts';

test('what is outside gets into the log, again and again, from where it stands', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(5)).set('b', numbered(3));
  await bench.tell('a', { everyMs: 1_000 });
  await bench.tell('b', { everyMs: 1_000 });
  const thread = bench.start();
  await bench.until(async () => (await bench.inLog()).length === 8);
  bench.outside.get('a')!.push('late');
  await bench.pass(500);
  assert.equal((await bench.inLog()).length, 8, 'not before it is due');
  await bench.until(async () => (await bench.inLog()).length === 9);
  await bench.stop(thread);
  assert.deepEqual(await bench.inLog(), bench.all());
  assert.match(await bench.registry.metrics(), /source_records_total\{source="words",key="a"\} 6/);
  assert.deepEqual(bench.failures, []);
});

test('a thread that comes later goes on where the last one stood', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(4));
  await bench.tell('a', { everyMs: 1_000 });
  const first = bench.start();
  await bench.until(async () => (await bench.inLog()).length === 4);
  await bench.stop(first);
  bench.outside.set('a', numbered(7));
  const second = bench.start();
  await bench.until(async () => (await bench.inLog()).length === 7);
  await bench.stop(second);
  assert.deepEqual(await bench.inLog(), bench.all());
});

test('killed before or after any commit, each word is in the log once', async () => {
  for (let moment = 1; moment <= 10; moment++) {
    for (const isDone of [false, true]) {
      const bench = await SourceBench.open();
      bench.outside.set('a', numbered(8)).set('b', numbered(7));
      await bench.tell('a', { everyMs: 1_000 });
      await bench.tell('b', { everyMs: 1_000 });
      let isKilled = false;
      // The process dies there: whatever it waits for never comes.
      const dying = withCommits(bench.log, async (number, commit) => {
        if (number < moment) return await commit();
        if (isDone && number === moment) await commit();
        isKilled = true;
        return await hang();
      });
      bench.start({ on: dying });
      await bench.until(async () => isKilled || (await bench.inLog()).length === 15);
      await bench.crash();
      const next = bench.start();
      await bench.until(async () => (await bench.inLog()).length >= 15, `all words after ${moment}`);
      await bench.pass(2_000);
      assert.deepEqual(await bench.inLog(), bench.all(), `killed ${isDone ? 'after' : 'before'} commit ${moment}`);
      await bench.stop(next);
    }
  }
});

test('of two threads each has keys of its own; when one goes, the other takes them over', async () => {
  const bench = await SourceBench.open();
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const key of keys) {
    bench.outside.set(key, numbered(2));
    await bench.tell(key, { everyMs: 100 });
  }
  const threads = [bench.start({ instanceId: '0' }), bench.start({ instanceId: '1' })];
  await bench.until(() => threads.every(({ partitions }) => partitions.length > 0));
  await bench.until(async () => (await bench.inLog()).length === 12);
  await bench.stop(threads[0]!);
  for (const key of keys) bench.outside.get(key)!.push('more');
  await bench.until(async () => (await bench.inLog()).length === 18);
  assert.equal(threads[1]!.partitions.length, 3);
  await bench.stop(threads[1]!);
  assert.deepEqual(await bench.inLog(), bench.all());
});

test('what is told anew counts at once, and ends what is under way', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(2));
  await bench.tell('a', { everyMs: -1 });
  const signals: AbortSignal[] = [];
  const thread = bench.start({
    changes: {
      async *pull(state, signal) {
        signals.push(signal);
        yield* bench.pull(state, signal);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    },
  });
  await bench.pass(1_000);
  assert.deepEqual(bench.began, [], 'one that is off is left alone');
  await bench.tell('a', { everyMs: 100 });
  await bench.until(async () => (await bench.inLog()).length === 2);
  await bench.tell('a', { everyMs: 200 });
  await bench.until(() => signals.length === 2);
  assert.deepEqual([signals[0]?.aborted, signals[1]?.aborted], [true, false]);
  await bench.stop(thread);
});

test('a pull that fails is noted, and the others go on', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(2)).set('bad', numbered(2));
  for (const key of ['bad', 'a']) await bench.tell(key, { everyMs: 100 });
  let isBad = true;
  const thread = bench.start({
    changes: {
      async *pull(state, signal) {
        if (state.key === 'bad' && isBad) throw new Error('no luck');
        yield* bench.pull(state, signal);
      },
    },
  });
  await bench.until(async () => (await bench.inLog()).length === 2);
  await bench.until(async () => (await bench.placesInLog()).some(({ error }) => /no luck/.test(error ?? '')));
  isBad = false;
  await bench.until(async () => (await bench.inLog()).length === 4);
  await bench.stop(thread);
  assert.match(await bench.registry.metrics(), /source_pulls_total\{source="words",key="bad",result="failed"\} [1-9]/);
});

test('what cannot be encoded fails its own pull alone', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(2)).set('b', ['0.5']);
  for (const key of ['b', 'a']) await bench.tell(key, { everyMs: 100 });
  const thread = bench.start();
  await bench.until(async () => (await bench.placesInLog()).some(({ error }) => /half/.test(error ?? '')));
  await bench.until(async () => (await bench.inLog()).length === 2);
  await bench.stop(thread);
  assert.deepEqual(bench.failures, []);
});

test('no more keys are pulled at a time than agreed', async () => {
  const bench = await SourceBench.open();
  for (const key of 'abcdef') await bench.tell(key, { everyMs: 100_000 });
  let [now, most, ended] = [0, 0, 0];
  const thread = bench.start({
    changes: {
      // biome-ignore lint/correctness/useYield: it brings nothing
      async *pull() {
        most = Math.max(most, ++now);
        for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
        now--;
        ended++;
      },
    },
  });
  await bench.until(() => ended === 6);
  assert.equal(most, 2);
  await bench.stop(thread);
});

test('a commit that fails in passing is done again, and nothing is lost or doubled', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(9));
  await bench.tell('a', { everyMs: 100 });
  const failing = withCommits(bench.log, async (number, commit, abort) => {
    if (number > 3) return await commit();
    await abort();
    throw new StockstreamError('LOG_TRANSACTION_ABORTED', { transactionalId: 'words', reason: 'as told' });
  });
  const thread = bench.start({ on: failing });
  await bench.until(async () => (await bench.inLog()).length === 9);
  await bench.pass(1_000);
  await bench.stop(thread);
  assert.deepEqual(await bench.inLog(), bench.all());
  assert.match(await bench.registry.metrics(), /source_commit_failures_total\{.*LOG_TRANSACTION_ABORTED"\} 3/);
});

test('a thread that was replaced while it stood still writes nothing any more', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(2));
  await bench.tell('a', { everyMs: 100 });
  const doors = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const started: number[] = [];
  const slow = (number: number) => ({
    async *pull(state: Parameters<SourceBench['pull']>[0], signal: AbortSignal) {
      started.push(number);
      await doors[number]!.promise;
      yield* bench.pull(state, signal);
    },
  });
  const old = bench.start({ instanceId: 'same', changes: slow(0) });
  await bench.until(() => started.includes(0));
  // Another process with its instance id, as one that was started in its place.
  const fresh = bench.start({ instanceId: 'same', changes: slow(1) });
  await bench.until(() => started.includes(1));
  doors[0]!.resolve();
  await bench.pass(500);
  doors[1]!.resolve();
  await bench.until(async () => (await bench.inLog()).length === 2);
  await bench.pass(500);
  assert.deepEqual(await bench.inLog(), bench.all());
  await bench.stop(old);
  await bench.stop(fresh);
});

test('a thread whose keys went to another while it was writing writes nothing of them any more', async () => {
  const bench = await SourceBench.open();
  bench.outside.set('a', numbered(6));
  await bench.tell('a', { everyMs: 100 });
  const door = Promise.withResolvers<void>();
  let [isHeld, isRefused] = [false, false];
  const slow = withCommits(bench.log, async (number, commit) => {
    if (number !== 2) return await commit();
    isHeld = true;
    await door.promise;
    return await commit().catch((error) => {
      isRefused = isStockstreamError(error, 'LOG_MEMBER_FENCED');
      throw error;
    });
  });
  const old = bench.start({ on: slow, instanceId: 'old' });
  await bench.until(() => isHeld);
  // The group waits for it, and then goes on without it.
  const fresh = [bench.start({ instanceId: 'fresh' }), bench.start({ instanceId: 'fresher' })];
  await bench.until(async () => (await bench.inLog()).length === 6, 'the others have all');
  door.resolve();
  await bench.until(() => isRefused);
  await bench.pass(1_000);
  assert.deepEqual(await bench.inLog(), bench.all());
  for (const thread of [old, ...fresh]) await bench.stop(thread);
});
