// The simulated carrier: the suite of its port, what it tells and when, over restarts and with faults. Time is stepped.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { isStockstreamError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/logger.ts';
import { seededRandom } from '../../../base/random.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { Carrier, ShipmentUpdate } from '../../../effects/shipping/carrier.ts';
import {
  openSimulatedCarrier,
  type SimulatedCarrierOptions,
} from '../../../effects/shipping/simulator/simulated-carrier.ts';
import { carrierSuite } from '../../conformance/carrier.suite.ts';
import { requestOf } from './parcels.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulated-carrier-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `${++files}.sqlite`);

const delays = { packed: 1_000, inTransit: 2_000, delivered: 3_000, returned: 4_000 };
const { signal } = new AbortController();

carrierSuite('the simulator', async () => {
  const file = newFile();
  const carrier = openWith({ file });
  return {
    carrier,
    carriedOut: async () => {
      const database = new DatabaseSync(file, { readOnly: true });
      const rows = database.prepare('SELECT request_id FROM requests ORDER BY rowid').all();
      database.close();
      return rows.map(({ request_id }) => String(request_id));
    },
    close: () => carrier.close(),
  };
});

function openWith(change: Partial<SimulatedCarrierOptions>): Carrier {
  const options = { clock: new SteppedClock(), random: seededRandom(1), logger: silentLogger, tell: async () => {} };
  return openSimulatedCarrier({ file: ':memory:', delays, ...options, ...change });
}

/** Lets what was started by a step of the clock come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the simulated carrier', () => {
  let clock: SteppedClock;
  let told: ShipmentUpdate[];
  let file: string;
  let carrier: Carrier;
  const tell = async (update: ShipmentUpdate) => void told.push(update);
  const open = (change: Partial<SimulatedCarrierOptions> = {}) => openWith({ file, clock, tell, ...change });
  const statuses = () => told.map(({ status }) => status);
  const step = async (milliseconds: number) => {
    clock.step(milliseconds);
    await settled();
  };
  beforeEach(() => {
    clock = new SteppedClock();
    told = [];
    file = newFile();
  });
  afterEach(() => carrier.close());

  test('packs, moves and delivers a parcel, each after its delay', async () => {
    carrier = open();
    const sent = clock.now();
    const { trackingCode } = await carrier.send(requestOf('w1'), signal);
    await step(999);
    assert.deepEqual(statuses(), []);
    await step(1);
    await step(1_999);
    assert.deepEqual(statuses(), ['packed']);
    await step(1);
    await step(3_000);
    const { shipmentId, orderId, carrier: name } = requestOf('w1');
    const common = { shipmentId, orderId, carrier: name, trackingCode };
    assert.deepEqual(told, [
      { ...common, updateId: `${shipmentId}/packed`, at: sent + 1_000, status: 'packed' },
      { ...common, updateId: `${shipmentId}/in_transit`, at: sent + 3_000, status: 'in_transit' },
      { ...common, updateId: `${shipmentId}/delivered`, at: sent + 6_000, status: 'delivered' },
    ]);
    await step(100_000);
    assert.equal(told.length, 3);
  });

  test('a parcel that is fetched comes back; nothing else is told of it any more', async () => {
    carrier = open();
    await carrier.send(requestOf('w1'), signal);
    await carrier.send(requestOf('w2'), signal);
    await step(1_000);
    await carrier.fetch(requestOf('w1', 'FetchParcel'), signal);
    for (let second = 0; second < 10; second++) await step(1_000);
    assert.deepEqual(
      told.filter(({ shipmentId }) => shipmentId === requestOf('w1').shipmentId).map(({ status }) => status),
      ['packed', 'returned'],
    );
    assert.equal(told.filter(({ shipmentId }) => shipmentId === requestOf('w2').shipmentId).length, 3);
  });

  test('goes on after a restart, and after a kill in the middle of telling', async () => {
    const hanging = Promise.withResolvers<void>();
    const killed = open({ tell: () => hanging.promise });
    await killed.send(requestOf('w1'), signal);
    await step(1_000);
    // Nobody closes it: it is gone in the middle of telling, and the next one opens its file.
    carrier = open();
    await step(4_999);
    assert.deepEqual(statuses(), ['in_transit']);
    await step(1_000);
    assert.deepEqual(statuses(), ['in_transit', 'packed', 'delivered']);
    await carrier.close();
    hanging.resolve();
    await killed.close();
    carrier = open();
    await step(100_000);
    assert.equal(told.length, 3);
  });

  test('what one leaves that dies, another one with the same file tells some seconds later', async () => {
    carrier = open();
    const killed = open({ clock: new SteppedClock(clock.now()), tell: () => assert.fail('it is dead') });
    await killed.fetch(requestOf('w1', 'FetchParcel'), signal);
    // Its own clock stands still from here on.
    await step(4_999);
    assert.deepEqual(statuses(), []);
    await step(1);
    assert.deepEqual(statuses(), ['returned']);
    await killed.close();
  });

  test('what could not be told is told again', async () => {
    let failures = 2;
    carrier = open({
      tell: async (update) => {
        if (failures-- > 0) throw new Error('the log is away');
        told.push(update);
      },
    });
    await carrier.fetch(requestOf('w1', 'FetchParcel'), signal);
    await step(4_000);
    await step(5_000);
    assert.deepEqual(statuses(), []);
    await step(5_000);
    assert.deepEqual(statuses(), ['returned']);
  });

  test('tells nothing after it is closed', async () => {
    carrier = open();
    await carrier.send(requestOf('w1'), signal);
    await carrier.close();
    await step(100_000);
    assert.deepEqual(told, []);
  });

  for (const [fault, expected] of [
    ['lose', []],
    ['double', ['packed', 'packed', 'in_transit', 'in_transit', 'delivered', 'delivered']],
  ] as const) {
    test(`can ${fault} its news`, async () => {
      carrier = open({ faults: { lose: 0, double: 0, reorder: 0, [fault]: 1 } });
      await carrier.send(requestOf('w1'), signal);
      for (let second = 0; second < 10; second++) await step(1_000);
      assert.deepEqual(statuses(), expected);
    });
  }

  test('can reorder its news, alike for the same seed', async () => {
    const run = async (seed: number) => {
      told = [];
      carrier = openWith({ clock, tell, random: seededRandom(seed), faults: { lose: 0, double: 0, reorder: 0.5 } });
      for (const warehouse of ['w1', 'w2', 'w3', 'w4', 'w5', 'w6']) await carrier.send(requestOf(warehouse), signal);
      for (let second = 0; second < 15; second++) await step(1_000);
      await carrier.close();
      return told.map(({ updateId }) => updateId);
    };
    const first = await run(7);
    assert.equal(new Set(first).size, 18);
    assert.deepEqual(await run(7), first);
    const isAhead = (warehouse: string) => {
      const of = (status: string) => first.indexOf(`${requestOf(warehouse).shipmentId}/${status}`);
      return of('in_transit') < of('packed') || of('delivered') < of('in_transit');
    };
    assert.ok(['w1', 'w2', 'w3', 'w4', 'w5', 'w6'].some(isAhead));
  });

  test('says which file is no use', async () => {
    carrier = open();
    const bad = newFile();
    writeFileSync(bad, 'not a database, and longer than a header of one would be '.repeat(20));
    assert.throws(
      () => open({ file: bad }),
      (error) => isStockstreamError(error, 'CARRIER_STORAGE_FAILED') && error.message.includes(bad),
    );
  });
});
