// A small topology with quarantine, whose processor is broken until a time that each record names; run in memory, and
// done again at the end, which must give the same bytes.
import assert from 'node:assert/strict';
import { StockstreamError } from '../../base/errors.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { TaskKeys } from '../../state/keys.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { jsonSerde } from '../../state/task-state.ts';
import type { Processor, QuarantineCommand, StoreSpec, TimerProcessor, Topic } from '../../streams/api.ts';
import type { QuarantineTotals } from '../../streams/quarantine.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { type Topology, topology } from '../../streams/topology.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { bytesSerde, toys } from './toys.ts';

export interface Step {
  readonly n: number;
  /** The processor is broken for it until then. */
  readonly until: number;
  /** Sets a timer that goes off at once; it fails until then. */
  readonly timerUntil?: number;
  readonly isMisrouted?: boolean;
}

const topic = <V>(name: string): Topic<V> => ({ name, partitions: 1, cleanup: 'delete', serde: jsonSerde<V>() });
export const steps = topic<Step>('steps');
export const loose = topic<Step>('loose-steps');
const done = topic<{ n: number }>('done');
const commands = topic<QuarantineCommand>('toy-quarantine');
export const seen: StoreSpec<readonly number[]> = { name: 'seen', serde: jsonSerde() };
const other: StoreSpec<number> = { name: 'other', serde: jsonSerde() };

interface Wiring {
  stores: { seen: readonly number[]; other: number };
  outputs: { done: { n: number } };
  timers: 'late';
}

const work: Processor<Step, Wiring> = {
  name: 'work',
  process({ key, value }, { stores, timers, forward, now }) {
    const { n, until, timerUntil, isMisrouted } = value;
    const before = stores.seen.get(key) ?? [];
    // Nothing hints at this read.
    stores.other.put(`${key}/${n % 3}`, (stores.other.get(`${key}/${n % 3}`) ?? 0) + 1);
    stores.seen.put(key, [...before, n]);
    forward('done', key, { n });
    if (isMisrouted) throw new StockstreamError('RECORD_MISROUTED', { topic: 'steps', key, expected: 'another' });
    if (now < until) throw new Error(`broken for ${n}`);
    if (timerUntil !== undefined) {
      stores.other.put(key, timerUntil);
      timers.late.set(key, now);
    }
  },
};

const late: TimerProcessor<Wiring> = {
  name: 'late',
  fire(key, { stores, forward, now }) {
    if (now < (stores.other.get(key) ?? 0)) throw new Error('the timer is broken');
    forward('done', key, { n: -1 });
  },
};

function toy(): Topology {
  const wires = { stores: { seen, other }, outputs: { done }, timers: { late: 'late' } };
  return topology('toy')
    .source(steps, work, wires)
    .source(loose, work, wires, { isQuarantined: false })
    .timer('late', late, wires)
    .quarantine(commands, { maxRecords: 4 })
    .build();
}

export async function withBench(use: (bench: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const bench = await open();
  await use(bench);
  const options = {
    log: bench.log,
    clock: bench.clock,
    topology: toy(),
    appId: 'driver',
    deadLetters: toys.deadLetters,
  };
  const report = await verifyReplay(options, async () => memoryStore());
  assert.deepEqual(report.differences, []);
  await bench.driver.close();
  await bench.log.close();
}

async function open() {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const store = memoryStore(new MemoryDisk());
  const driver = await TopologyDriver.open({ log, store, clock, topology: toy(), deadLetters: toys.deadLetters });
  let sent = 0;
  const send = async (key: string, step: Partial<Step> = {}, to = steps) => {
    await driver.pipe(to, key, { n: ++sent, until: 0, ...step });
    clock.step(1);
    return sent;
  };
  const say = async (key: string, command: Partial<QuarantineCommand> & { place: string }) => {
    await driver.pipe(commands, key, { key, action: 'replay', value: null, ...command });
    clock.step(1);
  };
  const letters = async () => {
    const raw = {
      ...toys.deadLetters,
      serde: { ...bytesSerde, decode: (bytes: Buffer | null) => bytes ?? Buffer.alloc(0) },
    };
    return (await driver.read(raw)).map(({ key, value, headers }) => ({
      key,
      value: value.toString(),
      code: headers['__streams.errors.code'],
      place: headers['__streams.errors.quarantine'],
      task: headers['__streams.errors.task'],
    }));
  };
  const results = async () => (await driver.read(done)).map(({ key, value }) => `${key}${value.n}`);
  const held = async () => {
    const range = new TaskKeys('toy_0').entries('@quarantine-queue');
    return (await store.scan(range, { limit: 1_000 })).length;
  };
  const totals = () => driver.stored<QuarantineTotals>({ name: '@quarantine', serde: jsonSerde() }, 'totals');
  return { clock, log, driver, send, say, letters, results, held, totals };
}

export const far = Number.MAX_SAFE_INTEGER;
