// Commits on their way: the log has one at a time, the store takes them in order beside it, a third waits, and a fault is told
// once nothing is on its way any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { CommitPipeline } from '../../streams/commit-pipeline.ts';

/** Commits whose steps end when they are told to. */
function bench() {
  const steps: string[] = [];
  const failures: number[] = [];
  const doors = new Map<string, PromiseWithResolvers<void>>();
  const step = (name: string) => {
    steps.push(name);
    const door = Promise.withResolvers<void>();
    doors.set(name, door);
    return door.promise;
  };
  const pipeline = new CommitPipeline(() => failures.push(steps.length));
  const begin = (name: string, ...tasks: number[]) =>
    pipeline.begin({
      tasks: new Set(tasks),
      toLog: () => step(`log ${name}`),
      toStore: () => step(`store ${name}`),
    });
  const end = async (name: string, error?: Error) => {
    const door = doors.get(name);
    assert.ok(door, `${name} has not begun`);
    if (error === undefined) door.resolve();
    else door.reject(error);
    await setImmediate();
  };
  const isOpen = async (waiting: Promise<unknown>) => {
    const over = waiting.then(
      () => false,
      () => false,
    );
    return await Promise.race([over, setImmediate(true)]);
  };
  return { pipeline, steps, failures, begin, end, isOpen };
}

test('the next one goes to the log while the store takes the one before', async () => {
  const { pipeline, steps, begin, end, isOpen } = bench();
  begin('a', 1);
  assert.ok(await isOpen(pipeline.ready()), 'not before the log has it');
  await end('log a');
  await pipeline.ready();
  begin('b', 2);
  assert.deepEqual(steps, ['log a', 'store a', 'log b']);
  await end('log b');
  assert.deepEqual(steps, ['log a', 'store a', 'log b'], 'the store takes them in order');
  assert.ok(await isOpen(pipeline.ready()), 'no third one');
  assert.deepEqual([pipeline.has(1), pipeline.has(2), pipeline.has(3)], [true, true, false]);
  await end('store a');
  await pipeline.ready();
  assert.deepEqual([pipeline.has(1), pipeline.has(2)], [false, true]);
  begin('c', 1);
  assert.deepEqual(steps.slice(3), ['store b', 'log c']);
  await end('store b');
  await end('log c');
  assert.ok(await isOpen(pipeline.ended()));
  await end('store c');
  await pipeline.ended();
  assert.ok(pipeline.isEmpty);
  assert.equal(await pipeline.settle(), undefined);
});

test('one that the log refuses is told at once, and thrown once the store has the one before', async () => {
  const { pipeline, steps, failures, begin, end, isOpen } = bench();
  begin('a', 1);
  await end('log a');
  begin('b', 2);
  const refused = new Error('refused');
  await end('log b', refused);
  assert.deepEqual(failures, [3]);
  assert.ok(pipeline.hasFailed);
  assert.ok(pipeline.has(2), 'nobody has dealt with it yet');
  const ready = pipeline.ready();
  ready.catch(() => {});
  assert.ok(await isOpen(ready), 'the store is still at work');
  await end('store a');
  await assert.rejects(ready, refused);
  assert.deepEqual(steps, ['log a', 'store a', 'log b'], 'nothing of it goes to the store');
  assert.ok(!pipeline.hasFailed && pipeline.isEmpty);
  await pipeline.ready();
});

test('one that the log refuses is thrown by who waits for it already', async () => {
  const { pipeline, begin, end } = bench();
  begin('a', 1);
  const ready = assert.rejects(pipeline.ready(), /refused/);
  await end('log a', new Error('refused'));
  await ready;
});

test('one that the store refuses lets the log end, and nothing more into the store', async () => {
  const { pipeline, steps, begin, end, isOpen } = bench();
  begin('a', 1);
  await end('log a');
  begin('b', 1);
  await end('store a', new Error('full'));
  const settled = pipeline.settle();
  assert.ok(await isOpen(settled));
  await end('log b');
  assert.match(String(await settled), /full/);
  assert.deepEqual(steps, ['log a', 'store a', 'log b']);
  assert.ok(pipeline.isEmpty && !pipeline.hasFailed);
});
