// Both clocks: the machine's keeps its promises in small, the stepped one moves when told and runs timers in order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sleep, systemClock } from '../../base/clock.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';

describe('the machine clock', () => {
  test('tells the time and never goes back', () => {
    const before = Date.now();
    const now = systemClock.now();
    assert.ok(now >= before && now <= Date.now());
    const first = systemClock.monotonic();
    assert.ok(systemClock.monotonic() >= first);
  });

  test('runs a callback once, and none that was cancelled', async () => {
    const ran: string[] = [];
    systemClock.schedule(0, () => ran.push('cancelled'))();
    await new Promise<void>((resolve) => {
      systemClock.schedule(0, () => ran.push('first'));
      systemClock.schedule(2, resolve);
    });
    assert.deepEqual(ran, ['first']);
  });

  test('a turn lets come first what waits', async () => {
    const ran: string[] = [];
    setImmediate(() => ran.push('waited'));
    await systemClock.turn!();
    assert.deepEqual(ran, ['waited']);
  });
});

describe('the stepped clock', () => {
  test('stands still until it is told', () => {
    const clock = new SteppedClock(1000);
    assert.deepEqual([clock.now(), clock.monotonic(), clock.nextTimerAt()], [1000, 0, undefined]);
    clock.step(250);
    assert.deepEqual([clock.now(), clock.monotonic()], [1250, 250]);
  });

  test('never goes back', () => {
    const clock = new SteppedClock(1000);
    clock.stepTo(500);
    assert.equal(clock.now(), 1000);
  });

  test('runs due timers in order of time, then of scheduling, each at its own time', () => {
    const clock = new SteppedClock(0);
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name}@${clock.now()}`);
    clock.schedule(20, note('b'));
    clock.schedule(10, note('a'));
    clock.schedule(20, note('c'));
    clock.schedule(31, note('late'));
    assert.equal(clock.nextTimerAt(), 10);
    clock.stepTo(30);
    assert.deepEqual(ran, ['a@10', 'b@20', 'c@20']);
    assert.deepEqual([clock.now(), clock.nextTimerAt()], [30, 31]);
  });

  test('runs a timer that another one set, if it is due within the step', () => {
    const clock = new SteppedClock(0);
    const ran: number[] = [];
    const tick = () => {
      ran.push(clock.now());
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);
    clock.step(35);
    assert.deepEqual(ran, [10, 20, 30]);
  });

  test('counts a negative delay as none', () => {
    const clock = new SteppedClock(5);
    clock.schedule(-10, () => {});
    assert.equal(clock.nextTimerAt(), 5);
  });

  test('forgets a cancelled timer, also when it is cancelled twice or after it ran', () => {
    const clock = new SteppedClock(0);
    const ran: string[] = [];
    const cancel = clock.schedule(10, () => ran.push('cancelled'));
    const done = clock.schedule(10, () => ran.push('done'));
    cancel();
    cancel();
    clock.step(10);
    done();
    assert.deepEqual(ran, ['done']);
    assert.equal(clock.nextTimerAt(), undefined);
  });
});

describe('sleep', () => {
  test('ends when its time has come', async () => {
    const clock = new SteppedClock(0);
    let awake = false;
    const sleeping = sleep(clock, 100).then(() => {
      awake = true;
    });
    clock.step(99);
    await Promise.resolve();
    assert.equal(awake, false);
    clock.step(1);
    await sleeping;
    assert.equal(awake, true);
  });

  test('ends at once when aborted, and leaves no timer behind', async () => {
    const clock = new SteppedClock(0);
    const controller = new AbortController();
    const sleeping = sleep(clock, 100, controller.signal);
    controller.abort();
    await sleeping;
    assert.equal(clock.nextTimerAt(), undefined);
    await sleep(clock, 100, controller.signal);
    assert.equal(clock.nextTimerAt(), undefined);
  });
});
