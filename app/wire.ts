// The only place where adapters are named: which one stands behind each port, as the config says. What speaks to a server
// is loaded when it is asked for: the drivers of all of them would more than double the time to start.
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unreachable } from '../base/assert.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { isStockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import type { S3Place } from '../base/s3-options.ts';
import type { Mail } from '../effects/mail/mail.ts';
import { openOutboxMail } from '../effects/mail/outbox/outbox-mail.ts';
import { openSmtpMail } from '../effects/mail/smtp/smtp-mail.ts';
import type { Payments, PaymentWebhook, TellPayment } from '../effects/payments/payments.ts';
import { ratesIn } from '../effects/payments/simulator/behaviours.ts';
import { openSimulatedPayments } from '../effects/payments/simulator/simulated-payments.ts';
import { simulatedWebhook } from '../effects/payments/simulator/webhook.ts';
import type { Carrier, Tell } from '../effects/shipping/carrier.ts';
import { openSimulatedCarrier } from '../effects/shipping/simulator/simulated-carrier.ts';
import { openWebhookCarrier } from '../effects/shipping/webhook/webhook-carrier.ts';
import type { Idempotency } from '../gateway/idempotency/idempotency.ts';
import { openSqliteIdempotency } from '../gateway/idempotency/sqlite/sqlite-idempotency.ts';
import { openDirectoryImages } from '../gateway/images/directory/directory-images.ts';
import type { Images } from '../gateway/images/images.ts';
import type { FeedOrigin } from '../inbound/feeds/origin.ts';
import { openEmbeddedLog } from '../log/embedded/embedded-log.ts';
import type { KafkaLogOptions, Sasl, Tls } from '../log/kafka/options.ts';
import type { Log } from '../log/log.ts';
import { confluentRegistry } from '../schemas/confluent/confluent-registry.ts';
import { useRegistry } from '../schemas/registry.ts';
import { idempotencyWindowMs } from '../schemas/stores.ts';
import type { Feed } from '../schemas/types.generated.ts';
import { openRocksdbStore } from '../state/rocksdb/rocksdb-store.ts';
import type { Store } from '../state/store.ts';
import type { Archive } from '../views/archive/archive.ts';
import { openSqliteArchive } from '../views/archive/sqlite/sqlite-archive.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import { openSqliteDocuments } from '../views/documents/sqlite/sqlite-documents.ts';
import type { ExpiryRecords } from '../views/expiry/expiry-records.ts';
import { memoryExpiryRecords } from '../views/expiry/memory/memory-expiry-records.ts';
import { firstGeneration, generationSuffix } from '../views/generations.ts';
import type { Ranks } from '../views/ranks/ranks.ts';
import { openEmbeddedSearch } from '../views/search/embedded/embedded-search.ts';
import type { Search } from '../views/search/search.ts';
import type { Config } from './config-schema.ts';
import { withSecrets } from './feed-secrets.ts';
import { openFollowedRanks } from './followed-ranks.ts';
import { openProducts } from './open-products.ts';
import { openedLate } from './opened-late.ts';
import { keptSecret } from './secret.ts';
import { LoggedViewGenerations, type ViewGenerationsParts } from './view-generations.ts';
import { type ViewSet, ViewSets } from './view-sets.ts';

export const clock: Clock = systemClock;

/** Where this process keeps what it keeps. */
function directories({ data, simulatorData = data }: Config) {
  return {
    log: join(data, 'log'),
    state: (thread: number) => join(data, 'state', String(thread)),
    views: (generation: string) => join(data, `views${suffixOf(generation, '-')}.sqlite`),
    search: (generation: string) => join(data, `search${suffixOf(generation, '-')}.sqlite`),
    answers: join(data, 'answers.sqlite'),
    archive: join(data, 'archive.sqlite'),
    images: join(data, 'images'),
    feeds: join(data, 'feeds'),
    downloads: join(data, 'downloads'),
    carrier: join(simulatorData, 'carrier.sqlite'),
    outbox: join(data, 'outbox'),
    payments: join(simulatorData, 'payments.sqlite'),
  };
}

