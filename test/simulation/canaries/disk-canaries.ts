// Planted bugs around disks: what is torn, damaged or full, and what a restore rests on.
import { isStockstreamError } from '../../../base/errors.ts';
import { batchHeaderBytes, RecordBatch, sealBatch } from '../../../log/record-batch.ts';
import { operationsOf } from '../../../state/collected-batch.ts';
import { TaskKeys } from '../../../state/keys.ts';
import type { Store, WriteBatch } from '../../../state/store.ts';
import { delegateFetcher, delegateLog } from '../../log/delegates.ts';
import type { Canary } from './sabotage.ts';
import { delegateStore } from './store-canaries.ts';

const positionEnd = new TaskKeys('').position;

const isPosition = (key: Buffer) => key.subarray(-positionEnd.length).equals(positionEnd);

const decided = [
  'no oversell',
  'no undersell',
  'idempotent everywhere',
  'every accepted order ends',
  'state equals its changelog',
  'progress',
  'dead letters are the poison',
  'the log keeps what it acknowledged',
  'threads go on',
];

export const diskCanaries: readonly Canary[] = [
  {
    name: 'torn store write',
    bug: 'a write to the store is two: a crash in between leaves the position without what it stands for',
    needs: ['kill at a boundary', 'kill'],
    seeds: 20,
    caughtBy: ['state equals its changelog', 'threads go on'],
    plant: () => ({
      store: (store) => ({
        ...delegateStore(store),
        async write(batch) {
          await Promise.all([
            store.write(part(store, batch, isPosition)),
            store.write(part(store, batch, isNoPosition)),
          ]);
        },
      }),
    }),
  },
  {
    name: 'damaged values taken for none',
    bug: 'a value of the store whose checksum is wrong is taken for one that is not there',
    needs: ['flip bits in a store'],
    seeds: 20,
    caughtBy: decided,
    plant: () => ({
      store: (store) => ({
        ...delegateStore(store),
        getMany: (keys) => Promise.all(keys.map((key) => soundOrNone(store, key))),
      }),
    }),
  },
  {
    name: 'damaged batches believed',
    bug: 'a batch of the log whose checksum is wrong is read as if it were right',
    needs: ['flip bits in the log'],
    seeds: 20,
    caughtBy: decided,
    plant: () => ({
      stored({ key, value }) {
        const isBatch = key[0] === 'b'.charCodeAt(0) && value.length >= batchHeaderBytes;
        if (!isBatch || new RecordBatch(value).damage() === undefined) return { key, value };
        return { key, value: sealBatch(Buffer.from(value)) };
      },
    }),
  },
  {
    name: 'full disk of a worker unnoticed',
    bug: 'a write to the store that found no room is taken for done',
    needs: ['fill the disk of a worker'],
    seeds: 20,
    caughtBy: ['state equals its changelog', 'threads go on'],
    plant: () => ({
      store: (store) => ({
        ...delegateStore(store),
        write: (batch) =>
          store.write(batch).catch((error: unknown) => {
            if (!isStockstreamError(error, 'STATE_STORAGE_FAILED')) throw error;
          }),
      }),
    }),
  },
  {
    name: 'full disk of the log unnoticed',
    bug: 'a write of the log that found no room is acknowledged',
    needs: ['fill the disk of the log'],
    seeds: 10,
    caughtBy: ['the log keeps what it acknowledged', 'threads go on'],
    plant: () => ({ hidesFailures: true }),
  },
  {
    name: 'late writes of a restore',
    bug: 'what a restore writes lands one write later, over what came after it',
    needs: ['rebalance during a restore', 'kill and empty the disk'],
    seeds: 20,
    caughtBy: ['state equals its changelog', 'threads go on', 'progress'],
    plant: () => ({
      store(store, { thread }) {
        let held: WriteBatch | undefined;
        return {
          ...delegateStore(store),
          async write(batch) {
            const late = held;
            held = thread().tasks.some(({ state }) => state === 'restoring') ? batch : undefined;
            if (held === undefined) await store.write(batch);
            if (late !== undefined) await store.write(late);
          },
        };
      },
    }),
  },
  {
    name: 'position forgotten',
    bug: 'a restore does not look where its disk stands, and reads everything again',
    needs: ['kill'],
    seeds: 10,
    caughtBy: ['no wipe'],
    plant: () => ({
      store: (store) => ({
        ...delegateStore(store),
        async getMany(keys) {
          const values = await store.getMany(keys);
          return values.map((value, index) => (isPosition(keys[index]!) ? undefined : value));
        },
      }),
    }),
  },
  {
    name: 'emptied changelog believed',
    bug: 'a restore takes what is left of a changelog for all of it',
    needs: ['empty a changelog', 'kill and empty the disk'],
    seeds: 30,
    caughtBy: decided,
    plant: () => ({
      log: (log, { thread }) => {
        const starts = new Map<number, number>();
        const isChangelog = (topic: string) => topic === thread().names.changelog;
        return {
          ...delegateLog(log),
          admin: {
            ...log.admin,
            async offsets(partitions, at, isolation) {
              const offsets = await log.admin.offsets(partitions, at, isolation);
              const [asked] = partitions;
              if (at !== 'earliest' || asked === undefined || !isChangelog(asked.topic)) return offsets;
              starts.set(asked.partition, offsets[0]!);
              return [0];
            },
          },
          fetcher() {
            const fetcher = log.fetcher();
            return {
              ...delegateFetcher(fetcher),
              assign(partition, offset) {
                const start = isChangelog(partition.topic) ? (starts.get(partition.partition) ?? 0) : 0;
                fetcher.assign(partition, Math.max(offset, start));
              },
            };
          },
        };
      },
    }),
  },
];

const isNoPosition = (key: Buffer) => !isPosition(key);

function part(store: Store, batch: WriteBatch, isOf: (key: Buffer) => boolean): WriteBatch {
  const kept = store.batch();
  for (const operation of operationsOf(batch)) {
    if (operation.kind === 'deleteRange') {
      if (isOf === isPosition) kept.deleteRange(operation.range);
    } else if (!isOf(operation.key)) continue;
    else if (operation.kind === 'put') kept.put(operation.key, operation.value);
    else kept.delete(operation.key);
  }
  return kept;
}

async function soundOrNone(store: Store, key: Buffer): Promise<Buffer | undefined> {
  try {
    return (await store.getMany([key]))[0];
  } catch (error) {
    if (!isStockstreamError(error, 'STATE_STORE_DAMAGED')) throw error;
    return undefined;
  }
}
