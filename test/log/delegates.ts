// A log, its fetchers and transactions by hand, call by call: to be spread by whoever wants one call to be another.
import type { Fetcher, Log, LogTransaction } from '../../log/log.ts';

export function delegateLog(log: Log): Log {
  return {
    kind: log.kind,
    admin: log.admin,
    producer: () => log.producer(),
    transactionalProducer: (id) => log.transactionalProducer(id),
    fetcher: () => log.fetcher(),
    join: (options, protocol) => log.join(options, protocol),
    close: () => log.close(),
  };
}

export function delegateFetcher(fetcher: Fetcher): Fetcher {
  return {
    assign: (partition, offset) => fetcher.assign(partition, offset),
    unassign: (partition) => fetcher.unassign(partition),
    pause: (partition) => fetcher.pause(partition),
    resume: (partition) => fetcher.resume(partition),
    poll: (limits) => fetcher.poll(limits),
    wake: () => fetcher.wake(),
    close: () => fetcher.close(),
  };
}

export function delegateTransaction(transaction: LogTransaction): LogTransaction {
  return {
    append: (topic, partition, batch) => transaction.append(topic, partition, batch),
    commitOffsets: (member, offsets) => transaction.commitOffsets(member, offsets),
    commit: () => transaction.commit(),
    abort: () => transaction.abort(),
  };
}
