// How an index comes to be and goes. Each has an alias of its own through which it is written: a write through an alias
// that is gone fails, whereas one to an index that is gone would silently make another.
import type { Client } from '@elastic/elasticsearch';
import type { Logger } from '../../../base/logger.ts';
import { patience } from './client.ts';
import { isOfType } from './failures.ts';
import { formOf, type IndexShape, indexSettings, mappings } from './index-form.ts';

export interface IndexOptions extends Partial<IndexShape> {
  readonly index: string;
  /** Told of an index that another version made. */
  readonly logger: Logger;
}

/** A category's two shard keys lead to two of these at most, so most of the index isn't looked at. */
const usualShards = 6;
/** What was written shows within half a second, with the time that showing it takes. */
const usualRefreshMs = 150;

export function shapeOf({
  shards = usualShards,
  replicas,
  refreshMs = usualRefreshMs,
}: Partial<IndexShape>): IndexShape {
  return { shards, replicas, refreshMs };
}

const slowly = { requestTimeout: patience.admin };

export function writeAlias(index: string): string {
  return `${index}-writes`;
}

/** Makes the index unless it is there. Several may do so at once. */
export async function ensureIndex(client: Client, index: string, shape: IndexShape, logger: Logger): Promise<void> {
  if (await client.indices.exists({ index })) return await checkForm(client, index, logger);
  try {
    await makeIndex(client, index, shape);
    logger.info({ index, ...shape }, 'the search index was made; it is empty until its view has filled it');
  } catch (error) {
    if (!isOfType(error, 'resource_already_exists_exception')) throw error;
  }
}

/** An index of another form still serves: what it lacks isn't found by. */
async function checkForm(client: Client, index: string, logger: Logger): Promise<void> {
  for (const { mappings: found } of Object.values(await client.indices.getMapping({ index }))) {
    const form: unknown = found._meta?.form;
    if (form === formOf) continue;
    logger.warn({ index, form, expected: formOf }, 'the search index has the form of another version: rebuild it');
  }
}

/** @param aliases beside the one for writing */
async function makeIndex(client: Client, index: string, shape: IndexShape, aliases: readonly string[] = []) {
  const names = [writeAlias(index), ...aliases];
  await client.indices.create(
    {
      index,
      settings: indexSettings(shape),
      mappings: mappings(),
      aliases: Object.fromEntries(names.map((name) => [name, {}])),
    },
    slowly,
  );
}

/** Makes it anew, with the aliases that it had: to delete its documents would leave their versions as guards. */
export async function remakeIndex(client: Client, index: string, shape: IndexShape): Promise<void> {
  const aliases = await aliasesOf(client, index);
  await dropIndex(client, index);
  await makeIndex(client, index, shape, aliases);
}

async function aliasesOf(client: Client, index: string): Promise<string[]> {
  const found = await client.indices.getAlias({ index, ignore_unavailable: true });
  return Object.keys(found[index]?.aliases ?? {}).filter((name) => name !== writeAlias(index));
}

export async function dropIndex(client: Client, index: string): Promise<void> {
  await client.indices.delete({ index, ignore_unavailable: true }, slowly);
}
