// Who leads each partition. Metadata is asked for about the topics that somebody uses: at once when an answer shows that
// it is out of date, and now and then by itself. Names here are Kafka's own.
import { metadataV12 } from '@platformatic/kafka';
import { StockstreamError } from '../../base/errors.ts';
import type { TopicPartition } from '../log.ts';
import { Brokers } from './brokers.ts';
import { isStaleMetadata, kafka, kafkaError } from './error-codes.ts';
import type { Address, Link, LinkParts } from './link.ts';
import { Backoff, retrying } from './retry.ts';

export type Metadata = Awaited<ReturnType<(typeof metadataV12)['api']['async']>>;

/** Where a partition is written and read. */
export interface Leader {
  readonly kind: 'leader';
  readonly broker: number;
  readonly epoch: number;
  /** 16 bytes as latin1 text. */
  readonly topicId: string;
}

/** `unknown` is asked for and may be known after the next change; `failed` tells why it won't. */
export type Located =
  | Leader
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly error: StockstreamError };

interface Topic {
  /** When a broker said so. */
  readonly at: number;
  readonly id: string;
  /** By index. */
  readonly leaders: readonly { readonly broker: number; readonly epoch: number }[];
}

/** A topic that was asked for and can't be told about. */
interface Missing {
  readonly since: number;
  readonly code: number;
}

const unknown = { kind: 'unknown' } as const;
const nobody = -1;
/** What was good for so long and no longer is has changed just now: an answer is likely to be new. */
const quietMs = 2_000;

export class Cluster {
  readonly parts: LinkParts;
  readonly brokers: Brokers;
  readonly #topics = new Map<string, Topic>();
  readonly #missing = new Map<string, Missing>();
  /** All that somebody asked for. */
  readonly #wanted = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #backoff: Backoff;
  #refreshing: Promise<void> | undefined;
  /** The next answer is about something new: no pause before it. */
  #isUrgent = true;

  constructor(parts: LinkParts, seeds: readonly Address[]) {
    this.parts = parts;
    this.brokers = new Brokers(parts, seeds);
    this.#backoff = new Backoff(parts.random);
  }

  /** Keeps metadata fresh for as long as the log is open. */
  start(): void {
    const { clock, lifetime, settings } = this.parts;
    const cancel = clock.schedule(settings.metadataIntervalMs, () => {
      forget();
      void this.refresh();
      this.start();
    });
    const forget = lifetime.onEnd(cancel);
  }

  /** Runs `listener` after each answer, or when none came; the returned function forgets it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks up without waiting; what isn't known is asked for. */
  locate({ topic, partition }: TopicPartition): Located {
    const found = this.#topics.get(topic);
    if (found === undefined) return this.#lookFor(topic, partition);
    const leader = found.leaders[partition];
    if (leader === undefined) return failed(new StockstreamError('LOG_UNKNOWN_TOPIC', { topic, partition }));
    if (leader.broker !== nobody) return { kind: 'leader', ...leader, topicId: found.id };
    void this.refresh();
    return unknown;
  }

  /** As `locate`, but waits. @throws LOG_UNKNOWN_TOPIC, LOG_NOT_AUTHORIZED, LOG_UNAVAILABLE, LOG_CLOSED */
  async located(at: TopicPartition): Promise<Leader> {
    const { clock, settings, lifetime } = this.parts;
    const until = clock.monotonic() + settings.deliveryTimeoutMs;
    for (;;) {
      lifetime.check();
      const found = this.locate(at);
      if (found.kind === 'leader') return found;
      if (found.kind === 'failed') throw found.error;
      if (clock.monotonic() > until) throw leaderless(at);
      await this.refresh();
    }
  }

  /** What is known of a topic is out of date: it isn't used any more, and asked for again. */
  stale(topic: string): void {
    this.suspect(topic);
    this.#topics.delete(topic);
  }

  /** A leader of the topic didn't answer: it is asked for again, and meanwhile believed, for connections break by chance. */
  suspect(topic: string): void {
    const known = this.#topics.get(topic);
    if (known !== undefined && this.parts.clock.monotonic() - known.at > quietMs) this.#isUrgent = true;
    this.#wanted.add(topic);
    void this.refresh();
  }

