// The engine through its driver: effects, suspended reads, timers, expiry, dead letters, crashes and replay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partitionOf } from '../../log/partitioner.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { type Command, runs, type ToyBench, toyBench, toys, toyTopology } from './toys.ts';

async function withToys(
  work: (bench: ToyBench, send: (key: string, ...commands: Command[]) => Promise<void>) => Promise<void>,
) {
  for (const offsetGaps of [true, false]) {
    const bench = await toyBench({ offsetGaps });
    const send = async (key: string, ...commands: Command[]) => {
      for (const command of commands) await bench.driver.pipe(toys.commands, key, command);
    };
    await work(bench, send);
    await assertReplays(bench);
    await bench.close();
  }
}

/** Whatever a test did must come out the same when it is done again. */
async function assertReplays({ log, clock }: ToyBench) {
  const options = { log, clock, topology: toyTopology(), appId: 'driver', deadLetters: toys.deadLetters };
  const report = await verifyReplay(options, async () => memoryStore());
  assert.deepEqual(report.differences, []);
  assert.ok(report.commits > 0);
}

test('effects, state and offsets of a record become visible together', () =>
  withToys(async ({ driver }, send) => {
    await send('a', { type: 'add', amount: 2 }, { type: 'add', amount: 3 });
    assert.equal(await driver.run(), 1);
    assert.deepEqual(
      (await driver.read(toys.events)).map(({ value }) => value.text),
      ['added 2', 'added 3'],
    );
    assert.deepEqual(await driver.stored(toys.store, 'a'), { count: 5 });
    assert.equal(await driver.run(), 0);
  }));

test('of a compacted output only the last value a key goes out with a commit', () =>
  withToys(async ({ driver }, send) => {
    await send('a', { type: 'add', amount: 2 }, { type: 'add', amount: 3 });
    await driver.run();
    assert.deepEqual(
      (await driver.read(toys.counts)).map(({ key, value }) => [key, value.count]),
      [['a', 5]],
    );
  }));

test('a read that is not in memory suspends the record, and only it and its reads run again', () =>
  withToys(async ({ driver }, send) => {
    await send('a', { type: 'add', amount: 4 });
    await driver.run();
    await driver.crash();
    await driver.read(toys.events);
    runs.processed = 0;
    // `copy` reads a key that no hint names; the records' own keys are hinted at once the first one had to wait.
    await send('a', { type: 'add', amount: 1 }, { type: 'copy', from: 'zzz' }, { type: 'add', amount: 10 });
    await driver.run();
    assert.deepEqual(await driver.stored(toys.store, 'a'), { count: 9 });
    assert.deepEqual(
      (await driver.read(toys.events)).map(({ value }) => value.text),
      ['added 1', 'copied zzz', 'added 10'],
    );
    assert.equal(runs.processed, 7, 'three runs, two suspended, two looked ahead');
  }));

test('a swallowed suspension runs again all the same', () =>
  withToys(async ({ driver }, send) => {
    await send('a', { type: 'swallow', from: 'b' });
    await driver.run();
    assert.deepEqual(await driver.stored(toys.store, 'a'), { count: -1 });
  }));

test('a range sees stored entries, uncommitted ones, and not the deleted', () =>
  withToys(async ({ driver }, send) => {
    const keys = keysOfOnePartition();
    await send(keys[0]!, { type: 'add', amount: 1 });
    await send(keys[1]!, { type: 'add', amount: 2 });
    await driver.run();
    await driver.crash();
    await send(keys[2]!, { type: 'add', amount: 3 });
    await send(keys[0]!, { type: 'add', amount: 10 }, { type: 'sum', from: keys[0]!, to: `${keys[2]}~` });
    await driver.read(toys.events);
    await driver.run();
    const texts = (await driver.read(toys.events)).map(({ value }) => value.text);
    assert.ok(texts.includes(`sum ${keys[0]}=11 ${keys[1]}=2 ${keys[2]}=3`), texts.join('; '));
  }));

test('timers fire once, in time, can be set again and cleared, and outlive a crash', () =>
  withToys(async ({ driver, clock }, send) => {
    const start = clock.now();
    await send('a', { type: 'remind', after: 1_000 });
    await send('b', { type: 'remind', after: 1_000 }, { type: 'forget' });
    await send('c', { type: 'remind', after: 1_000 }, { type: 'remind', after: 3_000 });
    await driver.run();
    await driver.crash();
    await driver.advance(999);
    assert.deepEqual(await driver.read(toys.events), []);
    await driver.advance(1);
    await driver.advance(1_999);
    assert.deepEqual(
      (await driver.read(toys.events)).map(({ value }) => [value.key, value.now - start]),
      [['a', 1_000]],
    );
    await driver.advance(1);
    assert.deepEqual(
      (await driver.read(toys.events)).map(({ value }) => value.key),
      ['c'],
    );
  }));

