// A small topology that uses everything that the engine offers, and what it takes to run it in memory.
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { jsonSerde } from '../../state/task-state.ts';
import type { Processor, Serde, StoreSpec, TimerProcessor, Topic } from '../../streams/api.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { type Topology, topology } from '../../streams/topology.ts';

export type Command =
  | { type: 'add'; amount: number }
  | { type: 'copy'; from: string }
  | { type: 'sum'; from: string; to: string }
  | { type: 'remind'; after: number }
  | { type: 'forget' }
  | { type: 'keep'; until: number }
  | { type: 'emit-unencodable' }
  | { type: 'store-unencodable' }
  | { type: 'throw' }
  | { type: 'swallow'; from: string }
  | { type: 'drop'; reason: string; from: string };

export interface Count {
  readonly count: number;
  readonly expiresAt?: number | undefined;
}

/** JSON that refuses numbers which aren't whole, so that a test can make a value that can't be encoded. */
function strictSerde<V>(): Serde<V> {
  const json = jsonSerde<V>();
  return {
    decode: json.decode,
    encode(value, target, at) {
      if (JSON.stringify(value).includes('0.5')) throw new Error('0.5 is not a whole number');
      return json.encode(value, target, at);
    },
  };
}

export const bytesSerde: Serde<Buffer> = {
  encode: (value, target, at) => (at + value.length > target.length ? -1 : at + value.copy(target, at)),
  decode: (bytes) => bytes,
};

export function toyTopic<V>(
  name: string,
  options: { partitions?: number; cleanup?: 'delete' | 'compact' } = {},
): Topic<V> {
  return { name, partitions: options.partitions ?? 2, cleanup: options.cleanup ?? 'delete', serde: strictSerde<V>() };
}

export const toys = {
  commands: toyTopic<Command>('commands'),
  first: toyTopic<Command>('first-commands'),
  events: toyTopic<{ key: string; text: string; now: number }>('events'),
  counts: toyTopic<Count>('counts', { cleanup: 'compact' }),
  deadLetters: { name: 'dead-letters', partitions: 1, cleanup: 'delete', serde: bytesSerde } satisfies Topic<Buffer>,
  store: {
    name: 'counts',
    serde: strictSerde<Count>(),
    expiresAt: (value: Count) => value.expiresAt,
  } satisfies StoreSpec<Count>,
};

interface ToyWiring {
  stores: { counts: Count };
  outputs: { events: { key: string; text: string; now: number }; counts: Count };
  timers: 'reminder';
}

/** Counts how often `process` ran, to show suspensions. */
export const runs = { processed: 0 };

const count: Processor<Command, ToyWiring> = {
  name: 'count',
  process({ key, value }, { stores: { counts }, timers, forward, drop, now }) {
    runs.processed++;
    const set = (next: Count) => {
      counts.put(key, next);
      forward('counts', key, next);
    };
    const say = (text: string) => forward('events', key, { key, text, now });
    const own = counts.get(key) ?? { count: 0 };
    switch (value.type) {
      case 'add':
        set({ ...own, count: own.count + value.amount });
        return say(`added ${value.amount}`);
      case 'copy':
        set({ ...own, count: counts.get(value.from)?.count ?? -1 });
        return say(`copied ${value.from}`);
      case 'sum': {
        const all = counts.range(value.from, value.to);
        return say(`sum ${all.map(([name, each]) => `${name}=${each.count}`).join(' ')}`);
      }
      case 'remind':
        return timers.reminder.set(key, now + value.after);
      case 'forget':
        return timers.reminder.clear(key);
      case 'keep':
        return set({ ...own, expiresAt: value.until });
      case 'emit-unencodable':
        set({ ...own, count: own.count + 1000 });
        return forward('counts', key, { count: 0.5 });
      case 'store-unencodable':
        say('this must not be seen');
        return counts.put(key, { count: 0.5 });
      case 'throw':
        set({ ...own, count: own.count + 1000 });
        throw new Error('as told');
      case 'drop':
        drop(value.reason);
        if (counts.get(value.from)?.count === 13) throw new Error('bad luck');
        return;
      case 'swallow': {
        let from = -7;
        try {
          from = counts.get(value.from)?.count ?? -1;
        } catch {
          // A processor must not do this; the engine runs it again all the same.
        }
        return set({ ...own, count: from });
      }
    }
  },
};

const remind: TimerProcessor<ToyWiring> = {
  name: 'remind',
  fire(key, { stores: { counts }, timers, forward, now }) {
    const own = counts.get(key);
    if (own?.count === 13) throw new Error('bad luck');
    forward('events', key, { key, text: `reminded at ${own?.count ?? 0}`, now });
    if (own?.count === 7) timers.reminder.set(key, now + 100);
  },
};

export function toyTopology(): Topology {
  const wires = {
    stores: { counts: toys.store },
    outputs: { events: toys.events, counts: toys.counts },
    timers: { reminder: 'reminder' },
  };
  return topology('toy')
    .source(toys.first, count, wires)
    .source(toys.commands, count, wires)
    .timer('reminder', remind, wires)
    .build();
}

export interface ToyBench {
  readonly driver: TopologyDriver;
  readonly clock: SteppedClock;
  readonly disk: MemoryDisk;
  readonly log: Awaited<ReturnType<typeof openEmbeddedLog>>;
  close(): Promise<void>;
}

export async function toyBench({ offsetGaps = true, topology = toyTopology() } = {}): Promise<ToyBench> {
  const clock = new SteppedClock();
  const disk = new MemoryDisk();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock, offsetGaps });
  const parts = { log, store: memoryStore(disk), clock, topology, deadLetters: toys.deadLetters };
  const driver = await TopologyDriver.open(parts);
  const close = async () => {
    await driver.close();
    await log.close();
  };
  return { driver, clock, disk, log, close };
}