  /** As if the topics had never been asked for. */
  forget(topics: readonly string[]): void {
    for (const topic of topics) {
      this.#topics.delete(topic);
      this.#missing.delete(topic);
      this.#wanted.delete(topic);
    }
  }

  /** Asks for metadata, after a pause if the last answer has just shown to be of no use. Never rejects: `locate` tells what came of it. */
  refresh(): Promise<void> {
    if (!this.parts.lifetime.isOpen) return Promise.resolve();
    this.#refreshing ??= this.#refresh();
    return this.#refreshing;
  }

  /** These topics, or all if none are named; those that can't be described are left out. */
  async describe(names: readonly string[] | null): Promise<Metadata['topics']> {
    const { settings } = this.parts;
    const answer = await retrying({ ...this.parts, forMs: settings.deliveryTimeoutMs }, () =>
      this.brokers.any('admin').call(metadataV12.api, names === null ? null : [...names], false),
    );
    return answer.topics.filter(({ errorCode }) => errorCode === kafka.none);
  }

  async #refresh(): Promise<void> {
    const { clock, lifetime } = this.parts;
    try {
      if (this.#isUrgent) this.#backoff.reset();
      else await lifetime.sleep(clock, this.#backoff.pause());
      this.#isUrgent = false;
      const names = [...this.#wanted];
      this.take(await this.brokers.ask((link) => askMetadata(link, names)));
    } catch {
      // Nobody answered: the brokers' health says so, and whoever needs to know asks again.
    } finally {
      this.#refreshing = undefined;
      if (lifetime.isOpen) for (const listener of [...this.#listeners]) listener();
    }
  }

  /** Takes over what a broker said. */
  take({ brokers, topics }: Metadata): void {
    this.brokers.replace(new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }])));
    for (const { name, errorCode, topicId, partitions } of topics) {
      if (!name) continue;
      if (errorCode === kafka.none) {
        const leaders: { broker: number; epoch: number }[] = [];
        for (const { partitionIndex, leaderId, leaderEpoch } of partitions) {
          leaders[partitionIndex] = { broker: this.brokers.has(leaderId) ? leaderId : nobody, epoch: leaderEpoch };
        }
        this.#topics.set(name, { at: this.parts.clock.monotonic(), id: latin1(topicId), leaders });
        this.#missing.delete(name);
      } else {
        this.#topics.delete(name);
        const since = this.#missing.get(name)?.since ?? this.parts.clock.monotonic();
        this.#missing.set(name, { since, code: errorCode });
      }
    }
  }

  /** A topic may be unknown for a while: its creation reaches brokers one by one. */
  #lookFor(topic: string, partition: number): Located {
    const { clock, settings } = this.parts;
    const missing = this.#missing.get(topic);
    if (missing !== undefined) {
      const mayAppear = isStaleMetadata(missing.code);
      if (!mayAppear || clock.monotonic() - missing.since > settings.unknownTopicMs) {
        this.forget([topic]);
        return failed(kafkaError(missing.code, { action: `use topic ${topic}`, topic, partition }));
      }
    }
    if (!this.#wanted.has(topic)) this.#isUrgent = true;
    this.#wanted.add(topic);
    void this.refresh();
    return unknown;
  }
}

/** What a broker knows of the cluster. @throws LOG_UNAVAILABLE if that is nothing yet, and what the link throws */
export async function askMetadata(link: Link, topics: readonly string[]): Promise<Metadata> {
  const metadata = await link.call(metadataV12.api, [...topics], false);
  if (metadata.brokers.length > 0) return metadata;
  throw new StockstreamError('LOG_UNAVAILABLE', {
    action: 'tell who is in the cluster',
    reason: 'it has just started',
  });
}

function failed(error: StockstreamError): Located {
  return { kind: 'failed', error };
}

function leaderless({ topic, partition }: TopicPartition): StockstreamError {
  const action = `find the leader of ${topic}-${partition}`;
  return new StockstreamError('LOG_UNAVAILABLE', { action, reason: 'no broker leads it, or none answers' });
}

/** A topic id as requests carry it. */
function latin1(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('latin1');
}
