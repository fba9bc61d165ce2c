// The Kafka adapter of the log port: Apache Kafka 4.0 or later, transactions of version 2. Connections, TLS and SASL come
// from a library; fetching, producing, transactions and membership are ours, on our own record batches.
// It reconnects by itself; only what can't be mended by waiting, or lasts beyond patience, comes up as an error.
import { assert } from '../../base/assert.ts';
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { GroupMember, GroupOptions, GroupProtocol } from '../group.ts';
import { GroupMembership } from '../group-membership.ts';
import type { Fetcher, Log, LogHealth, Producer, TransactionalProducer } from '../log.ts';
import { KafkaAdmin } from './admin.ts';
import { askMetadata, Cluster, type Metadata } from './cluster.ts';
import { checkBroker } from './compatibility.ts';
import { Coordinators } from './coordinator.ts';
import { KafkaFetcher } from './fetcher.ts';
import { KafkaGroupConnection } from './group-connection.ts';
import { GroupOffsets } from './group-offsets.ts';
import { Lifetime } from './lifetime.ts';
import type { Address, Link, LinkParts } from './link.ts';
import { Names } from './names.ts';
import { defaultSettings, type KafkaLogOptions } from './options.ts';
import { KafkaProducer } from './producer.ts';
import { mayPass } from './retry.ts';
import { KafkaTransactionalProducer } from './transactional-producer.ts';

export interface KafkaLog extends Log {
  readonly admin: KafkaAdmin;
  readonly health: LogHealth;
}

/**
 * Connects to the first broker that answers.
 * @throws LOG_UNREACHABLE, LOG_TIMED_OUT, LOG_TLS_FAILED, LOG_AUTHENTICATION_FAILED, LOG_UNSUPPORTED_BROKER
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<KafkaLog> {
  const { clock, random, brokers, tls, sasl, ...given } = options;
  assert(brokers.length > 0, 'Kafka needs an address to ask first');
  const settings = { ...defaultSettings, ...given };
  const parts = { clock, random, lifetime: new Lifetime(), settings, tls, sasl };
  const cluster = new Cluster(parts, brokers.map(addressOf));
  try {
    await connect(cluster);
  } catch (error) {
    parts.lifetime.end();
    throw error;
  }
  cluster.start();
  return new OpenKafkaLog(cluster);
}

/** Asks one address after the other until a broker tells what the cluster is, and one of that answers. */
async function connect(cluster: Cluster): Promise<void> {
  await findBrokers(cluster);
  // The addresses that brokers give of themselves are others than ours, and as easily wrong.
  await cluster.brokers.askPresent((link) => askMetadata(link, []));
}

async function findBrokers(cluster: Cluster): Promise<void> {
  let failure: unknown;
  for (const link of cluster.brokers.seedLinks()) {
    try {
      await checkBroker(link);
      cluster.take(await firstMetadata(cluster.parts, link));
      return;
    } catch (error) {
      failure = error;
      if (!mayPass(error)) throw error;
    } finally {
      link.close();
    }
  }
  throw failure;
}

async function firstMetadata({ sasl }: LinkParts, link: Link): Promise<Metadata> {
  for (let isAgain = false; ; isAgain = true) {
    try {
      return await askMetadata(link, []);
    } catch (error) {
      if (sasl !== undefined || !isStockstreamError(error, 'LOG_UNREACHABLE')) throw error;
      // A listener with SASL tells anybody its versions, and hangs up at the next request. Once may be chance.
      if (!isAgain) continue;
      const reason = `it hung up (${error.details.reason}): it may ask for SASL`;
      throw new StockstreamError('LOG_AUTHENTICATION_FAILED', { broker: link.broker, reason }, error);
    }
  }
}

class OpenKafkaLog implements KafkaLog {
  readonly kind = 'kafka';
  readonly admin: KafkaAdmin;
  readonly #cluster: Cluster;
  readonly #names: Names;
  readonly #coordinators: Coordinators;
  /** Dynamic members leave when the log is closed; static ones fall silent, and keep their place. */
  readonly #dynamic = new Set<GroupMembership>();
  readonly #static = new Set<GroupMembership>();
  #closing: Promise<void> | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#names = new Names(cluster.parts.settings.prefix);
    this.#coordinators = new Coordinators(cluster.brokers);
    const groups = new GroupOffsets(this.#coordinators, this.#names, cluster.parts);
    this.admin = new KafkaAdmin(cluster, this.#names, groups);
  }

  get health(): LogHealth {
    return this.#cluster.brokers.health;
  }

  async producer(): Promise<Producer> {
    this.#check();
    return await KafkaProducer.open(this.#cluster, this.#names);
  }

  async transactionalProducer(transactionalId: string): Promise<TransactionalProducer> {
    this.#check();
    const parts = { cluster: this.#cluster, coordinators: this.#coordinators, names: this.#names };
    return await KafkaTransactionalProducer.open(transactionalId, parts);
  }

  fetcher(): Fetcher {
    this.#check();
    return new KafkaFetcher(this.#cluster, this.#names);
  }

  async join(options: GroupOptions, protocol: GroupProtocol): Promise<GroupMember> {
    this.#check();
    const { brokers, parts } = this.#cluster;
    const group = this.#names.group(options.group);
    const coordinator = this.#coordinators.of('group', group);
    const connection = new KafkaGroupConnection({ brokers, coordinator, group, options });
    const member = new GroupMembership(connection, parts.clock, options, protocol);
    (options.instanceId === undefined ? this.#dynamic : this.#static).add(member);
    try {
      await member.start();
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#check();
    return member;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const member of this.#static) member.stop();
    await Promise.all([...this.#dynamic].map((member) => member.leave()));
    this.#cluster.parts.lifetime.end();
  }

  /** @throws LOG_CLOSED */
  #check(): void {
    this.#cluster.parts.lifetime.check();
    if (this.#closing !== undefined) throw new StockstreamError('LOG_CLOSED');
  }
}

/** `host:port`, `[::1]:port` */
function addressOf(text: string): Address {
  const [, host = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(text) ?? [];
  assert(host !== '', `${text} is not host:port`);
  return { host, port: Number(port) };
}
