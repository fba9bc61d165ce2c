// What every adapter of the expiry port must do. Registers its tests when called; an adapter gives records on a clock.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../base/clock.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { ExpiryRecord, ExpiryRecords, ExpiryWrite } from '../../views/expiry/expiry-records.ts';

const minute = 60_000;

export function expirySuite(name: string, open: (clock: SteppedClock) => Promise<ExpiryRecords>): void {
  const setUp = async (t: TestContext) => {
    // Of today: Redis drops by its own clock what is over.
    const clock = new SteppedClock(systemClock.now());
    const records = await open(clock);
    t.after(() => records.close());
    const start = clock.now();
    const hold = (offset: number, minutes: number, status = 'reserved'): ExpiryWrite => {
      return {
        ...at(offset),
        kind: 'hold',
        record: { customerId: 'carl', status, expiresAt: start + minutes * minute },
      };
    };
    const end = (offset: number): ExpiryWrite => ({ ...at(offset), kind: 'end', at: clock.now() });
    const left = async () => {
      const record = await records.get('o1~lamp');
      return record && (record.expiresAt - start) / minute;
    };
    return { clock, records, hold, end, left };
  };

  it(`${name}: a hold is known until its time is over`, async (t) => {
    const { clock, records, hold, left } = await setUp(t);
    assert.equal(await left(), undefined);
    await records.apply([hold(3, 10, 'created'), hold(5, 15)]);
    const expected: ExpiryRecord = { customerId: 'carl', status: 'reserved', expiresAt: clock.now() + 15 * minute };
    assert.deepEqual(await records.get('o1~lamp'), expected);
    assert.equal(await records.get('o2~lamp'), undefined);
    clock.step(15 * minute - 1);
    assert.equal(await left(), 15);
    clock.step(1);
    assert.equal(await left(), undefined);
    await records.apply([hold(6, 14)]);
    assert.equal(await left(), undefined);
    await records.flush();
  });

  it(`${name}: keeps customers as they are called`, async (t) => {
    const { clock, records } = await setUp(t);
    const record = { customerId: 'a b - 漢 12', status: 'created', expiresAt: clock.now() + minute };
    await records.apply([{ ...at(0), kind: 'hold', record }]);
    assert.deepEqual(await records.get('o1~lamp'), record);
  });

  it(`${name}: what is older than the record, or as old, changes nothing`, async (t) => {
    const { records, hold, end, left } = await setUp(t);
    await records.apply([hold(5, 15)]);
    await records.apply([hold(3, 10), hold(5, 20), end(4)]);
    assert.equal(await left(), 15);
    await records.apply([hold(6, 20)]);
    assert.equal(await left(), 20);
  });

  it(`${name}: an end ends it, and nothing late brings it back while it would have stood`, async (t) => {
    const { clock, records, hold, end, left } = await setUp(t);
    await records.apply([hold(1, 60), end(2)]);
    assert.equal(await left(), undefined);
    clock.step(59 * minute);
    await records.apply([hold(1, 60)]);
    assert.equal(await left(), undefined);
    await records.apply([hold(9, 70)]);
    assert.equal(await left(), 70);
  });

  it(`${name}: an end that comes first is known for a while`, async (t) => {
    const { clock, records, hold, end, left } = await setUp(t);
    await records.apply([end(7)]);
    clock.step(10 * minute);
    await records.apply([hold(6, 60)]);
    assert.equal(await left(), undefined);
  });

  it(`${name}: takes thousands at once`, async (t) => {
    const { clock, records } = await setUp(t);
    const record = { customerId: 'carl', status: 'created', expiresAt: clock.now() + minute };
    const position = { topic: 'order-events', partition: 0, offset: 1 };
    const writes = Array.from({ length: 3_000 }, (_, index): ExpiryWrite => {
      return { orderId: `many-${index}~lamp`, position, kind: 'hold', record };
    });
    await records.apply(writes);
    await records.apply([]);
    assert.deepEqual(await records.get('many-2999~lamp'), record);
  });

  it(`${name}: any replay leaves what was there without it`, async () => {
    const anyWrite = fc.option(fc.integer({ min: 1, max: 30 }));
    const anyReplays = fc.array(fc.record({ back: fc.nat(5), on: fc.nat(8), minutes: fc.nat(4) }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyWrite, { minLength: 1, maxLength: 10 }), anyReplays, async (log, replays) => {
        const clock = new SteppedClock(systemClock.now());
        const records = await open(clock);
        const start = clock.now();
        const record = (minutes: number) => ({
          customerId: 'carl',
          status: 'reserved',
          expiresAt: start + minutes * minute,
        });
        const writes = log.map((minutes, offset): ExpiryWrite => {
          if (minutes === null) return { ...at(offset), kind: 'end', at: start };
          return { ...at(offset), kind: 'hold', record: record(minutes) };
        });
        let applied = 0;
        for (const { back, on, minutes } of replays) {
          const from = Math.max(0, applied - back);
          await records.apply(writes.slice(from, from + on));
          applied = Math.max(applied, Math.min(writes.length, from + on));
          clock.step(minutes * minute);
          const last = log[applied - 1];
          const isHeld = typeof last === 'number' && start + last * minute > clock.now();
          const expected = isHeld ? record(last) : undefined;
          // After the time of what stands now is over, an older hold that lasted longer may show in a replay.
          const found = await records.get('o1~lamp');
          if (expected !== undefined || last === null) assert.deepEqual(found, expected);
        }
        await records.close();
      }),
      { numRuns: 40 },
    );
  });

  it(`${name}: answers a ping until it is closed, and nothing after`, async (t) => {
    const { records, hold } = await setUp(t);
    await records.ping();
    await records.close();
    await records.close();
    const unavailable = (error: unknown) => isStockstreamError(error, 'EXPIRY_UNAVAILABLE');
    await assert.rejects(records.ping(), unavailable);
    await assert.rejects(records.get('o1~lamp'), unavailable);
    await assert.rejects(records.apply([hold(1, 1)]), unavailable);
  });
}

function at(offset: number) {
  return { orderId: 'o1~lamp', position: { topic: 'order-events', partition: 0, offset } };
}
