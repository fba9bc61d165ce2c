// One task in memory, for specs and models: stores that are read back as they were written, a timer list, an outbox.
// Every value goes through its serde, and is frozen, so that a processor can't write nonsense or change what it read.
import type { Serde } from '../../base/serde.ts';
import { type StoreEntry, storesFor } from '../../schemas/stores.ts';
import { topics } from '../../schemas/topics.ts';
import type { Context, KeyValueStore, Processor, Record, TimerProcessor, Wiring } from '../../streams/api.ts';

type Topics = typeof topics;
type Stores = ReturnType<typeof storesFor>;
type ValueOf<Entry> = Entry extends { readonly serde: Serde<infer V> } ? V : never;
export type TopicName = keyof Topics;
export type TopicValue<Name extends TopicName> = ValueOf<Topics[Name]>;

/** All that any processor of the product-keyed topology uses. */
export interface TestWiring {
  readonly stores: { readonly [Name in keyof Stores]: ValueOf<Stores[Name]> };
  readonly outputs: { readonly [Name in TopicName]: TopicValue<Name> };
  readonly timers: 'hold-expiry' | 'payment-retry';
}

export interface Message<Name extends TopicName = TopicName> {
  readonly topic: Name;
  readonly key: string;
  readonly value: TopicValue<Name>;
}

const scratch = Buffer.alloc(1 << 20);

function throughBytes<V>(serde: Serde<V>, value: V): V {
  const end = serde.encode(value, scratch, 0);
  return deepFreeze(serde.decode(Buffer.from(scratch.subarray(0, end))));
}

function deepFreeze<V>(value: V): V {
  if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}

class TestStore<V> implements KeyValueStore<V> {
  readonly entries = new Map<string, V>();
  readonly #spec: StoreEntry<V>;

  constructor(spec: StoreEntry<V>) {
    this.#spec = spec;
  }

  get(key: string): V | undefined {
    return this.entries.get(key);
  }

  put(key: string, value: V): void {
    this.entries.set(key, throughBytes(this.#spec.serde, value));
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  range(from: string, to: string): (readonly [string, V])[] {
    return [...this.entries]
      .filter(([key]) => key >= from && key < to)
      .sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** What the engine does with `expiresAt`. */
  expire(now: number): void {
    for (const [key, value] of this.entries) {
      const at = this.#spec.expiresAt?.(value);
      if (at !== undefined && at <= now) this.entries.delete(key);
    }
  }
}

type TestStores = { readonly [Name in keyof Stores]: TestStore<ValueOf<Stores[Name]>> };

function timersIn(times: Map<string, number>) {
  return {
    set: (key: string, at: number) => void times.set(key, at),
    clear: (key: string) => void times.delete(key),
  };
}

export class TestTask implements Context<TestWiring> {
  now = 1_700_000_000_000;
  readonly stores: TestStores;
  /** Due times by order id. */
  readonly holdExpiry = new Map<string, number>();
  readonly paymentRetry = new Map<string, number>();
  readonly timers = {
    'hold-expiry': timersIn(this.holdExpiry),
    'payment-retry': timersIn(this.paymentRetry),
  };
  outbox: Message[] = [];
  readonly owns: (key: string) => boolean;
  /** Why things were passed over. */
  readonly dropped: string[] = [];

  /** `owns`: by default, every other product is another task's. */
  constructor(windowMs?: number, owns: (key: string) => boolean = () => false) {
    this.owns = owns;
    const specs = Object.entries(storesFor(windowMs));
    const stores = specs.map(([name, spec]) => [name, new TestStore(spec as StoreEntry<unknown>)]);
    this.stores = Object.fromEntries(stores) as TestStores;
  }

  // Processors take these off their context.
  readonly forward = <Name extends TopicName>(output: Name, key: string, value: TopicValue<Name>): void => {
    const serde = topics[output].serde as Serde<TopicValue<Name>>;
    this.outbox.push({ topic: output, key, value: throughBytes(serde, value) });
  };
  readonly drop = (reason: string): void => {
    this.dropped.push(reason);
  };

  /** Runs a record whose key is `key` through a processor. */
  process<V, W extends Wiring>(processor: Processor<V, W>, key: string, value: V): void {
    const record: Record<V> = { topic: 't', partition: 0, offset: 0, key, value, timestamp: this.now, headers: [] };
    processor.process(record, this as unknown as Context<W>);
  }

  /** Fires what is due, in order of time, then of key. */
  fireDue(processor: TimerProcessor<never>, times = this.holdExpiry): void {
    const due = [...times].filter(([, at]) => at <= this.now);
    due.sort(([oneKey, one], [otherKey, other]) => one - other || (oneKey < otherKey ? -1 : 1));
    for (const [key] of due) {
      times.delete(key);
      processor.fire(key, this as never);
    }
  }

  /** What was sent since the last call. */
  take(): Message[] {
    const taken = this.outbox;
    this.outbox = [];
    return taken;
  }

  expireStores(): void {
    for (const store of Object.values(this.stores)) store.expire(this.now);
  }
}

/** The values that were sent to one topic. */
export function sentTo<Name extends TopicName>(messages: readonly Message[], topic: Name): TopicValue<Name>[] {
  return messages.filter((message) => message.topic === topic).map((message) => message.value as TopicValue<Name>);
}
