// Transactions over a line that is slow and loses messages. A commit whose question is lost may never come true, or
// later, when its sender has long gone on; one whose answer is lost has come true. The sender can't tell them apart.
import { sleep } from '../../base/clock.ts';
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import type { Appended, LogTransaction, TransactionalProducer } from '../../log/log.ts';
import { type Counts, count } from './counts.ts';
import { between, chance, weighted } from './dice.ts';
import type { Link } from './link.ts';

/** What happens to ends of transactions, beside losses. */
export interface Ends {
  /** They take longer than their sender's session lasts. */
  readonly areLate: boolean;
  /** They arrive a second time, when their sender has gone on. */
  readonly comeTwice: boolean;
}

export interface SlowTransactionParts {
  readonly ends: Ends;
  readonly sessionTimeoutMs: number;
  readonly link: Link;
  readonly world: SteppedClock;
  readonly random: Random;
  readonly counts: Counts;
}

/** By how much a commit may come too late. Milliseconds. */
const latestMs = 5_000;

export function slowProducer(inner: TransactionalProducer, parts: SlowTransactionParts): TransactionalProducer {
  const { transactionalId } = inner;
  const { link } = parts;
  return {
    transactionalId,
    begin() {
      const transaction = inner.begin();
      const { append, commitOffsets } = delegate(transaction);
      const commit = () => link.call('commit', () => commitOver(transaction, transactionalId, parts));
      return { append, commitOffsets, commit, abort: () => link.ask('abort', () => transaction.abort()) };
    },
    // Nobody waits for the answer to this: what is open ends with the next producer of the id.
    close: () => link.call('close', async () => (link.loses('log') ? undefined : await inner.close())),
  };
}

function delegate(transaction: LogTransaction): Pick<LogTransaction, 'append' | 'commitOffsets'> {
  return {
    append: (topic, partition, batch) => transaction.append(topic, partition, batch),
    commitOffsets: (member, offsets) => transaction.commitOffsets(member, offsets),
  };
}

async function commitOver(
  transaction: LogTransaction,
  transactionalId: string,
  { link, world, random, counts, ends, sessionTimeoutMs }: SlowTransactionParts,
): Promise<Appended[]> {
  if (link.loses('log')) {
    const fate = weighted(random, { lost: 1, late: 2, aborted: 1 });
    count(counts, `commits ${fate}`);
    if (fate === 'late') world.schedule(between(random, 1, latestMs), () => void transaction.commit().catch(() => {}));
    if (fate !== 'aborted') throw unknown(transactionalId);
    await transaction.abort();
    throw new StockstreamError('LOG_TRANSACTION_ABORTED', { transactionalId, reason: 'the question was lost' });
  }
  if (ends.areLate && chance(random, 0.3)) {
    count(counts, 'effect: ends of transactions that came late');
    await sleep(world, between(random, sessionTimeoutMs >> 1, 2 * sessionTimeoutMs));
  }
  if (ends.comeTwice) {
    count(counts, 'effect: ends of transactions that came twice');
    world.schedule(between(random, 1, latestMs), () => void transaction.commit().catch(() => {}));
    if (chance(random, 0.2))
      world.schedule(between(random, 1, latestMs), () => void transaction.abort().catch(() => {}));
  }
  try {
    const appended = await transaction.commit();
    if (!link.loses('log')) return appended;
  } catch (error) {
    if (isFenced(error)) count(counts, 'commits fenced');
    throw error;
  }
  count(counts, 'commits without an answer');
  throw unknown(transactionalId);
}

function isFenced(error: unknown): boolean {
  return isStockstreamError(error) && error.disposition === 'fenced';
}

function unknown(transactionalId: string): StockstreamError {
  return new StockstreamError('LOG_OUTCOME_UNKNOWN', { transactionalId, reason: 'a message was lost' });
}
