// Windows against a plain recount: whatever the order and the delays of events, each window's last result is what a batch
// over the events would count, and its final one comes once, when it closes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { jsonSerde } from '../../state/task-state.ts';
import type { Context, Processor, StoreSpec, TimerProcessor } from '../../streams/api.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { topology } from '../../streams/topology.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { TimeWindows, type WindowResult, type WindowState } from '../../streams/windows.ts';
import { toys, toyTopic } from './toys.ts';

const sum = { zero: 0, add: (one: number, other: number) => one + other };
const kinds = {
  tumbling: { size: 10, grace: 0 },
  'tumbling with grace': { size: 10, grace: 25 },
  hopping: { size: 30, advance: 10, grace: 0 },
  'hopping with grace': { size: 30, advance: 10, grace: 7 },
  'hopping with much grace': { size: 20, advance: 5, grace: 42 },
};

interface Happened {
  /** Between this event's arrival and the one before. */
  readonly after: number;
  /** How long before its arrival it happened. */
  readonly delay: number;
}

const anyEvents = fc.array(fc.record({ after: fc.nat(40), delay: fc.nat(80) }), { maxLength: 40 });

for (const [name, kind] of Object.entries(kinds)) {
  const windows = new TimeWindows({ ...kind, ...sum });
  const advance = 'advance' in kind ? kind.advance : kind.size;
  const { size, grace } = kind;

  describe(name, () => {
    test('the final result of each window is the count of what came before it closed, once', () => {
      fc.assert(
        fc.property(anyEvents, fc.boolean(), (events, hasTimers) => {
          const { results, arrivals } = run(windows, events, hasTimers);
          const expected = new Map<number, number>();
          for (const { at, arrival } of arrivals) {
            for (let end = (Math.floor(at / advance) + 1) * advance; end - size <= at; end += advance) {
              if (end + grace > arrival) expected.set(end, (expected.get(end) ?? 0) + 1);
            }
          }
          const finals = results.filter(({ isFinal }) => isFinal);
          const found = new Map(finals.map(({ end, value }) => [end, value]));
          assert.equal(found.size, finals.length, 'no window has two final results');
          for (const [end, value] of expected) assert.equal(found.get(end), value, `window that ends at ${end}`);
          for (const [end, value] of found) assert.equal(value, expected.get(end) ?? 0);
          for (const end of expected.keys()) assert.ok(found.has(end + advance), 'and the one behind it is told');
        }),
        { numRuns: 300 },
      );
    });

    test('between its end and its close a window is told anew whenever it changes', () => {
      fc.assert(
        fc.property(anyEvents, (events) => {
          const told = new Map<number, WindowResult<number>>();
          const counted: number[] = [];
          let state = windows.empty;
          for (const { at, arrival } of arrivalsOf(events)) {
            const step = windows.add(state, { at, value: 1 }, arrival);
            state = step.state;
            for (const result of step.results) {
              assert.ok(result.end <= arrival && !told.get(result.end)?.isFinal);
              told.set(result.end, result);
            }
            if (!step.isLate) counted.push(at);
            for (let end = Math.ceil((arrival - grace + 1) / advance) * advance; end <= arrival; end += advance) {
              const batch = counted.filter((each) => each >= end - size && each < end).length;
              assert.equal(told.get(end)?.value ?? 0, batch, `window that ends at ${end}, at ${arrival}`);
              // Else whoever keeps the newest result would keep one of a window that has passed.
              assert.ok(told.has(end) || (told.get(end - advance)?.value ?? 0) === 0);
            }
          }
        }),
        { numRuns: 300 },
      );
    });

    test('no delay within the grace is late, and what every window has closed to is', () => {
      fc.assert(
        fc.property(anyEvents, (events) => {
          let state = windows.empty;
          for (const { at, arrival } of arrivalsOf(events)) {
            const step = windows.add(state, { at, value: 1 }, arrival);
            const lastEnd = Math.floor(at / advance) * advance + size;
            assert.equal(step.isLate, lastEnd + grace <= arrival);
            assert.ok(!(step.isLate && arrival - at <= grace));
            if (step.isLate) assert.deepEqual(step.state, windows.advanceTo(state, arrival).state);
            state = step.state;
          }
        }),
      );
    });

    test('the state has no more panes than fit between the oldest open window and now', () => {
      const most = (size + advance + grace) / advance + 1;
      fc.assert(
        fc.property(anyEvents, (events) => {
          const { state, largest } = run(windows, events, false);
          assert.ok(largest <= most, `${largest} panes`);
          assert.deepEqual(state.panes, []);
        }),
      );
    });

    test('the last window changes only with an event or at the time that is foretold', () => {
      fc.assert(
        fc.property(anyEvents, fc.array(fc.nat(25), { maxLength: 20 }), (events, steps) => {
          let { state } = run(windows, events, true, { isOver: false });
          for (const step of steps) {
            const now = state.streamTime + step;
            const change = windows.nextChange(state);
            const after = windows.advanceTo(state, now).state;
            if (change === undefined || change > now) assert.equal(windows.last(after), windows.last(state));
            state = after;
          }
        }),
      );
    });
  });
}

