// Planted bugs in the shop's decisions: a processor sees or sends something else than it should.
import type { Context, KeyValueStore } from '../../../streams/api.ts';
import type { PlainWiring, SourceNode, TimerNode, Topology } from '../../../streams/topology.ts';
import type { Canary } from './sabotage.ts';

type PlainContext = Context<PlainWiring>;
type Bend = (context: PlainContext, processor: string) => PlainContext;

export const shopCanaries: readonly Canary[] = [
  {
    name: 'duplicates forgotten',
    bug: 'a stock change that was answered before is taken for a new one',
    seeds: 5,
    caughtBy: ['idempotent everywhere', 'no oversell'],
    plant: () => ({
      topology: bent((context) => withStore(context, 'stockOutcomes', { get: () => undefined })),
    }),
  },
  {
    name: 'releases forgotten',
    bug: 'an order that ends gives nothing back in other partitions',
    seeds: 5,
    caughtBy: ['no undersell'],
    plant: () => ({
      topology: losing(({ command }) => command?.type === 'ReleaseStock'),
    }),
  },
  {
    name: 'others decided about',
    bug: 'a task decides about products that another one owns',
    seeds: 5,
    caughtBy: ['no undersell'],
    plant: () => ({
      topology: bent((context) => withParts(context, { owns: () => true })),
    }),
  },
  {
    name: 'cancellations forgotten',
    bug: 'a cancellation that overtakes its order is not kept',
    seeds: 10,
    caughtBy: ['every accepted order ends'],
    plant: () => ({
      topology: bent((context, processor) => {
        if (processor !== 'apply-order-command') return context;
        const orders = context.stores.orders as KeyValueStore<unknown>;
        const put = (key: string, value: unknown) =>
          orders.get(key) === undefined ? undefined : orders.put(key, value);
        return withStore(context, 'orders', { put });
      }),
    }),
  },
  {
    name: 'variants left behind',
    bug: 'a variant that its product has no more is not told so',
    seeds: 5,
    caughtBy: ['variants follow'],
    plant: () => ({
      topology: losing(({ change }) => change?.type === 'DropVariant'),
    }),
  },
  {
    name: 'sold twice',
    bug: 'once in a while stock that an order was given is not taken off the shelf',
    seeds: 5,
    caughtBy: ['no oversell'],
    plant() {
      let puts = 0;
      return {
        topology: bent((context, processor) => {
          const stock = context.stores.stock as KeyValueStore<unknown> | undefined;
          if (processor !== 'accept-order' || stock === undefined) return context;
          const put = (key: string, value: unknown) => (++puts % 10 === 0 ? undefined : stock.put(key, value));
          return withStore(context, 'stock', { put });
        }),
      };
    },
  },
  {
    name: 'impure decision',
    bug: 'what an order event says depends on what this process did before',
    seeds: 10,
    caughtBy: ['replay gives the same'],
    plant() {
      let events = 0;
      return {
        topology: bent((context) =>
          withParts(context, {
            forward(output, key, value) {
              const { at } = value as { at: number };
              const bent = output === 'orderEvents' ? { ...(value as object), at: at + (events++ % 2) } : value;
              context.forward(output, key, bent);
            },
          }),
        ),
      };
    },
  },
];

/** A topology whose processors see a bent context. */
function bent(bend: Bend): (topology: Topology) => Topology {
  return (topology) => ({
    ...topology,
    sources: topology.sources.map(({ processor, ...node }): SourceNode => {
      const process: typeof processor.process = (record, context) => {
        processor.process(record, bend(context, processor.name));
      };
      return { ...node, processor: { ...processor, process } };
    }),
    timers: topology.timers.map(({ processor, ...node }): TimerNode => {
      const fire: typeof processor.fire = (key, context) => processor.fire(key, bend(context, processor.name));
      return { ...node, processor: { ...processor, fire } };
    }),
  });
}

interface Sent {
  readonly command?: { readonly type: string };
  readonly change?: { readonly type: string };
}

/** A topology that doesn't send what `isLost` names. */
function losing(isLost: (value: Sent) => boolean): (topology: Topology) => Topology {
  return bent((context) =>
    withParts(context, {
      forward(output, key, value) {
        if (!isLost(value as Sent)) context.forward(output, key, value);
      },
    }),
  );
}

/** `now` is looked up each time: a copy would freeze it. */
function withParts(context: PlainContext, parts: Partial<Omit<PlainContext, 'now'>>): PlainContext {
  const { stores, timers, forward, owns, drop } = context;
  return {
    ...{ stores, timers, forward, owns, drop, ...parts },
    get now() {
      return context.now;
    },
  };
}

function withStore(context: PlainContext, name: string, bent: Partial<KeyValueStore<unknown>>): PlainContext {
  const store = context.stores[name] as KeyValueStore<unknown> | undefined;
  if (store === undefined) return context;
  const whole: KeyValueStore<unknown> = {
    get: (key) => store.get(key),
    put: (key, value) => store.put(key, value),
    delete: (key) => store.delete(key),
    range: (from, to) => store.range(from, to),
    ...bent,
  };
  return withParts(context, { stores: { ...context.stores, [name]: whole } });
}
