// Planted bugs between a worker and the log: what transactions, group membership and restore rest on.
import type { GroupMetadata } from '../../../log/group.ts';
import type { Log, LogTransaction, PartitionOffset } from '../../../log/log.ts';
import { RecordBatch } from '../../../log/record-batch.ts';
import type { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { applyChangelog, readPosition } from '../../../state/changelog.ts';
import { TaskKeys } from '../../../state/keys.ts';
import { storesOf, taskId } from '../../../streams/names.ts';
import { delegateFetcher, delegateLog, delegateTransaction } from '../../log/delegates.ts';
import type { Canary, Victim } from './sabotage.ts';

export const logCanaries: readonly Canary[] = [
  {
    name: 'unfenced transactions',
    bug: 'offsets are committed in the name of the present generation, whoever commits them',
    seeds: 40,
    caughtBy: ['progress'],
    plant() {
      let latest: GroupMetadata | undefined;
      const hear = (member: GroupMetadata) => {
        if (member.generation >= (latest?.generation ?? 0)) latest = member;
      };
      return {
        log: (log) =>
          withTransactions(hearing(log, hear), (transaction) => ({
            ...delegateTransaction(transaction),
            commitOffsets: (member, offsets) => transaction.commitOffsets(latest ?? member, offsets),
          })),
      };
    },
  },
  {
    name: 'state before the log',
    bug: 'a commit writes the store before its log transaction has committed, and even if it never does',
    seeds: 20,
    caughtBy: ['state equals its changelog'],
    plant: () => ({
      log: (log, victim) =>
        withTransactions(log, (transaction) => {
          const changes: { partition: number; bytes: Buffer }[] = [];
          return {
            ...delegateTransaction(transaction),
            append(topic, partition, batch) {
              const isChangelog = topic === victim.thread().names.changelog;
              if (isChangelog) changes.push({ partition, bytes: Buffer.from(batch.finish(0)) });
              transaction.append(topic, partition, batch);
            },
            async commit() {
              for (const { partition, bytes } of changes) await writeEarly(victim, partition, bytes);
              return await transaction.commit();
            },
          };
        }),
    }),
  },
  {
    name: 'restore without tail',
    bug: 'a restore takes the store as it is and leaves the end of the changelog unread',
    seeds: 10,
    caughtBy: ['threads go on'],
    plant: () => ({
      log: (log, { store, thread }) => ({
        ...delegateLog(log),
        admin: {
          ...log.admin,
          async offsets(partitions, at, isolation) {
            const offsets = await log.admin.offsets(partitions, at, isolation);
            if (isolation !== 'uncommitted') return offsets;
            const task = taskId(thread().topology.name, partitions[0]!.partition);
            const position = await readPosition(store, new TaskKeys(task), task);
            return [position?.offset ?? 0];
          },
        },
      }),
    }),
  },
  {
    name: 'offset too far',
    bug: 'once in a while an offset is committed one record beyond what was taken',
    seeds: 10,
    caughtBy: ['threads go on', 'progress'],
    plant() {
      let count = 0;
      const further = (offsets: readonly PartitionOffset[]) =>
        offsets.map((each) => (++count % 50 === 0 ? { ...each, offset: each.offset + 1 } : each));
      return {
        log: (log) =>
          withTransactions(log, (transaction) => ({
            ...delegateTransaction(transaction),
            commitOffsets: (member, offsets) => transaction.commitOffsets(member, further(offsets)),
          })),
      };
    },
  },
  {
    name: 'outputs outside the transaction',
    bug: 'what a commit sends is visible before the commit, and stays if it fails',
    seeds: 20,
    caughtBy: ['every accepted order ends', 'no oversell', 'idempotent everywhere'],
    plant: () => ({
      log: (log, { thread }) =>
        withTransactions(log, (transaction) => {
          const outputs: { topic: string; partition: number; batch: RecordBatchBuilder }[] = [];
          return {
            ...delegateTransaction(transaction),
            append(topic, partition, batch) {
              const { changelog, commits } = thread().names;
              if (topic === changelog || topic === commits) transaction.append(topic, partition, batch);
              else outputs.push({ topic, partition, batch });
            },
            async commit() {
              const producer = await log.producer();
              for (const { topic, partition, batch } of outputs) await producer.append(topic, partition, batch);
              return await transaction.commit();
            },
          };
        }),
    }),
  },
  {
    name: 'dead letters dropped',
    bug: 'records that are set aside are set aside nowhere',
    seeds: 5,
    caughtBy: ['dead letters are the poison'],
    plant: () => ({
      log: (log) =>
        withTransactions(log, (transaction) => ({
          ...delegateTransaction(transaction),
          append(topic, partition, batch) {
            if (topic !== 'dead-letters') transaction.append(topic, partition, batch);
          },
        })),
    }),
  },
  {
    name: 'never resumed',
    bug: 'a partition that was paused, because much of it waits, is never read again',
    seeds: 10,
    caughtBy: ['all work is done'],
    plant: () => ({
      log: (log) => ({ ...delegateLog(log), fetcher: () => ({ ...delegateFetcher(log.fetcher()), resume: () => {} }) }),
    }),
  },
];

function withTransactions(log: Log, wrap: (transaction: LogTransaction) => LogTransaction): Log {
  return {
    ...delegateLog(log),
    async transactionalProducer(id) {
      const producer = await log.transactionalProducer(id);
      return { transactionalId: id, begin: () => wrap(producer.begin()), close: () => producer.close() };
    },
  };
}

/** Tells `hear` of every assignment. */
function hearing(log: Log, hear: (member: GroupMetadata) => void): Log {
  return {
    ...delegateLog(log),
    join: (options, protocol) =>
      log.join(options, {
        metadata: () => protocol.metadata(),
        assign: (members) => protocol.assign(members),
        onRebalance: () => protocol.onRebalance(),
        onLost: (error) => protocol.onLost(error),
        onAssignment(assignment, member) {
          hear(member);
          return protocol.onAssignment(assignment, member);
        },
      }),
  };
}

async function writeEarly({ store, thread }: Victim, partition: number, bytes: Buffer): Promise<void> {
  const { topology } = thread();
  const specs = new Map(storesOf(topology).map((spec) => [spec.name, spec]));
  const batch = store.batch();
  applyChangelog(new RecordBatch(bytes), 0, specs, { keys: new TaskKeys(taskId(topology.name, partition)), batch });
  await store.write(batch);
}