test('a window that cannot be cut into panes is refused', () => {
  assert.throws(() => new TimeWindows({ size: 10, advance: 3, ...sum }), /multiple/);
  assert.throws(() => new TimeWindows({ size: 5, advance: 10, ...sum }), /multiple/);
  assert.throws(() => new TimeWindows({ size: 0, ...sum }), /multiple/);
  assert.throws(() => new TimeWindows({ size: 10, grace: -1, ...sum }), /grace/);
});

test('a window tells its sum when it ends, again when something comes late, and at last when it closes', () => {
  const windows = new TimeWindows({ size: 10, grace: 5, ...sum });
  const first = windows.add(windows.empty, { at: 101, value: 2 }, 103);
  assert.deepEqual(first.results, []);
  assert.equal(windows.nextAt(first.state), 110);
  const ended = windows.advanceTo(first.state, 110);
  assert.deepEqual(ended.results, [{ start: 100, end: 110, value: 2, isFinal: false }]);
  const late = windows.add(ended.state, { at: 109, value: 3 }, 112);
  assert.deepEqual(late.results, [{ start: 100, end: 110, value: 5, isFinal: false }]);
  assert.equal(windows.nextAt(late.state), 115);
  const closed = windows.advanceTo(late.state, 115);
  assert.deepEqual(closed.results, [{ start: 100, end: 110, value: 5, isFinal: true }]);
  const tooLate = windows.add(closed.state, { at: 109, value: 1 }, 115);
  assert.ok(tooLate.isLate);
  const empty = windows.advanceTo(tooLate.state, 120);
  assert.deepEqual(empty.results, [{ start: 110, end: 120, value: 0, isFinal: false }]);
});

// The same in a topology: a store, a timer, crashes in between.

const windows = new TimeWindows({ size: 30, advance: 10, grace: 12, ...sum });

type Told = WindowResult<number> & { readonly now: number };

interface Wires {
  stores: { windows: WindowState<number> };
  outputs: { results: Told };
  timers: 'window';
}

const counted = {
  store: { name: 'windows', serde: jsonSerde() } satisfies StoreSpec<WindowState<number>> as StoreSpec<
    WindowState<number>
  >,
  events: toyTopic<number>('window-events'),
  results: toyTopic<Told>('window-results'),
};

function keep({ stores, timers, forward, now }: Context<Wires>, key: string, step: ReturnType<typeof windows.add>) {
  for (const result of step.results) forward('results', key, { ...result, now });
  if (step.state.panes.length === 0) return stores.windows.delete(key);
  stores.windows.put(key, step.state);
  const next = windows.nextAt(step.state);
  if (next !== undefined) timers.window.set(key, next);
}

const countEvent: Processor<number, Wires> = {
  name: 'count-event',
  process({ key, value: at }, context) {
    keep(context, key, windows.add(context.stores.windows.get(key) ?? windows.empty, { at, value: 1 }, context.now));
  },
};

