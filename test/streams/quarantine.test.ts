// Quarantine: a key whose record failed stands still, in order, until it is said how to go on; other keys go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { far, loose, seen, steps, withBench } from './quarantine-bench.ts';

test('a key whose record failed stands still; others go on; once it works the record goes first, then the rest in order', () =>
  withBench(async ({ driver, clock, send, say, letters, results }) => {
    const mended = clock.now() + 10_000;
    await send('a');
    await send('a', { until: mended });
    await send('a');
    await send('b');
    await driver.run();
    await send('a');
    await driver.crash();
    await driver.run();
    assert.deepEqual(await results(), ['a1', 'b4']);
    const [letter, ...more] = await letters();
    assert.deepEqual([letter?.code, letter?.task, more], ['PROCESSOR_FAILED', 'toy_0', []]);
    assert.match(letter?.place ?? '', /^steps-0@\d+$/);
    await say('a', { place: letter!.place! });
    await driver.run();
    assert.deepEqual(await results(), [], 'it fails again');
    assert.equal((await letters()).length, 1, 'and is told of again');
    await driver.advance(10_000);
    await say('a', { place: letter!.place! });
    await send('a');
    await driver.run();
    assert.deepEqual(await results(), ['a2', 'a3', 'a5', 'a6']);
    assert.deepEqual(await driver.stored(seen, 'a'), [1, 2, 3, 5, 6]);
    await say('a', { place: letter!.place! });
    await driver.run();
    assert.deepEqual([await results(), await letters()], [[], []], 'what is said twice has the effect of once');
  }));

test('a record behind that fails is the next for which the key stands still', () =>
  withBench(async ({ driver, send, say, letters, results }) => {
    for (const until of [far, 0, far, 0]) await send('a', { until });
    await driver.run();
    const [first] = await letters();
    await say('a', { place: first!.place!, action: 'drop' });
    await driver.run();
    assert.deepEqual(await results(), ['a2']);
    const [second, ...more] = await letters();
    assert.deepEqual(more, []);
    assert.notEqual(second!.place, first!.place);
    await say('a', { place: first!.place!, action: 'drop' });
    await say('a', { place: second!.place!, action: 'unheard of' });
    await driver.run();
    assert.deepEqual(await results(), []);
    const value = Buffer.from(JSON.stringify({ n: 33, until: 0 })).toString('base64');
    await say('a', { place: second!.place!, value });
    await driver.run();
    assert.deepEqual(await results(), ['a33', 'a4']);
  }));

test('an edited value that fails again, or is no record, is told as it is now', () =>
  withBench(async ({ driver, send, say, letters, results }) => {
    await send('a', { until: far });
    await send('a');
    await driver.run();
    const [letter] = await letters();
    const bytes = (text: string) => Buffer.from(text).toString('base64');
    await say('a', { place: letter!.place!, value: bytes(`{"n":7,"until":${far}}`) });
    await driver.run();
    assert.deepEqual(
      (await letters()).map(({ value, place }) => [value, place]),
      [[`{"n":7,"until":${far}}`, letter!.place]],
    );
    await say('a', { place: letter!.place!, value: bytes('{no json') });
    await driver.run();
    const [bad] = await letters();
    assert.deepEqual([bad!.value, bad!.place], ['{no json', undefined], 'bytes are at fault by themselves');
    assert.deepEqual(await results(), ['a2'], 'so the key goes on');
  }));

test('what is at fault by itself is set aside, and its key goes on', () =>
  withBench(async ({ driver, send, letters, results }) => {
    await driver.pipeRaw(steps, 'a', Buffer.from('{no json'));
    await driver.pipeRaw(steps, 'a', null);
    await send('a', { isMisrouted: true });
    await send('a');
    await send('b', { until: far }, loose);
    await send('b');
    await send('', { until: far });
    await send('');
    await driver.run();
    assert.deepEqual(await results(), ['a2', 'b4', '6'], 'records without a key have no order');
    assert.ok((await letters()).every(({ place }) => place === undefined));
  }));

test('a source that is not quarantined does not wait either; undecodable records of a key that stands still do not', () =>
  withBench(async ({ driver, send, letters, results }) => {
    await send('a', { until: far });
    await send('a', {}, loose);
    await driver.pipeRaw(steps, 'a', Buffer.from('{no json'));
    await driver.run();
    assert.deepEqual(await results(), ['a2']);
    assert.equal((await letters()).length, 2);
  }));

test('past the bound records go to the dead letters, and none overtakes them', () =>
  withBench(async ({ driver, send, say, letters, results }) => {
    await send('a', { until: far });
    for (let count = 0; count < 5; count++) await send('a', { until: count === 0 ? far : 0 });
    await driver.run();
    const told = await letters();
    assert.deepEqual(
      told.map(({ code }) => code),
      ['PROCESSOR_FAILED', 'QUARANTINE_FULL', 'QUARANTINE_FULL'],
    );
    assert.deepEqual(
      told.slice(1).map(({ value }) => JSON.parse(value).n),
      [5, 6],
    );
    await say('a', { place: told[0]!.place!, action: 'drop' });
    await send('a');
    await driver.run();
    const [next, full] = await letters();
    assert.deepEqual([next?.code, full?.code, JSON.parse(full!.value).n], ['PROCESSOR_FAILED', 'QUARANTINE_FULL', 7]);
    await say('a', { place: next!.place!, action: 'drop' });
    await send('a');
    await driver.run();
    assert.deepEqual(await results(), ['a3', 'a4', 'a8']);
  }));

test('timers go off whatever stands still; one that fails stands still itself, and can be tried again', () =>
  withBench(async ({ driver, clock, send, say, letters, results }) => {
    const mended = clock.now() + 5_000;
    await send('a', { timerUntil: mended });
    await driver.run();
    await driver.run();
    const [letter, ...more] = await letters();
    assert.deepEqual([letter?.code, more], ['PROCESSOR_FAILED', []]);
    assert.match(letter!.place!, /^late@\d+$/);
    await send('a');
    await driver.run();
    assert.deepEqual(await results(), ['a1']);
    await driver.advance(5_000);
    await say('a', { place: letter!.place! });
    await driver.run();
    assert.deepEqual(await results(), ['a-1', 'a2']);
  }));
