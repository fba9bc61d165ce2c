// The log as a worker of the simulation has it: every call goes over its link. It stays inside the port's contract:
// a fetch may hand over the end of a partition apart from the last batch, as Kafka does behind an aborted transaction.
import type { Random } from '../../base/random.ts';
import type { EmbeddedSession } from '../../log/embedded/session.ts';
import type { GroupMember, GroupOptions, GroupProtocol } from '../../log/group.ts';
import { GroupMembership } from '../../log/group-membership.ts';
import type {
  Fetched,
  Fetcher,
  FetchLimits,
  Log,
  LogAdmin,
  LogTransaction,
  Producer,
  TopicPartition,
  TransactionalProducer,
} from '../../log/log.ts';
import { chance } from './dice.ts';
import type { Link } from './link.ts';
import type { ProcessClock } from './process-clock.ts';
import { slowConnection } from './slow-group.ts';

export interface SlowLogParts {
  readonly session: EmbeddedSession;
  readonly link: Link;
  readonly clock: ProcessClock;
  readonly random: Random;
  /** Whether a question to the group's coordinator, or its answer, is lost. */
  readonly loses: () => boolean;
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
    const inner = await link.call('producer', () => session.producer());
    return {
      append: (topic, partition, batch) => link.call('append', () => inner.append(topic, partition, batch)),
      close: () => link.call('close', () => inner.close()),
    };
  }

  async transactionalProducer(id: string): Promise<TransactionalProducer> {
    const { session, link } = this.#parts;
    const inner = await link.call('producer', () => session.transactionalProducer(id));
    return {
      transactionalId: inner.transactionalId,
      begin: () => slowTransaction(inner.begin(), link),
      close: () => link.call('close', () => inner.close()),
    };
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
    createTopics: (specs) => link.call('admin', () => inner.createTopics(specs)),
    deleteTopics: (names) => link.call('admin', () => inner.deleteTopics(names)),
    describeTopics: (names) => link.call('admin', () => inner.describeTopics(names)),
    offsets: (partitions, at, isolation) => link.call('offsets', () => inner.offsets(partitions, at, isolation)),
    committedOffsets: (group, partitions) => link.call('offsets', () => inner.committedOffsets(group, partitions)),
    commitOffsets: (group, offsets) => link.call('admin', () => inner.commitOffsets(group, offsets)),
    deleteRecords: (partition, offset) => link.call('admin', () => inner.deleteRecords(partition, offset)),
  };
}

function slowTransaction(inner: LogTransaction, link: Link): LogTransaction {
  return {
    append: (topic, partition, batch) => inner.append(topic, partition, batch),
    commitOffsets: (member, offsets) => inner.commitOffsets(member, offsets),
    commit: () => link.call('commit', () => inner.commit()),
    abort: () => link.call('abort', () => inner.abort()),
  };
}

class SlowFetcher implements Fetcher {
  readonly #inner: Fetcher;
  readonly #parts: SlowLogParts;
  /** Ends of partitions that were split off; the inner fetcher stands behind them already. */
  readonly #ends = new Map<string, Fetched>();
  readonly #paused = new Set<string>();

  constructor(inner: Fetcher, parts: SlowLogParts) {
    this.#inner = inner;
    this.#parts = parts;
  }

  assign(partition: TopicPartition, offset: number): void {
    this.#forget(partition);
    this.#parts.onAssign(partition, offset);
    this.#inner.assign(partition, offset);
  }

  unassign(partition: TopicPartition): void {
    this.#forget(partition);
    this.#inner.unassign(partition);
  }

  pause(partition: TopicPartition): void {
    this.#paused.add(placeOf(partition));
    this.#inner.pause(partition);
  }

  resume(partition: TopicPartition): void {
    this.#paused.delete(placeOf(partition));
    this.#inner.resume(partition);
  }

  async poll(limits: FetchLimits): Promise<Fetched[]> {
    const ends = this.#takeEnds();
    const maxWaitMs = ends.length > 0 ? 0 : limits.maxWaitMs;
    const fetched = await this.#parts.link.call('poll', () => this.#inner.poll({ ...limits, maxWaitMs }));
    return [...ends, ...fetched.map((each) => this.#split(each))];
  }

  wake(): void {
    this.#inner.wake();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #forget(partition: TopicPartition): void {
    this.#ends.delete(placeOf(partition));
    this.#paused.delete(placeOf(partition));
  }

  #takeEnds(): Fetched[] {
    const taken = [...this.#ends].filter(([place]) => !this.#paused.has(place));
    for (const [place] of taken) this.#ends.delete(place);
    return taken.map(([, end]) => end);
  }

  #split(fetched: Fetched): Fetched {
    const behind = fetched.batches.at(-1)?.nextOffset ?? fetched.nextOffset;
    if (behind === fetched.nextOffset || chance(this.#parts.random, 0.5)) return fetched;
    this.#ends.set(placeOf(fetched), { ...fetched, batches: [] });
    return { ...fetched, nextOffset: behind };
  }
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
