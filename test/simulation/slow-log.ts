// The log as a worker of the simulation has it: every call goes over its line, which is slow and loses messages. It
// stays inside what an adapter may do: a lost call fails as unreachable, a lost commit with an unknown outcome.
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import type { EmbeddedSession } from '../../log/embedded/session.ts';
import type { GroupMember, GroupOptions, GroupProtocol } from '../../log/group.ts';
import { GroupMembership } from '../../log/group-membership.ts';
import type { Fetcher, Log, LogAdmin, Producer, TopicPartition, TransactionalProducer } from '../../log/log.ts';
import type { Sabotage } from './canaries/sabotage.ts';
import type { Counts } from './counts.ts';
import type { Link } from './link.ts';
import type { ProcessClock } from './process-clock.ts';
import { SlowFetcher } from './slow-fetcher.ts';
import { slowConnection } from './slow-group.ts';
import { type Ends, slowProducer } from './slow-transaction.ts';

export interface SlowLogParts {
  readonly session: EmbeddedSession;
  readonly link: Link;
  readonly clock: ProcessClock;
  readonly world: SteppedClock;
  readonly random: Random;
  readonly counts: Counts;
  readonly ends: Ends;
  readonly sabotage: Sabotage;
  readonly sessionTimeoutMs: number;
  readonly onGeneration: (generation: number) => void;
  /** Told where a fetcher starts to read. */
  readonly onAssign: (partition: TopicPartition, offset: number) => void;
}

export class SlowLog implements Log {
  readonly kind: string;
  readonly admin: LogAdmin;
  readonly #parts: SlowLogParts;

  constructor(parts: SlowLogParts) {
    this.kind = parts.session.kind;
    this.#parts = parts;
    this.admin = slowAdmin(parts.session.admin, parts.link);
  }

  async producer(): Promise<Producer> {
    const { session, link } = this.#parts;
    const inner = await link.ask('producer', () => session.producer());
    return {
      append: (topic, partition, batch) => link.call('append', () => inner.append(topic, partition, batch)),
      close: () => link.call('close', () => inner.close()),
    };
  }

  async transactionalProducer(id: string): Promise<TransactionalProducer> {
    const { session, link } = this.#parts;
    const producer = await link.ask('producer', () => session.transactionalProducer(id));
    return slowProducer(this.#parts.sabotage.producer?.(producer) ?? producer, this.#parts);
  }

  fetcher(): Fetcher {
    return new SlowFetcher(this.#parts.session.fetcher(), this.#parts);
  }

  /** The shipped membership over a slow line; it beats by the worker's own clock. */
  async join(options: GroupOptions, protocol: GroupProtocol): Promise<GroupMember> {
    const { session, clock } = this.#parts;
    const connection = slowConnection({ ...this.#parts, inner: session.connect(options.group) });
    const member = new GroupMembership(connection, clock, options, protocol);
    await member.start();
    return member;
  }

  close(): Promise<void> {
    return this.#parts.session.close();
  }
}

function slowAdmin(inner: LogAdmin, link: Link): LogAdmin {
  return {
    createTopics: (specs) => link.ask('admin', () => inner.createTopics(specs)),
    deleteTopics: (names) => link.ask('admin', () => inner.deleteTopics(names)),
    describeTopics: (names) => link.ask('admin', () => inner.describeTopics(names)),
    offsets: (partitions, at, isolation) => link.ask('offsets', () => inner.offsets(partitions, at, isolation)),
    committedOffsets: (group, partitions) => link.ask('offsets', () => inner.committedOffsets(group, partitions)),
    committed: (group, partitions) => link.ask('offsets', () => inner.committed(group, partitions)),
    commitOffsets: (group, offsets) => link.ask('admin', () => inner.commitOffsets(group, offsets)),
    deleteRecords: (partition, offset) => link.ask('admin', () => inner.deleteRecords(partition, offset)),
  };
}
