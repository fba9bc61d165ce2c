// Planted bugs between a worker and its store, and between the log and its storage.
import { RecordBatch } from '../../../log/record-batch.ts';
import { filterBatch } from '../../../log/record-batch-filter.ts';
import { operationsOf } from '../../../state/collected-batch.ts';
import type { Store, WriteBatch } from '../../../state/store.ts';
import type { Canary } from './sabotage.ts';

const batchKind = 'b'.charCodeAt(0);

export const storeCanaries: readonly Canary[] = [
  {
    name: 'stale reads',
    bug: 'once in a while a read misses what the last write brought',
    seeds: 20,
    caughtBy: ['no oversell', 'idempotent everywhere', 'every accepted order ends', 'progress'],
    plant: () => ({
      store(store) {
        let before = new Map<string, Buffer | undefined>();
        let reads = 0;
        return {
          ...delegateStore(store),
          async getMany(keys) {
            const values = await store.getMany(keys);
            if (++reads % 4 !== 0) return values;
            const texts = keys.map((key) => key.toString('latin1'));
            return values.map((value, index) => (before.has(texts[index]!) ? before.get(texts[index]!) : value));
          },
          async write(batch) {
            const keys = operationsOf(batch).flatMap((operation) => ('key' in operation ? [operation.key] : []));
            const values = await store.getMany(keys);
            before = new Map(keys.map((key, index) => [key.toString('latin1'), values[index]]));
            await store.write(batch);
          },
        };
      },
    }),
  },
  {
    name: 'lost store write',
    bug: 'once in a while a write to the store does nothing',
    seeds: 10,
    caughtBy: ['state equals its changelog'],
    plant: () => ({
      store(store) {
        let writes = 0;
        return {
          ...delegateStore(store),
          write: async (batch) => (++writes % 30 === 0 ? undefined : store.write(batch)),
        };
      },
    }),
  },
  {
    name: 'orders unknown to the filter',
    bug: 'a task that learns which orders its store has overlooks every other one',
    seeds: 20,
    caughtBy: ['every accepted order ends', 'idempotent everywhere', 'no undersell', 'state equals its changelog'],
    plant: () => ({
      store: (store) => ({
        ...delegateStore(store),
        async scan(range, options) {
          const entries = await store.scan(range, options);
          const isOfOrders = range.gte.includes('\0eorders\0');
          return isOfOrders ? entries.filter((_, index) => index % 2 === 0) : entries;
        },
      }),
    }),
  },
  {
    name: 'timers lost in a restore',
    bug: 'what is restored has no rows in the time index',
    seeds: 10,
    caughtBy: ['no undersell', 'state equals its changelog'],
    plant: () => ({
      store: (store, { thread }) => ({
        ...delegateStore(store),
        write(batch) {
          const restoring = thread().tasks.filter(({ state }) => state === 'restoring');
          const rows = restoring.map(({ id }) => `${id}\0t`);
          return store.write(without(store, batch, (key) => rows.some((prefix) => key.startsWith(prefix))));
        },
      }),
    }),
  },
  {
    name: 'wipe at the start',
    bug: 'a worker that starts empties its store first',
    seeds: 10,
    caughtBy: ['no wipe'],
    plant: () => ({
      store(store) {
        const empty = store.batch();
        empty.deleteRange({ gte: Buffer.from('a'), lt: Buffer.from('z') });
        const wiped = store.write(empty);
        wiped.catch(() => {});
        return {
          ...delegateStore(store),
          async getMany(keys) {
            await wiped;
            return await store.getMany(keys);
          },
        };
      },
    }),
  },
  {
    name: 'forgetful storage',
    bug: 'the storage loses one batch in a thousand that it said was safe',
    seeds: 10,
    caughtBy: ['the log keeps what it acknowledged', 'threads go on'],
    plant() {
      let batches = 0;
      return {
        storage: (operations) =>
          operations.filter(({ type, key }) => type !== 'put' || key[0] !== batchKind || ++batches % 1_000 !== 0),
      };
    },
  },
  {
    name: 'deletions forgotten at once',
    bug: 'compaction drops tombstones that some reader still needs',
    seeds: 20,
    caughtBy: ['any disk can come back'],
    plant() {
      const written = new Set<string>();
      /** Only compaction writes a batch again. */
      const isAgain = (place: string) => written.size === written.add(place).size;
      return {
        storage: (operations) =>
          operations.map((operation) => {
            const { type, key } = operation;
            if (type !== 'put' || key[0] !== batchKind || !isAgain(key.toString('latin1'))) return operation;
            const kept = filterBatch(new RecordBatch(operation.value), ({ valueStart }) => valueStart >= 0);
            return kept === undefined ? { type: 'del', key } : { type, key, value: kept };
          }),
      };
    },
  },
];

export function delegateStore(store: Store): Store {
  return {
    getMany: (keys) => store.getMany(keys),
    scan: (range, options) => store.scan(range, options),
    snapshot: () => store.snapshot(),
    batch: () => store.batch(),
    write: (batch) => store.write(batch),
    close: () => store.close(),
  };
}

export function without(store: Store, batch: WriteBatch, isLost: (key: string) => boolean): WriteBatch {
  const kept = store.batch();
  for (const operation of operationsOf(batch)) {
    if (operation.kind === 'deleteRange') kept.deleteRange(operation.range);
    else if (operation.kind === 'delete') kept.delete(operation.key);
    else if (!isLost(operation.key.toString('latin1'))) kept.put(operation.key, operation.value);
  }
  return kept;
}
