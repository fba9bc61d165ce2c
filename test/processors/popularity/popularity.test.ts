// How popular a product is, against a plain recount: in whatever order things come, and however late within a window.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addCounts, countsOf, noCounts } from '../../../processors/popularity/counts.ts';
import {
  count,
  dayWindows,
  hourWindows,
  isForgotten,
  newsOf,
  nextNewsAt,
  pass,
  scoreOf,
  unknownPopularity,
} from '../../../processors/popularity/popularity.ts';
import { nothingSeen, seenAfter } from '../../../processors/popularity/seen.ts';
import { decayed, decaysTo, popularityRange, rangeFloor, weightOf } from '../../../schemas/popularity.ts';
import type { PopularityState } from '../../../schemas/types.generated.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;
/** On a boundary of all windows. */
const start = 20_000 * day;

const anyHappened = fc.record({
  at: fc.nat(3 * day).map((after) => start + after),
  kind: fc.constantFrom('viewed', 'chosen', 'carted', 'wished', 'ordered'),
  quantity: fc.integer({ min: 1, max: 50 }),
});
type Happened = typeof anyHappened extends fc.Arbitrary<infer T> ? T : never;

function after(happened: readonly Happened[], now: number, before = unknownPopularity): PopularityState {
  return happened.reduce((state, { at, kind, quantity }) => {
    return count(state, { at, counts: countsOf(kind, quantity) ?? noCounts }, now).state;
  }, before);
}

describe('a score', () => {
  test('is the same in whatever order things come', () =>
    fc.assert(
      fc.property(fc.array(anyHappened), (happened) => {
        const now = start + 4 * day;
        const expected = happened.reduce((sum, { at, kind, quantity }) => {
          return sum + decayed(weightOf(countsOf(kind, quantity) ?? noCounts), at, now);
        }, 0);
        for (const order of [happened, happened.toReversed(), happened.toSorted((one, other) => one.at - other.at)]) {
          const state = after(order, now);
          assert.ok(Math.abs(decayed(state.score, state.scoreAt, now) - expected) <= 1e-9 * Math.max(1, expected));
        }
      }),
    ));

  test('loses half of its weight a week, and a product of which little is left is forgotten', () => {
    const state = after([{ at: start, kind: 'ordered', quantity: 1 }], start);
    assert.equal(scoreOf(state, start), 10);
    assert.equal(scoreOf(state, start + week), 5);
    assert.equal(scoreOf(state, start + 6 * week), 10 / 64);
    assert.ok(!isForgotten(pass(state, start + 6 * week), start + 6 * week));
    assert.equal(scoreOf(state, start + 7 * week), 0);
    assert.ok(isForgotten(pass(state, start + 7 * week), start + 7 * week));
    assert.equal(decaysTo(5, 10, start), start + week);
  });

  test('has ranges that each begin where the one below ends', () => {
    for (let range = 1; range <= 9; range++) {
      assert.equal(popularityRange(rangeFloor(range)), range);
      assert.equal(popularityRange(rangeFloor(range) * 0.999), range - 1);
    }
    assert.equal(popularityRange(1e12), 9);
    assert.equal(rangeFloor(0), 0);
  });
});

describe('counts of windows', () => {
  test('are those of a recount over the window that ended last', () =>
    fc.assert(
      fc.property(fc.array(anyHappened), fc.nat(3 * day), (happened, passed) => {
        const now = start + passed;
        const known = happened.filter(({ at }) => at <= now);
        const state = pass(after(known, now), now);
        for (const [windows, kept, size, advance] of [
          [hourWindows, state.lastHour, hour, 5 * minute],
          [dayWindows, state.lastDay, day, hour],
        ] as const) {
          const end = Math.floor(now / advance) * advance;
          const within = known.filter(({ at }) => at >= end - size && at < end);
          const expected = within.reduce((sum, { kind, quantity }) => {
            return addCounts(sum, countsOf(kind, quantity) ?? noCounts);
          }, noCounts);
          assert.deepEqual(windows.last(kept), expected);
        }
      }),
    ));
});

describe('news', () => {
  test('come only with something that happens or at the time that is foretold, until all is forgotten', () =>
    fc.assert(
      fc.property(fc.array(anyHappened, { minLength: 1, maxLength: 8 }), (happened) => {
        let now = start + 3 * day;
        let state = after(happened, now);
        state = { ...state, told: newsOf(state, now) ?? state.told };
        let looks = 0;
        while (!isForgotten(state, now)) {
          const next = nextNewsAt(state, now);
          assert.ok(next > now && ++looks < 1_000);
          // Just before, and somewhere in between, there is nothing to tell.
          for (const time of [next - 2, Math.floor((now + next) / 2)].filter((each) => each > now)) {
            assert.equal(newsOf(pass(state, time), time), undefined, `news at ${time - start}, not at ${next - start}`);
          }
          now = next;
          state = pass(state, now);
          state = { ...state, told: newsOf(state, now) ?? state.told };
        }
        assert.deepEqual(state.told, { lastHour: noCounts, lastDay: noCounts, range: 0 });
      }),
      { numRuns: 50 },
    ));
});

describe('of one shopper and one thing', () => {
  const look = (eventId: string, at: number) => ({ eventId, at, isLook: true });
  const memory = (now: number) => ({ now, windowMs: day });

  test('looks within half an hour count once', () => {
    const seen = seenAfter(nothingSeen, look('a', start), memory(start));
    assert.ok(seen);
    assert.equal(seenAfter(seen, look('b', start + 29 * minute), memory(start + hour)), undefined);
    assert.equal(seenAfter(seen, look('c', start - 29 * minute), memory(start + hour)), undefined);
    assert.ok(seenAfter(seen, look('d', start + 30 * minute), memory(start + hour)));
  });

  test('an event counts once, however often and late it comes again, until it is too late for it', () => {
    const put = (eventId: string, at: number) => ({ eventId, at, isLook: false });
    const seen = seenAfter(nothingSeen, put('a', start), memory(start));
    assert.ok(seen);
    assert.equal(seenAfter(seen, put('a', start), memory(start + day - 1)), undefined);
    const more = seenAfter(seen, put('b', start), memory(start + 1));
    assert.equal(more?.events.length, 2);
    assert.equal(seenAfter(seen, put('c', start + day), memory(start + day))?.events.length, 1, 'the old one is gone');
  });

  test('a machine that clicks all day counts twenty times', () => {
    let seen = nothingSeen;
    for (let click = 0; click < 1_000; click++) {
      seen = seenAfter(seen, { eventId: `${click}`, at: start + click, isLook: false }, memory(start + click)) ?? seen;
    }
    assert.equal(seen.events.length, 20);
  });
});
