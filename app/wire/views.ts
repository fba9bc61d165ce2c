// What is read from, behind its ports, as the config says: one set a generation.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import type { Log } from '../../log/log.ts';
import type { Archive } from '../../views/archive/archive.ts';
import { openSqliteArchive } from '../../views/archive/sqlite/sqlite-archive.ts';
import { collections } from '../../views/collections.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import type { ExpiryRecords } from '../../views/expiry/expiry-records.ts';
import { memoryExpiryRecords } from '../../views/expiry/memory/memory-expiry-records.ts';
import { firstGeneration } from '../../views/generations.ts';
import type { Ranks } from '../../views/ranks/ranks.ts';
import { openEmbeddedSearch } from '../../views/search/embedded/embedded-search.ts';
import type { Search } from '../../views/search/search.ts';
import type { Config, Part } from '../config-schema.ts';
import { openedLate } from '../opened-late.ts';
import { LoggedViewGenerations, type ViewGenerationsParts } from '../view-generations.ts';
import { type ViewSet, ViewSets } from '../view-sets.ts';
import { clock, directories, suffixOf } from './places.ts';
import { openProducts } from './products.ts';
import { openFollowedRanks } from './ranks.ts';

/** The views as the log's topic of generations says. @throws DOCUMENTS_* */
export function openViewSets(config: Config, log: Log, logger: Logger, forWhom: Part = 'worker'): Promise<ViewSets> {
  return ViewSets.open({
    log,
    clock,
    logger,
    openSet: (generation) => openViewSet(config, { log, generation, logger, forWhom }),
  });
}

export function openViewGenerations({ config, ...parts }: OpenGenerationsParts): LoggedViewGenerations {
  return new LoggedViewGenerations({ ...parts, clock, appId: config.appId, openArchive: () => openArchive(config) });
}

type OpenGenerationsParts = { readonly config: Config } & Omit<ViewGenerationsParts, 'clock' | 'appId' | 'openArchive'>;

interface ViewSetPlace {
  readonly log: Log;
  readonly generation: string;
  readonly logger: Logger;
  readonly forWhom: Part;
}

async function openViewSet(config: Config, { log, generation, logger, forWhom }: ViewSetPlace): Promise<ViewSet> {
  const documents = await openDocuments(config, logger, generation);
  const hasOwnIndex = config.search === 'embedded' && config.log !== 'embedded';
  // Of an index in a file one process can be the owner, and whoever isn't asked needs none.
  const search = hasOwnIndex && forWhom === 'worker' ? undefined : openSearch(config, logger, generation);
  const ownIndex = search && hasOwnIndex ? idOfIndex(directories(config).search(generation)) : undefined;
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
    ownIndex,
    ranks,
    ranksFollow,
    close: async () => void (await close()),
    remove: async () => void (await remove()),
  };
}

/** A lost file gets another name, under which it is filled from the beginning of the log. */
function idOfIndex(file: string): string {
  const idFile = `${file}.id`;
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file) || !existsSync(idFile)) writeFileSync(idFile, systemRandom.uuid().slice(0, 8), { flush: true });
  return readFileSync(idFile, 'utf8');
}

/** @throws RANKS_* */
async function openSharedRanks(config: Config, logger: Logger, generation: string): Promise<Ranks> {
  const { redis: url = '', topicPrefix, appId } = config;
  const prefix = `${topicPrefix}${appId}:ranks${suffixOf(generation, '-')}:`;
  const { openRedisRanks } = await import('../../views/ranks/redis/redis-ranks.ts');
  return await openRedisRanks({ url, prefix, logger });
}

async function emptied(open: () => Promise<Ranks>): Promise<void> {
  const ranks = await open();
  await ranks.clear().finally(() => ranks.close());
}

/** Orders don't wait for the search, so it is opened with the first call. Calls throw SEARCH_*. */
function openSearch(config: Config, logger: Logger, generation = firstGeneration): Search {
  const { search: engine, elasticsearch: url = '', topicPrefix, appId } = config;
  if (engine === 'embedded') {
    const file = directories(config).search(generation);
    return openedLate(() => openEmbeddedSearch({ file }));
  }
  const index = `${topicPrefix}${appId}-listings${suffixOf(generation, '-')}`.toLowerCase();
  return openedLate(async () => {
    const { openElasticsearchSearch } = await import('../../views/search/elasticsearch/elasticsearch-search.ts');
    const { elasticsearchApiKey: apiKey, elasticsearchCa: ca } = config;
    const { elasticsearchShards: shards, elasticsearchReplicas: replicas } = config;
    const connection = { url, apiKey, ...(ca !== undefined && { ca: readFileSync(ca) }) };
    return await openElasticsearchSearch({ ...connection, index, shards, replicas, clock, logger });
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
  const { openMongoDocuments } = await import('../../views/documents/mongo/mongo-documents.ts');
  return openMongoDocuments({ url: config.mongo!, suffix: suffixOf(generation, '_'), logger });
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
  const { openCassandraArchive } = await import('../../views/archive/cassandra/cassandra-archive.ts');
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
  const { openRedisExpiryRecords } = await import('../../views/expiry/redis/redis-expiry-records.ts');
  return await openRedisExpiryRecords({ url: config.redis!, prefix, clock, logger });
}