/** Makes this thread's serdes use the registry's ids, if there is one. @throws REGISTRY_*, SCHEMA_INCOMPATIBLE */
export async function useSchemas({ registry: url }: Config, logger: Logger): Promise<void> {
  if (url !== undefined) await useRegistry(confluentRegistry({ url, clock, logger }));
}

/** @throws LOG_* */
export async function openLog(config: Config, logger: Logger): Promise<Log> {
  if (config.log === 'kafka') {
    const { openKafkaLog } = await import('../log/kafka/kafka-log.ts');
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
  try {
    return await openStoreIn(directory);
  } catch (error) {
    if (!isStockstreamError(error, 'STATE_STORE_DAMAGED')) throw error;
    const aside = `${directory}-damaged-${clock.now()}`;
    logger.error({ err: error, aside }, 'the state is damaged: it is set aside and read again from the changelog');
    renameSync(directory, aside);
    return await openStoreIn(directory);
  }
}

export function openStoreIn(directory: string): Promise<Store> {
  mkdirSync(directory, { recursive: true });
  return openRocksdbStore({ directory });
}

/** The views as the log's topic of generations says. @throws DOCUMENTS_* */
export function openViewSets(config: Config, log: Log, logger: Logger): Promise<ViewSets> {
  return ViewSets.open({
    log,
    clock,
    logger,
    openSet: (generation) => openViewSet(config, { log, generation, logger }),
  });
}

export function openViewGenerations({ config, ...parts }: OpenGenerationsParts): LoggedViewGenerations {
  return new LoggedViewGenerations({ ...parts, clock, appId: config.appId, openArchive: () => openArchive(config) });
}

type OpenGenerationsParts = { readonly config: Config } & Omit<ViewGenerationsParts, 'clock' | 'appId' | 'openArchive'>;

async function openViewSet(
  config: Config,
  { log, generation, logger }: { readonly log: Log; readonly generation: string; readonly logger: Logger },
): Promise<ViewSet> {
  const documents = await openDocuments(config, logger, generation);
  const search = openSearch(config, logger, generation);
  const ranksFollow = config.cache !== 'redis';
  const openRanks = ranksFollow
    ? () => openFollowedRanks({ log, clock, logger })
    : () => openSharedRanks(config, logger, generation);
  const ranks = openedLate(openRanks);
  const {
    products,
    cache,
    close: closeProducts,
  } = openProducts(config, { documents, set: suffixOf(generation, '-'), logger });
  const close = () => Promise.all([documents.close(), closeProducts(), search?.close(), ranks.close()]);
  const remove = () =>
    Promise.all([documents.remove(), search?.remove(), ...(ranksFollow ? [] : [emptied(openRanks)])]);
  return {
    generation,
    documents,
    products,
    cache,
    search,
    ranks,
    ranksFollow,
    close: async () => void (await close()),
    remove: async () => void (await remove()),
  };
}

/** @throws RANKS_* */
async function openSharedRanks(config: Config, logger: Logger, generation: string): Promise<Ranks> {
  const { redis: url = '', topicPrefix, appId } = config;
  const prefix = `${topicPrefix}${appId}:ranks${suffixOf(generation, '-')}:`;
  const { openRedisRanks } = await import('../views/ranks/redis/redis-ranks.ts');
  return await openRedisRanks({ url, prefix, logger });
}

async function emptied(open: () => Promise<Ranks>): Promise<void> {
  const ranks = await open();
  await ranks.clear().finally(() => ranks.close());
}

/**
 * Orders don't wait for the search, so it is opened with the first call. Undefined for an index of this process that no
 * gateway would read. Calls throw SEARCH_*.
 */
function openSearch(config: Config, logger: Logger, generation = firstGeneration): Search | undefined {
  const { search: engine, elasticsearch: url = '', topicPrefix, appId } = config;
  if (engine === 'embedded') {
    if (config.log !== 'embedded') return undefined;
    return openedLate(() => openEmbeddedSearch({ file: directories(config).search(generation) }));
  }
  const index = `${topicPrefix}${appId}-listings${suffixOf(generation, '-')}`.toLowerCase();
  return openedLate(async () => {
    const { openElasticsearchSearch } = await import('../views/search/elasticsearch/elasticsearch-search.ts');
    return await openElasticsearchSearch({ url, index, clock, logger });
  });
}

/** @throws DOCUMENTS_* */
export async function openDocuments(config: Config, logger: Logger, generation = firstGeneration): Promise<Documents> {
  const documents = await makeDocuments(config, generation, logger);
  await documents.open(Object.values(collections));
  return documents;
}

async function makeDocuments(config: Config, generation: string, logger: Logger): Promise<Documents> {
  if (config.documents === 'sqlite') return openSqliteDocuments({ file: directories(config).views(generation) });
  const { openMongoDocuments } = await import('../views/documents/mongo/mongo-documents.ts');
  return openMongoDocuments({ url: config.mongo!, suffix: suffixOf(generation, '_'), logger });
}

function suffixOf(generation: string, separator: string): string {
  const suffix = generationSuffix(generation);
  return suffix === '' ? '' : `${separator}${suffix}`;
}

/** @throws ARCHIVE_* */
export async function openArchive(config: Config): Promise<Archive> {
  if (config.archive === 'sqlite') return openSqliteArchive({ file: directories(config).archive });
  const { cassandra: contactPoints = [], cassandraDatacenter: datacenter, cassandraKeyspace: keyspace } = config;
  const { cassandraUser: username, cassandraPassword: password, cassandraReplication } = config;
  const replication = Object.fromEntries(
    cassandraReplication.map((copies) => {
      const [name = '', count = '1'] = copies.split(':');
      return [name, Number(count)];
    }),
  );
  const { openCassandraArchive } = await import('../views/archive/cassandra/cassandra-archive.ts');
  return await openCassandraArchive({ contactPoints, datacenter, keyspace, replication, username, password });
}

const expiryInMemory = new WeakMap<Config, ExpiryRecords>();

/** One view fills them, all gateways read them; in memory a process has one for its config. @throws EXPIRY_* */
export async function openExpiryRecords(config: Config, logger: Logger): Promise<ExpiryRecords> {
  if (config.cache !== 'redis') {
    const records = expiryInMemory.get(config) ?? memoryExpiryRecords(clock);
    expiryInMemory.set(config, records);
    return records;
  }
  const prefix = `${config.topicPrefix}${config.appId}:expiry:`;
  const { openRedisExpiryRecords } = await import('../views/expiry/redis/redis-expiry-records.ts');
  return await openRedisExpiryRecords({ url: config.redis!, prefix, clock, logger });
}

/** @throws IDEMPOTENCY_* */
export async function openIdempotency(config: Config, logger: Logger): Promise<Idempotency> {
  const options = { random: systemRandom, windowMs: idempotencyWindowMs };
  if (config.cache === 'redis') {
    const prefix = `${config.topicPrefix}${config.appId}:idempotency:`;
    const { openRedisIdempotency } = await import('../gateway/idempotency/redis/redis-idempotency.ts');
    return await openRedisIdempotency({ ...options, url: config.redis!, prefix, logger });
  }
  const isAlone = config.log === 'embedded';
  return openSqliteIdempotency({ ...options, file: directories(config).answers, clock, isAlone });
}

/** @throws IMAGES_* */
export async function openImages(config: Config): Promise<Images> {
  if (config.images === 'directory') return await openDirectoryImages({ directory: directories(config).images });
  const { openS3Images } = await import('../gateway/images/s3/s3-images.ts');
  return await openS3Images(s3PlaceOf(config, 'images'));
}

/** @param kind what is kept there: a folder of the bucket */
function s3PlaceOf(config: Config, kind: string): S3Place {
  const { s3: url, s3Region: region, s3Bucket: bucket = '', s3KeyId: keyId, s3Secret: secret } = config;
  const { s3PathStyle: isPathStyle = url !== undefined } = config;
  return { url, region, bucket, keyId, secret, isPathStyle, prefix: `${config.topicPrefix}${config.appId}/${kind}/` };
}

/** @throws PAYMENTS_STORAGE_FAILED */
export async function openPayments(
  config: Config,
  { tell, logger }: { readonly tell: TellPayment | undefined; readonly logger: Logger },
): Promise<Payments> {
  if (config.payments === 'stripe') {
    const { openStripePayments } = await import('../effects/payments/stripe/stripe-payments.ts');
    return openStripePayments({ key: config.stripeKey!, url: config.stripeUrl });
  }
  return openSimulatedPayments({
    file: directories(config).payments,
    tell,
    clock,
    logger,
    rates: ratesIn(config.simulatedPaymentRates),
    latencyMs: config.simulatedPaymentMs,
  });
}

/** What checks the payment provider's news; undefined if nobody could sign any. */
export async function openPaymentWebhook(config: Config): Promise<PaymentWebhook | undefined> {
  const { payments, paymentWebhookSecret: secret } = config;
  switch (payments) {
    case 'simulator':
      return simulatedWebhook(secret ?? keptSecret(config, 'payment-webhook-secret'));
    case 'stripe': {
      if (secret === undefined) return undefined;
      const { stripeWebhook } = await import('../effects/payments/stripe/webhook.ts');
      return stripeWebhook(secret, clock);
    }
    case 'off':
      return undefined;
    default:
      return unreachable(payments);
  }
}

/** Who sends the mails. */
export function senderOf({ mailFrom = 'Stockstream <orders@localhost>' }: Config): string {
  return mailFrom;
}

/** @throws CONFIG_INVALID, MAIL_UNAVAILABLE if the outbox can't be made */
export async function openMail(config: Config, kind: 'outbox' | 'smtp'): Promise<Mail> {
  const from = senderOf(config);
  if (kind === 'outbox') return await openOutboxMail({ directory: directories(config).outbox, from });
  const { smtp, smtpCa } = config;
  return openSmtpMail({ url: smtp!, from, ...(smtpCa !== undefined && { ca: readFileSync(smtpCa) }) });
}

/** @throws CARRIER_STORAGE_FAILED */
export function openCarrier(
  config: Config,
  kind: 'simulator' | 'webhook',
  { tell, logger }: { readonly tell: Tell; readonly logger: Logger },
): Carrier {
  if (kind === 'webhook') return openWebhookCarrier({ url: config.carrierUrl!, secret: config.carrierSecret!, clock });
  return openSimulatedCarrier({
    file: directories(config).carrier,
    tell,
    clock,
    random: systemRandom,
    logger,
    delays: {
      packed: config.simulatedPackMs,
      inTransit: config.simulatedPickUpMs,
      delivered: config.simulatedDeliveryMs,
      returned: config.simulatedReturnMs,
    },
  });
}

/** Where a feed comes from. @throws FEED_UNREADABLE if its path leads elsewhere */
export async function openFeedOrigin(config: Config, feed: Feed, thread: number): Promise<FeedOrigin> {
  const { feedDirectory, feedSecrets, feedBytes: mostBytes, feedPrivateAddresses } = config;
  const { feeds, downloads } = directories(config);
  const { feedId, origin } = feed;
  if (origin.type === 'DirectoryOrigin') {
    const { DirectoryOrigin } = await import('../inbound/feeds/directory/directory-origin.ts');
    return new DirectoryOrigin({ ...origin, root: feedDirectory ?? feeds, mostBytes, clock });
  }
  const { HttpOrigin } = await import('../inbound/feeds/http/http-origin.ts');
  const { isPublicAddress } = await import('../inbound/feeds/http/addresses.ts');
  return new HttpOrigin({
    url: origin.url,
    headers: () => withSecrets(origin.headers, feedSecrets),
    mayConnect: (address) => feedPrivateAddresses || isPublicAddress(address),
    mostBytes,
    directory: downloads,
    fileName: `${feedId}-${thread}`,
    silenceMs: 60_000,
    timeoutMs: 3_600_000,
  });
}