const endWindow: TimerProcessor<Wires> = {
  name: 'end-window',
  fire(key, context) {
    const step = windows.advanceTo(context.stores.windows.get(key) ?? windows.empty, context.now);
    keep(context, key, { ...step, isLate: false });
  },
};

const wires = {
  stores: { windows: counted.store },
  outputs: { results: counted.results },
  timers: { window: 'window' },
};
const countTopology = topology('count')
  .source(counted.events, countEvent, wires)
  .timer('window', endWindow, wires)
  .build();

// After a crash an event is taken a millisecond later than it came, which must not be too late: the grace is 12.
const anyLife = fc.array(
  fc.record({ key: fc.constantFrom('a', 'b', 'c'), after: fc.nat(25), delay: fc.nat(11), crashes: fc.boolean() }),
  { minLength: 1, maxLength: 25 },
);

test('in a topology, through any crashes: windows end and close on time although nothing comes, as a batch counts', () =>
  fc.assert(
    fc.asyncProperty(anyLife, async (life) => {
      const clock = new SteppedClock();
      const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
      const parts = { log, clock, topology: countTopology, deadLetters: toys.deadLetters };
      const driver = await TopologyDriver.open({ ...parts, store: memoryStore(new MemoryDisk()) });
      const happened: { key: string; at: number }[] = [];
      for (const { key, after, delay, crashes } of life) {
        for (let passed = 0; passed < after; passed++) await driver.advance(1);
        if (crashes) await driver.crash();
        happened.push({ key, at: clock.now() - delay });
        await driver.pipe(counted.events, key, clock.now() - delay);
        if (!crashes) await driver.run();
      }
      for (let passed = 0; passed < 60; passed++) await driver.advance(1);
      const told = await driver.read(counted.results);
      for (const key of ['a', 'b', 'c']) {
        const own = told.filter((each) => each.key === key).map(({ value }) => value);
        const finals = new Map(own.filter(({ isFinal }) => isFinal).map((result) => [result.end, result]));
        for (const { start, end, value, now } of finals.values()) {
          assert.equal(now, end + 12, 'a window closes on time');
          const batch = happened.filter((each) => each.key === key && each.at >= start && each.at < end).length;
          assert.equal(value, batch);
        }
        for (const { at } of happened.filter((each) => each.key === key)) {
          for (let end = (Math.floor(at / 10) + 1) * 10; end - 30 <= at; end += 10) assert.ok(finals.has(end));
        }
        assert.equal(await driver.stored(counted.store, key), undefined, 'nothing is left behind');
      }
      const replay = await verifyReplay({ ...parts, appId: 'driver' }, async () => memoryStore());
      assert.deepEqual(replay.differences, []);
      await driver.close();
      await log.close();
    }),
    { numRuns: 15 },
  ));

function arrivalsOf(events: readonly Happened[]): { at: number; arrival: number }[] {
  let arrival = 1_000;
  return events.map(({ after, delay }) => {
    arrival += after;
    return { at: arrival - delay, arrival };
  });
}

/** Lets events arrive, with or without timers between them, and then all windows close. */
function run(of: TimeWindows<number>, events: readonly Happened[], hasTimers: boolean, { isOver = true } = {}) {
  const arrivals = arrivalsOf(events);
  const results: WindowResult<number>[] = [];
  let state = of.empty;
  let largest = 0;
  const take = (step: { state: WindowState<number>; results: readonly WindowResult<number>[] }) => {
    state = step.state;
    results.push(...step.results);
    largest = Math.max(largest, state.panes.length);
  };
  const passTo = (time: number) => {
    for (let next = of.nextAt(state); next !== undefined && next <= time; next = of.nextAt(state)) {
      take(of.advanceTo(state, next));
    }
  };
  for (const { at, arrival } of arrivals) {
    if (hasTimers) passTo(arrival);
    take(of.add(state, { at, value: 1 }, arrival));
  }
  if (isOver) {
    passTo(Number.POSITIVE_INFINITY);
    take(of.advanceTo(state, state.streamTime + 1_000));
  }
  return { results, arrivals, state, largest };
}
