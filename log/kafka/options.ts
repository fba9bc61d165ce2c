// What the Kafka adapter can be told, and what it assumes. Sizes in bytes, times in milliseconds.
import type { ConnectionOptions as TlsSocketOptions } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Compression } from './compression.ts';

/** As `node:tls` takes them. An empty object trusts the machine's own certificate authorities. */
export type Tls = Pick<
  TlsSocketOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized' | 'minVersion'
>;

export type Sasl =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: string;
    }
  /** `token` is asked whenever a connection opens. */
  | { readonly mechanism: 'OAUTHBEARER'; readonly token: () => string | Promise<string> };

export interface KafkaLogOptions extends Partial<KafkaSettings> {
  readonly clock: Clock;
  readonly random: Random;
  /** `host:port` each; one that answers is enough. */
  readonly brokers: readonly string[];
  readonly tls?: Tls;
  readonly sasl?: Sasl;
}

export interface KafkaSettings {
  readonly clientId: string;
  /** Before the names of topics and groups and before transactional ids, so that installations can share a cluster. */
  readonly prefix: string;
  /** Of what is written; anything can be read. */
  readonly compression: Compression;
  /** Of topics that are created; -1 leaves it to the brokers. */
  readonly replicationFactor: number;
  /** Settings of topics that are created, by Kafka's names, over those that follow from the `TopicSpec`. */
  readonly topicConfigs: Readonly<Record<string, string>>;
  /** A larger batch is refused. Topics that are created take as much; others may take less. */
  readonly maxBatchBytes: number;
  readonly connectTimeoutMs: number;
  /** A request that isn't answered for so long fails, and its connection with it. */
  readonly requestTimeoutMs: number;
  /** How long an append or any other call is tried again before it fails with a `retry` error. */
  readonly deliveryTimeoutMs: number;
  /** The brokers abort a transaction that is open for longer: so long may a dead worker hold up its successor. */
  readonly transactionTimeoutMs: number;
  /** How often metadata is asked for although nothing seems to have changed. */
  readonly metadataIntervalMs: number;
  /** How long a topic may be unknown to a broker that hasn't heard of its creation yet. */
  readonly unknownTopicMs: number;
  /** Memory for what was fetched and not yet polled, by fetcher and broker; one answer more may come on top. */
  readonly fetchBufferBytes: number;
  /** How much of a partition one answer may hold, and a paused partition keep. */
  readonly fetchPartitionBytes: number;
  readonly fetchWaitMs: number;
}

export const defaultSettings: KafkaSettings = {
  clientId: 'stockstream',
  prefix: '',
  compression: 'none',
  replicationFactor: -1,
  topicConfigs: {},
  maxBatchBytes: 16 * 2 ** 20,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  deliveryTimeoutMs: 60_000,
  transactionTimeoutMs: 10_000,
  metadataIntervalMs: 30_000,
  unknownTopicMs: 2_000,
  fetchBufferBytes: 8 * 2 ** 20,
  fetchPartitionBytes: 2 ** 20,
  fetchWaitMs: 500,
};
