// Runs guarded statements on a server that looks up documents by an id alone and reads the whole collection for any
// other filter (FerretDB): positions are read first and compared here, and statements then name the id alone. What
// MongoDB does in one step is two here, so it promises less: two writers at the same moment may leave the older write.
import { type BulkTarget, contended, guardsOnly, type StoredGuard, stillDue, wrote } from './guarded-bulk.ts';
import { firstForm, type GuardedWrite, type Statement } from './write-operations.ts';

/** What is used of a collection beside what guarded statements use. */
export interface ScanningTarget extends Pick<BulkTarget, 'bulkWrite'> {
  find(
    filter: { readonly _id: { readonly $gte: string; readonly $lte: string } },
    options: typeof guardsOnly & { readonly batchSize: number },
  ): { toArray(): Promise<StoredGuard[]> };
  findOne(filter: { readonly _id: string }, options: typeof guardsOnly): Promise<StoredGuard | null>;
}

const commandSize = 1_000;
const scanBatch = 10_000;
/** For more documents one look at all is quicker than a look at each. */
const scanAbove = 20;
/** What was read longer ago is read again: below any session time-out, so a worker that was replaced looks again. */
const freshMs = 5_000;
const tries = 3;

/** Writes one command after the other, for scans side by side only slow each other down. */
export class ScanningWriter {
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws DOCUMENTS_UNAVAILABLE if another writer is always faster, or the server too slow; the driver's errors */
  async write(target: ScanningTarget, writes: readonly GuardedWrite[]): Promise<void> {
    for (let from = 0; from < writes.length; from += commandSize) {
      const command = writes.slice(from, from + commandSize);
      const turn = this.#turn.then(() => writeCommand(target, command));
      this.#turn = turn.catch(() => {});
      await turn;
    }
  }
}

async function writeCommand(target: ScanningTarget, writes: readonly GuardedWrite[]): Promise<void> {
  for (let tried = 0; tried < tries; tried++) {
    const readAt = performance.now();
    const found = await look(target, writes);
    const exist = new Set(found.map(({ _id }) => _id));
    const operations = stillDue(writes, found).map((write) => (exist.has(write.id) ? byId(write) : insertion(write)));
    if (operations.length === 0) return;
    if (performance.now() - readAt < freshMs && (await wrote(target, operations))) return;
  }
  throw contended();
}

async function look(target: ScanningTarget, writes: readonly GuardedWrite[]): Promise<StoredGuard[]> {
  if (writes.length > scanAbove) return await scan(target, writes);
  const found = await Promise.all(writes.map(({ id }) => target.findOne({ _id: id }, guardsOnly)));
  return found.filter((document) => document !== null);
}

/** By a stretch of ids: a list of many is compared with every document, id by id. */
async function scan(target: ScanningTarget, writes: readonly GuardedWrite[]): Promise<StoredGuard[]> {
  const ids = writes.map(({ id }) => Buffer.from(id)).sort(Buffer.compare);
  const filter = { _id: { $gte: String(ids[0]), $lte: String(ids.at(-1)) } };
  return await target.find(filter, { ...guardsOnly, batchSize: scanBatch }).toArray();
}

function byId({ id: _id, operation }: GuardedWrite): Statement {
  const filter = { _id };
  return 'updateOne' in operation
    ? { updateOne: { ...operation.updateOne, filter } }
    : { replaceOne: { ...operation.replaceOne, filter } };
}

/** No look at all, unlike an upsert. */
function insertion(write: GuardedWrite): Statement {
  return { insertOne: { document: firstForm(write) } };
}