test('a timer may set itself again', () =>
  withToys(async ({ driver }, send) => {
    await send('a', { type: 'add', amount: 7 }, { type: 'remind', after: 100 });
    await driver.run();
    await driver.read(toys.events);
    for (let round = 0; round < 3; round++) await driver.advance(100);
    assert.equal((await driver.read(toys.events)).length, 3);
  }));

test('an entry vanishes when it expires, unless its value says otherwise by then', () =>
  withToys(async ({ driver, clock }, send) => {
    const now = clock.now();
    await send('a', { type: 'add', amount: 1 }, { type: 'keep', until: now + 500 });
    await send('b', { type: 'add', amount: 1 }, { type: 'keep', until: now + 500 });
    await driver.run();
    await send('b', { type: 'keep', until: now + 900 });
    await driver.run();
    await driver.advance(500);
    assert.equal(await driver.stored(toys.store, 'a'), undefined);
    assert.deepEqual(await driver.stored(toys.store, 'b'), { count: 1, expiresAt: now + 900 });
    await driver.crash();
    await driver.advance(400);
    assert.equal(await driver.stored(toys.store, 'b'), undefined);
    await send('a', { type: 'add', amount: 5 });
    await driver.run();
    assert.deepEqual(await driver.stored(toys.store, 'a'), { count: 5 }, 'it begins anew');
  }));

for (const type of ['throw', 'emit-unencodable', 'store-unencodable'] as const) {
  test(`a record that makes its processor fail (${type}) goes to the dead letters, and the partition goes on`, () =>
    withToys(async ({ driver }, send) => {
      await send('b', { type: 'add', amount: 4 });
      await send('a', { type: 'add', amount: 1 }, { type });
      await driver.run();
      await send('a', { type: 'add', amount: 2 });
      await driver.run();
      assert.deepEqual(await driver.stored(toys.store, 'b'), { count: 4 });
      assert.deepEqual(await driver.stored(toys.store, 'a'), { count: 3 });
      const [letter, ...more] = await driver.read(toys.deadLetters);
      assert.deepEqual(more, []);
      assert.equal(letter!.key, 'a');
      assert.deepEqual(JSON.parse(letter!.value.toString()), { type });
      assert.equal(letter!.headers['__streams.errors.code'], 'PROCESSOR_FAILED');
      assert.equal(letter!.headers['__streams.errors.topic'], 'commands');
      assert.equal(letter!.headers['__streams.errors.partition'], String(partitionOf('a', 2)));
      assert.equal(letter!.headers['__streams.errors.processor'], 'count');
      assert.match(letter!.headers['__streams.errors.message']!, type === 'throw' ? /as told/ : /not a whole number/);
      assert.deepEqual((await driver.read(toys.events)).map(({ value }) => value.text).sort(), [
        'added 1',
        'added 2',
        'added 4',
      ]);
    }));
}

test('bytes that are no record go to the dead letters as they are', () =>
  withToys(async ({ driver }, send) => {
    await driver.pipeRaw(toys.commands, 'a', Buffer.from('{no json'));
    await driver.pipeRaw(toys.commands, 'a', null);
    await send('a', { type: 'add', amount: 2 });
    await driver.run();
    const letters = await driver.read({
      ...toys.deadLetters,
      serde: { ...toys.deadLetters.serde, decode: (bytes) => bytes ?? Buffer.alloc(0) },
    });
    assert.equal(letters[0]!.value.toString(), '{no json');
    assert.equal(letters.length, 2);
    assert.deepEqual(await driver.stored(toys.store, 'a'), { count: 2 });
  }));

test('a timer that fails goes to the dead letters and does not fire again', () =>
  withToys(async ({ driver }, send) => {
    await send('a', { type: 'add', amount: 13 }, { type: 'remind', after: 10 });
    await driver.run();
    await driver.advance(10);
    await driver.advance(1_000);
    const letters = await driver.read({
      ...toys.deadLetters,
      serde: { ...toys.deadLetters.serde, decode: (bytes) => bytes ?? Buffer.alloc(0) },
    });
    assert.deepEqual(
      letters.map(({ headers }) => headers['__streams.errors.processor']),
      ['remind'],
    );
  }));

test('records of one time go by the order of the sources', () =>
  withToys(async ({ driver }) => {
    await driver.pipe(toys.commands, 'a', { type: 'add', amount: 1 });
    await driver.pipe(toys.first, 'a', { type: 'add', amount: 2 });
    await driver.run();
    assert.deepEqual(
      (await driver.read(toys.events)).map(({ value }) => value.text),
      ['added 2', 'added 1'],
    );
  }));

/** Three keys, ascending, that share a partition. */
function keysOfOnePartition(): string[] {
  return Array.from({ length: 50 }, (_, index) => `k${String(index).padStart(2, '0')}`)
    .filter((key) => partitionOf(key, 2) === 0)
    .slice(0, 3);
}
