// A topology whose tasks ask each other, for tests of what is decided again: who is asked to lend gives or refuses, and
// answers; who waits too long gives up. The most that is ever lent is the rule that a newer program may change.
import fc from 'fast-check';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { jsonSerde } from '../../state/task-state.ts';
import type { Processor, StoreSpec, TimerProcessor, Topic } from '../../streams/api.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { type Topology, topology } from '../../streams/topology.ts';
import { bytesSerde, toyTopic } from './toys.ts';

export type Wish = { readonly type: 'earn'; readonly amount: number } | Ask;
interface Ask {
  readonly type: 'ask';
  readonly from: string;
  readonly amount: number;
}

interface Deal {
  readonly by: string;
  readonly amount: number;
}

export interface Told {
  readonly event: { readonly type: 'Earned' | 'Lent' | 'Refused' | 'Got' | 'GaveUp'; readonly amount: number };
}

type Purse = { readonly sum: number; readonly asked: number };

export const relay = {
  wishes: toyTopic<Wish>('wishes', { partitions: 3 }),
  asks: toyTopic<Deal>('asks', { partitions: 3 }),
  answers: toyTopic<Deal>('answers', { partitions: 3 }),
  told: toyTopic<Told>('told', { partitions: 3 }),
  purses: toyTopic<Purse>('purses-now', { partitions: 3, cleanup: 'compact' }),
  deadLetters: { name: 'dead-letters', partitions: 1, cleanup: 'delete', serde: bytesSerde } satisfies Topic<Buffer>,
  store: { name: 'purses', serde: jsonSerde<Purse>() } satisfies StoreSpec<Purse>,
};

interface Wiring {
  stores: { purses: Purse };
  outputs: { asks: Deal; answers: Deal; told: Told; purses: Purse };
  timers: 'patience';
}

const patienceMs = 50;

export function relayTopology({ most = Number.POSITIVE_INFINITY } = {}): Topology {
  const wires = {
    stores: { purses: relay.store },
    outputs: { asks: relay.asks, answers: relay.answers, told: relay.told, purses: relay.purses },
    timers: { patience: 'patience' },
  };
  const wish: Processor<Wish, Wiring> = {
    name: 'wish',
    process({ key, value }, { stores: { purses }, forward, timers, now }) {
      const own = purses.get(key) ?? { sum: 0, asked: 0 };
      if (value.type === 'ask') {
        purses.put(key, { ...own, asked: own.asked + value.amount });
        timers.patience.set(key, now + patienceMs);
        return forward('asks', value.from, { by: key, amount: value.amount });
      }
      purses.put(key, { ...own, sum: own.sum + value.amount });
      forward('purses', key, { ...own, sum: own.sum + value.amount });
      return forward('told', key, { event: { type: 'Earned', amount: value.amount } });
    },
  };
  const lend: Processor<Deal, Wiring> = {
    name: 'lend',
    process({ key, value: { by, amount } }, { stores: { purses }, forward }) {
      const own = purses.get(key) ?? { sum: 0, asked: 0 };
      const lent = amount <= Math.min(own.sum, most) ? amount : 0;
      purses.put(key, { ...own, sum: own.sum - lent });
      forward('purses', key, { ...own, sum: own.sum - lent });
      forward('told', key, { event: { type: lent > 0 ? 'Lent' : 'Refused', amount } });
      forward('answers', by, { by: key, amount: lent });
    },
  };
  const get: Processor<Deal, Wiring> = {
    name: 'get',
    process({ key, value: { amount } }, { stores: { purses }, forward, timers }) {
      const own = purses.get(key) ?? { sum: 0, asked: 0 };
      purses.put(key, { sum: own.sum + amount, asked: 0 });
      if (amount === 0) return;
      timers.patience.clear(key);
      forward('told', key, { event: { type: 'Got', amount } });
    },
  };
  const giveUp: TimerProcessor<Wiring> = {
    name: 'give-up',
    fire(key, { stores: { purses }, forward }) {
      forward('told', key, { event: { type: 'GaveUp', amount: purses.get(key)?.asked ?? 0 } });
    },
  };
  return topology('relay')
    .source(relay.wishes, wish, wires)
    .source(relay.asks, lend, wires)
    .source(relay.answers, get, wires)
    .timer('patience', giveUp, wires)
    .feedback(relay.asks, 'an ask leads to an answer, and an answer to nothing')
    .feedback(relay.answers, 'an answer is not answered')
    .build();
}

export async function relayBench(most?: number) {
  const clock = new SteppedClock(1_000_000);
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const shop = {
    log,
    clock,
    topology: relayTopology(most === undefined ? {} : { most }),
    deadLetters: relay.deadLetters,
  };
  const driver = await TopologyDriver.open({ ...shop, store: memoryStore(new MemoryDisk()) });
  const close = async () => {
    await driver.close();
    await log.close();
  };
  return { clock, log, driver, close };
}

export type Step = { readonly key: string; readonly wish: Wish } | { readonly pass: number };

const name = fc.constantFrom('ada', 'bob', 'cy', 'dot', 'eve');
const amount = fc.integer({ min: 1, max: 9 });
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ key: name, wish: fc.record({ type: fc.constant('earn' as const), amount }) }) },
    {
      weight: 4,
      arbitrary: fc.record({ key: name, wish: fc.record({ type: fc.constant('ask' as const), from: name, amount }) }),
    },
    { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 80 }) }) },
  ),
  { minLength: 1, maxLength: 40 },
);

export async function play(driver: TopologyDriver, all: readonly Step[]): Promise<void> {
  for (const step of all) {
    if ('wish' in step) await driver.pipe(relay.wishes, step.key, step.wish);
    else await driver.advance(step.pass);
  }
  await driver.advance(1_000);
}
