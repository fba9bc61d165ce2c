// The documents port on MongoDB: one collection each, for any number of workers and gateways. It asks for nothing but
// single statements on single documents, so standalone servers, replica sets and sharded clusters serve alike, and so
// does FerretDB. docs/decisions/0007-mongodb.md says which shard keys to choose and why.
import type { Collection, Db, MongoClient } from 'mongodb';
import { assert } from '../../../base/assert.ts';
import { StockstreamError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { CollectionSpec, Documents, DocumentWrite, FindPage, FindQuery, StoredDocument } from '../documents.ts';
import { checkName } from '../names.ts';
import { databaseOf, makeClient } from './client.ts';
import { documentsFailure } from './failures.ts';
import { findFilters, present } from './find-filters.ts';
import { writeGuarded } from './guarded-bulk.ts';
import { makeIndexes } from './indexes.ts';
import { ScanningWriter } from './scanning-bulk.ts';
import { fromStored, type StoredForm } from './stored-form.ts';
import { wavesOf } from './write-operations.ts';

export interface MongoOptions {
  /** mongodb:// or mongodb+srv://; its path names the database, `stockstream` without one. Never logged. */
  readonly url: string;
  /** Behind the database's name, so that another set lies beside the first one. */
  readonly suffix?: string;
  /** Told of indexes that differ from what is declared. */
  readonly logger: Logger;
  /** How writes are guarded; by default as suits the server. */
  readonly writes?: 'guarded' | 'scanning';
}

const maxPage = 1_000;

/** Connects with the first call. @throws DOCUMENTS_REFUSED if the URL makes no sense */
export function openMongoDocuments(options: MongoOptions): Documents {
  return new MongoDocuments(options);
}

/** Every call also throws DOCUMENTS_REFUSED if the server won't do it: a wrong password, a missing right. */
class MongoDocuments implements Documents {
  readonly #url: string;
  readonly #suffix: string;
  readonly #logger: Logger;
  readonly #client: MongoClient;
  readonly #database: Db;
  readonly #scanningWriter = new ScanningWriter();
  #writes: MongoOptions['writes'];
  #isClosed = false;
  #names: readonly string[] = [];

  constructor({ url, suffix = '', logger, writes }: MongoOptions) {
    this.#url = url;
    this.#suffix = suffix;
    this.#logger = logger;
    this.#writes = writes;
    this.#client = makeClient(url);
    this.#database = databaseOf(this.#client, url, suffix);
  }

  async open(collections: readonly CollectionSpec[]): Promise<void> {
    const { ferretdbVersion } = await this.#attempt(() => this.#database.command({ buildInfo: 1 }));
    this.#names = collections.map(({ name }) => name);
    this.#writes ??= ferretdbVersion === undefined ? 'guarded' : 'scanning';
    await this.#patiently(async (database) => {
      for (const { name, indexes } of collections) {
        await makeIndexes(collectionOf(database, name), indexes, this.#logger);
      }
    });
  }

  async apply(writes: readonly DocumentWrite[]): Promise<void> {
    const groups = [...Map.groupBy(writes, ({ collection }) => collection)];
    const work = groups.map(([name, own]) => ({ collection: this.#collection(name), waves: wavesOf(own) }));
    const scanning = this.#writes === 'scanning';
    await this.#attempt(async () => {
      for (const { collection, waves } of work) {
        for (const wave of waves) {
          await (scanning ? this.#scanningWriter.write(collection, wave) : writeGuarded(collection, wave));
        }
      }
    });
  }

  /** Nothing is left to do: a majority has acknowledged, on its disks, whatever was applied. */
  async flush(): Promise<void> {}

  async get(collection: string, id: string): Promise<StoredDocument | undefined> {
    const documents = this.#collection(collection);
    const found = await this.#attempt(() => documents.findOne({ _id: id }));
    return found === null ? undefined : fromStored(found);
  }

  async getMany(collection: string, ids: readonly string[]): Promise<(StoredDocument | undefined)[]> {
    const documents = this.#collection(collection);
    const found = await this.#attempt(() => documents.find({ _id: { $in: ids } }).toArray());
    const byId = new Map(found.map((stored) => [stored._id, fromStored(stored)]));
    return ids.map((id) => byId.get(id));
  }

  async forget(collection: string, read: readonly Pick<StoredDocument, 'id' | 'position'>[]): Promise<void> {
    if (read.length === 0) return;
    const documents = this.#collection(collection);
    const operations = read.map(({ id: _id, position: _position }) => {
      return { deleteOne: { filter: { _id, _position, ...present } } };
    });
    await this.#attempt(() => documents.bulkWrite(operations, { ordered: false }));
  }

  async find(collection: string, query: FindQuery): Promise<FindPage> {
    const { limit, cursor } = query;
    assert(Number.isInteger(limit) && limit >= 1 && limit <= maxPage, `a page has 1 to ${maxPage} documents`);
    const after = cursor === undefined ? undefined : decodeCursor(collection, query, cursor);
    const source = this.#collection(collection);
    const documents: StoredDocument[] = [];
    // One more than the page, to know whether there is another one.
    for (const { filter, sort } of findFilters(query, after)) {
      const wanted = limit + 1 - documents.length;
      if (wanted === 0) break;
      const options = { sort, limit: wanted, batchSize: wanted };
      const found = await this.#attempt(() => source.find(filter, options).toArray());
      documents.push(...found.flatMap((stored) => fromStored(stored) ?? []));
    }
    if (documents.length <= limit) return { documents };
    documents.pop();
    return { documents, cursor: encodeCursor(collection, query, documents.at(-1)!) };
  }

  async count(collection: string): Promise<number> {
    const documents = this.#collection(collection);
    return this.#attempt(() => documents.countDocuments(present));
  }

  /** Not by dropping it: a sharded collection would lose its shard key. */
  clear(collection: string): Promise<void> {
    return this.#patiently(async (database) => {
      await collectionOf(database, collection).deleteMany({});
    });
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#database.command({ ping: 1 }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.close();
  }

  async remove(): Promise<void> {
    await this.#attempt(async () => {
      for (const name of this.#names) await this.#database.collection(name).drop();
    });
    await this.close();
  }

  #collection(name: string): Collection<StoredForm> {
    return collectionOf(this.#database, name);
  }

  /** For what takes as long as there are documents, over a connection of its own. */
  #patiently(work: (database: Db) => Promise<void>): Promise<void> {
    return this.#attempt(async () => {
      const client = makeClient(this.#url, { isPatient: true });
      try {
        await work(databaseOf(client, this.#url, this.#suffix));
      } finally {
        await client.close();
      }
    });
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    // The driver would open a client again that was closed.
    if (this.#isClosed) throw new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'they were closed' });
    try {
      return await work();
    } catch (error) {
      throw documentsFailure(error);
    }
  }
}

function collectionOf(database: Db, name: string): Collection<StoredForm> {
  checkName(name);
  return database.collection<StoredForm>(name);
}
