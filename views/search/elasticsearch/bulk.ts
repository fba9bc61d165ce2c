// Writes as bulk operations. A listing lies in the shard that its routing says, and may have lain in others: there a
// tombstone takes its place. Each operation carries an external version from the record's place in the log, and the
// engine keeps the highest, so operations may come in any order, late, or again:
//
//     put at offset n          2n + 1      the listing wins over the tombstone of the same record, for two routings
//     tombstone at offset n    2n          may lead to one shard
//
// Tombstones are documents, not deletions: of a deletion the engine forgets the version after a minute.
import type { Client } from '@elastic/elasticsearch';
import { type Clock, sleep } from '../../../base/clock.ts';
import { StockstreamError } from '../../../base/errors.ts';
import type { SearchWrite } from '../search.ts';
import { patience } from './client.ts';
import { isPassing, type Refusal, refusalFailure } from './failures.ts';
import { writeAlias } from './indices.ts';
import { liveDocument, tombstone } from './stored-form.ts';

/** One document to write, as two lines of a bulk. */
export interface Operation {
  readonly id: string;
  readonly action: string;
  readonly document: string;
}

/** What the engine holds in memory at a time: a tenth of its heap, shared with everybody else. */
const bulkBytes = 4 << 20;
const bulkOperations = 2_000;
/** What it hasn't room for is sent again so many times, ever later, before the caller hears of it. */
const tries = 4;
const firstRetryMs = 50;

export interface BulkTarget {
  readonly client: Client;
  readonly index: string;
  readonly clock: Clock;
}

/** @throws SEARCH_UNAVAILABLE, SEARCH_REFUSED, the client's errors */
export async function writeBulk(target: BulkTarget, writes: readonly SearchWrite[]): Promise<void> {
  for (const bulk of bulksOf(newest(writes).flatMap(operationsOf))) await writeOne(target, bulk);
}

/** Of one listing's writes the newest is enough, for it names all shards that the others led to. */
function newest(writes: readonly SearchWrite[]): SearchWrite[] {
  const byId = new Map<string, SearchWrite>();
  for (const write of writes) {
    const known = byId.get(write.id);
    if (known === undefined || known.position.offset < write.position.offset) byId.set(write.id, write);
  }
  return [...byId.values()];
}

function operationsOf(write: SearchWrite): Operation[] {
  const { id, position, shard } = write;
  const former = new Set(write.formerShards);
  former.delete(shard);
  const version = 2 * position.offset;
  const current =
    write.kind === 'put'
      ? operation(id, shard, { version: version + 1, document: liveDocument(write.listing) })
      : operation(id, shard, { version, document: tombstone });
  return [current, ...[...former].map((other) => operation(id, other, { version, document: tombstone }))];
}

/**
 * A shard's routing. Its key is encoded, for a search takes several routings with commas between them, and categories
 * have commas, too.
 */
export function routingOf(shard: string): string {
  return encodeURIComponent(shard.toWellFormed());
}

function operation(
  id: string,
  shard: string,
  { version, document }: { readonly version: number; readonly document: string },
): Operation {
  const index = { _id: id, routing: routingOf(shard), version, version_type: 'external' };
  return { id, action: JSON.stringify({ index }), document };
}

function* bulksOf(operations: readonly Operation[]): Generator<Operation[]> {
  let bulk: Operation[] = [];
  let bytes = 0;
  for (const each of operations) {
    const size = Buffer.byteLength(each.document) + each.action.length;
    if (bulk.length > 0 && (bytes + size > bulkBytes || bulk.length === bulkOperations)) {
      yield bulk;
      bulk = [];
      bytes = 0;
    }
    bulk.push(each);
    bytes += size;
  }
  if (bulk.length > 0) yield bulk;
}

async function writeOne(target: BulkTarget, bulk: readonly Operation[]): Promise<void> {
  let left = bulk;
  for (let delay = firstRetryMs, tried = 1; ; delay *= 2, tried++) {
    const { again, why } = await send(target, left);
    if (why === undefined) return;
    if (tried === tries) throw refusalFailure(why);
    await sleep(target.clock, delay);
    left = again;
  }
}

/**
 * Gives what has to be sent again, and why.
 * @throws SEARCH_REFUSED for what would be refused again
 */
async function send(
  { client, index }: BulkTarget,
  bulk: readonly Operation[],
): Promise<{ readonly again: readonly Operation[]; readonly why: Refusal | undefined }> {
  const { errors, items } = await client.bulk(
    {
      index: writeAlias(index),
      // A bulk to an index that is gone would make one, without any of our fields.
      require_alias: true,
      operations: bulk.flatMap(({ action, document }) => [action, document]),
      filter_path: 'errors,items.*.status,items.*.error.type,items.*.error.reason',
    },
    { requestTimeout: patience.bulk },
  );
  if (!errors) return { again: [], why: undefined };
  const again: Operation[] = [];
  let why: Refusal | undefined;
  items.forEach(({ index: item }, place) => {
    const refused = bulk[place];
    if (item?.error === undefined || refused === undefined || item.status === conflict) return;
    const refusal = { status: item.status, type: item.error.type, reason: item.error.reason ?? 'it says no more' };
    if (!isPassing(refusal)) throw refusedListing(refused.id, refusal);
    again.push(refused);
    why = refusal;
  });
  return { again, why };
}

/** It has a version that is as high. */
const conflict = 409;

function refusedListing(id: string, { type, reason }: Refusal): StockstreamError {
  return new StockstreamError('SEARCH_REFUSED', { reason: `listing ${id}: ${reason} (${type})` });
}
