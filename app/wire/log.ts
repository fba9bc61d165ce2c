// The log, the schema registry and the state behind their ports, as the config says. The files of this folder are the only
// place where adapters are named. What speaks to a server is loaded when it is asked for: the drivers of all of them would
// more than double the time to start.
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { unreachable } from '../../base/assert.ts';
import { isStockstreamError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import type { KafkaLogOptions, Sasl, Tls } from '../../log/kafka/options.ts';
import type { Log } from '../../log/log.ts';
import { confluentRegistry } from '../../schemas/confluent/confluent-registry.ts';
import { useRegistry } from '../../schemas/registry.ts';
import { splitMemory } from '../../state/memory-split.ts';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';
import type { Store } from '../../state/store.ts';
import type { Config } from '../config-schema.ts';
import { clock, directories } from './places.ts';

/** Makes this thread's serdes use the registry's ids, if there is one. @throws REGISTRY_*, SCHEMA_INCOMPATIBLE */
export async function useSchemas({ registry: url }: Config, logger: Logger): Promise<void> {
  if (url !== undefined) await useRegistry(confluentRegistry({ url, clock, logger }));
}

/** @throws LOG_* */
export async function openLog(config: Config, logger: Logger): Promise<Log> {
  if (config.log === 'kafka') {
    const { openKafkaLog } = await import('../../log/kafka/kafka-log.ts');
    return await openKafkaLog(kafkaOptions(config));
  }
  const onBackgroundError = (error: unknown) => logger.error({ err: error }, 'cleaning up the log failed');
  return await openEmbeddedLog({ directory: directories(config).log, clock, onBackgroundError });
}

function kafkaOptions(config: Config): KafkaLogOptions {
  const { brokers = [], topicPrefix: prefix, replication: replicationFactor, minInSync, compression } = config;
  const tls = tlsOf(config);
  const sasl = saslOf(config);
  return {
    clock,
    random: systemRandom,
    brokers,
    prefix,
    replicationFactor,
    compression,
    clientId: config.instanceId ?? config.appId,
    topicConfigs: { 'min.insync.replicas': String(minInSync) },
    ...(tls && { tls }),
    ...(sasl && { sasl }),
  };
}

function tlsOf({ tls, tlsCa, tlsCert, tlsKey }: Config): Tls | undefined {
  if (!tls) return undefined;
  return {
    ...(tlsCa !== undefined && { ca: readFileSync(tlsCa) }),
    ...(tlsCert !== undefined && { cert: readFileSync(tlsCert) }),
    ...(tlsKey !== undefined && { key: readFileSync(tlsKey) }),
  };
}

function saslOf({
  sasl,
  saslUsername: username = '',
  saslPassword: password = '',
  saslTokenFile,
}: Config): Sasl | undefined {
  switch (sasl) {
    case 'none':
      return undefined;
    case 'plain':
      return { mechanism: 'PLAIN', username, password };
    case 'scram-sha-256':
      return { mechanism: 'SCRAM-SHA-256', username, password };
    case 'scram-sha-512':
      return { mechanism: 'SCRAM-SHA-512', username, password };
    case 'oauthbearer':
      return { mechanism: 'OAUTHBEARER', token: async () => (await readFile(saslTokenFile!, 'utf8')).trim() };
    default:
      return unreachable(sasl);
  }
}

/**
 * A worker thread's state. One that is damaged is set aside, for the changelog has it all.
 * @throws STATE_STORAGE_FAILED, STATE_IN_USE, STATE_ENGINE_MISSING
 */
export async function openStore(config: Config, thread: number, logger: Logger): Promise<Store> {
  const directory = directories(config).state(thread);
  const { memtables } = splitMemory(config.stateMemory * 2 ** 20);
  try {
    return await openStoreIn(directory, memtables);
  } catch (error) {
    if (!isStockstreamError(error, 'STATE_STORE_DAMAGED')) throw error;
    const aside = `${directory}-damaged-${clock.now()}`;
    logger.error({ err: error, aside }, 'the state is damaged: it is set aside and read again from the changelog');
    renameSync(directory, aside);
    return await openStoreIn(directory, memtables);
  }
}

/** @param memtables bytes of the engine's buffers of writes; by default what it takes by itself */
export function openStoreIn(directory: string, memtables?: number): Promise<Store> {
  mkdirSync(directory, { recursive: true });
  // One fills while one is written out.
  return openRocksdbStore({ directory, ...(memtables !== undefined && { writeBufferBytes: memtables >> 1 }) });
}
