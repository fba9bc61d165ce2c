// When commits may begin: at once after a pause, later while few records wait and commits take long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import { CommitPace } from '../../streams/commit-pace.ts';
import { defaultLimits } from '../../streams/stream-thread-options.ts';
import type { StreamTask } from '../../streams/task.ts';

const waiting = (records: number) => [{ buffered: { records, bytes: 0 } } as StreamTask];

function bench(most: number, ofTopology = 0) {
  let now = 1_000;
  const clock = { monotonic: () => now } as Clock;
  const limits = { ...defaultLimits, commitDelayMs: most };
  const pace = new CommitPace({ clock, commitDelayMs: ofTopology, limits });
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  const commits = (took: number) => {
    pace.began();
    pass(took);
    pace.ended();
  };
  return { pace, pass, commits };
}

test('few records wait for as long as two commits take, and never longer than they may', () => {
  const { pace, pass, commits } = bench(100);
  for (let count = 0; count < 50; count++) commits(20);
  assert.equal(pace.left(waiting(1)), 20);
  pass(15);
  assert.equal(pace.left(waiting(1)), 5);
  pass(5);
  assert.equal(pace.left(waiting(1)), 0);
  for (let count = 0; count < 50; count++) commits(90);
  assert.equal(pace.left(waiting(1)), 10);
});

test('many records wait for nothing, nor do any where that is switched off', () => {
  const busy = bench(100);
  for (let count = 0; count < 50; count++) busy.commits(20);
  assert.equal(busy.pace.left(waiting(200)), 0);
  const off = bench(0);
  for (let count = 0; count < 50; count++) off.commits(20);
  assert.equal(off.pace.left(waiting(1)), 0);
});

test('the delay of a topology holds until a whole batch waits', () => {
  const { pace, commits } = bench(0, 100);
  commits(20);
  assert.equal(pace.left(waiting(200)), 80);
  assert.equal(pace.left(waiting(defaultLimits.batchRecords)), 0);
});
