// The indexes of a collection: made if they are missing, never changed or dropped. An index is named after what it is
// declared as and its fields, so that an older version of the program keeps its own beside a newer one's. What stands
// there and differs from what was declared is reported, with what to do; queries give the same without it, slower.
import { type Collection, type IndexDescriptionInfo, MongoServerError } from 'mongodb';
import type { Logger } from '../../../base/logger.ts';
import type { IndexSpec } from '../documents.ts';
import { checkName } from '../names.ts';
import { pathOf } from './find-filters.ts';
import type { StoredForm } from './stored-form.ts';

interface WantedIndex {
  readonly name: string;
  readonly key: { readonly [path: string]: 1 };
}

/** What an index may carry and still be what we declare. */
const harmless = new Set(['v', 'key', 'name', 'ns', 'background']);
const namespaceNotFound = 26;
/** The database's own, and that of the shard key: ops/mongo/shard.js. */
const ofTheId: ReadonlySet<string> = new Set(['_id_', '_id_hashed']);

/** Resolves when all are there and built, which takes its time in a collection that is full already. */
export async function makeIndexes(
  collection: Collection<StoredForm>,
  specs: readonly IndexSpec[],
  logger: Logger,
): Promise<void> {
  const wanted = specs.map(wantedIndex);
  const existing = await indexesOf(collection);
  const missing = wanted.filter(({ name, key }) => {
    return !existing.some((index) => index.name === name || keyText(index.key) === keyText(key));
  });
  if (missing.length > 0) await collection.createIndexes(missing.map(({ name, key }) => ({ name, key })));
  for (const index of existing) report(collection.collectionName, index, { wanted, logger });
}

function wantedIndex({ name, fields }: IndexSpec): WantedIndex {
  checkName(name);
  const paths = fields.map(pathOf);
  return { name: [name, ...paths].join('_'), key: Object.fromEntries([...paths, '_id'].map((path) => [path, 1])) };
}

async function indexesOf(collection: Collection<StoredForm>): Promise<IndexDescriptionInfo[]> {
  try {
    return await collection.listIndexes().toArray();
  } catch (error) {
    if (error instanceof MongoServerError && error.code === namespaceNotFound) return [];
    throw error;
  }
}

function report(
  collection: string,
  index: IndexDescriptionInfo,
  { wanted, logger }: { wanted: readonly WantedIndex[]; logger: Logger },
): void {
  if (ofTheId.has(index.name ?? '')) return;
  const declared = wanted.find(({ name, key }) => index.name === name || keyText(index.key) === keyText(key));
  if (declared === undefined) {
    logger.info({ collection, index: index.name, key: index.key }, 'an index that this version does not use');
    return;
  }
  const options = Object.keys(index).filter((option) => !harmless.has(option));
  if (keyText(index.key) === keyText(declared.key) && options.length === 0) return;
  const details = { collection, index: index.name, expected: declared.key, found: index.key, options };
  logger.warn(details, 'an index differs from what is declared: drop it, and the next start makes it anew');
}

/** Equal for keys with the same fields in the same order; the order of keys is their meaning. */
function keyText(key: object): string {
  return JSON.stringify(Object.entries(key));
}
