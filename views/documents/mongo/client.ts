// How we connect: what makes reads and writes safe is ours to say, time-outs and pools are the URL's if it names them.
// - Writes are acknowledged by a majority: a view's offsets are committed after its writes, so none may be lost again.
// - Reads ask the primary for what a majority has: what a view has taken is there, and stays. Not the nearest server's.
// - A server that is away shows within seconds; the client keeps looking for it by itself.
import { type Db, type DbOptions, MongoClient, type MongoClientOptions, ReadConcern } from 'mongodb';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';

const safety = {
  writeConcern: { w: 'majority', wtimeoutMS: 10_000 },
  readConcern: new ReadConcern('majority'),
  readPreference: 'primary',
} satisfies DbOptions;

/** Milliseconds. A socket is given up when a command has no answer for so long: the server or the network hangs. */
const defaults = {
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 30_000,
  waitQueueTimeoutMS: 10_000,
  appName: 'stockstream',
} as const satisfies MongoClientOptions;

/** Without a path in the URL; the driver's own default is `test`. */
const defaultDatabase = 'stockstream';

/**
 * Doesn't connect yet. `isPatient` is for commands that take as long as there are documents.
 * @throws DOCUMENTS_REFUSED if the URL makes no sense; its password is not told
 */
export function makeClient(url: string, { isPatient = false } = {}): MongoClient {
  const options = Object.entries(defaults).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(url));
  try {
    return new MongoClient(url, { ...Object.fromEntries(options), ...(isPatient && { socketTimeoutMS: 0 }) });
  } catch (error) {
    throw new StockstreamError('DOCUMENTS_REFUSED', { reason: withoutCredentials(reasonOf(error)) });
  }
}

/** The database that the URL names, with `suffix` behind its name. */
export function databaseOf(client: MongoClient, url: string, suffix = ''): Db {
  const [, name = ''] = /^[^/]*\/\/[^/?]*\/([^?]*)/.exec(url) ?? [];
  return client.db(`${name === '' ? defaultDatabase : decodeURIComponent(name)}${suffix}`, safety);
}

function withoutCredentials(text: string): string {
  return text.replace(/\/\/\S*@/g, '//(hidden)@').replace(/(Username contains unescaped characters).*/, '$1');
}
