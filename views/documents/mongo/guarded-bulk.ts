// Runs guarded statements until each has had its effect or is known to be needed no more. A duplicate key means that
// the document is there and is newer, or that another writer made it that very moment; so the documents are looked at.
// A server may also stop a bulk at its first error, unordered or not (FerretDB does): looking at them covers that.
import type { AnyBulkWriteOperation } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
import { StockstreamError } from '../../../base/errors.ts';
import type { StoredForm } from './stored-form.ts';
import type { GuardedWrite, Statement } from './write-operations.ts';

/** What a document says of who may write it. */
export type StoredGuard = Pick<StoredForm, '_id' | '_position' | '_deleted'>;

const projection = { _position: 1, _deleted: 1 } as const;
export const guardsOnly = { projection } as const;

/** What is used of a collection. */
export interface BulkTarget {
  bulkWrite(
    operations: readonly AnyBulkWriteOperation<StoredForm>[],
    options: { readonly ordered: false },
  ): Promise<unknown>;
  find(
    filter: { readonly _id: { readonly $in: readonly string[] } },
    options: { readonly projection: typeof projection; readonly batchSize: number },
  ): { toArray(): Promise<StoredGuard[]> };
}

const duplicateKey = 11000;

/** Statements of one command: so many that a round trip doesn't matter, so few that it ends well within its time. */
const commandSize = 100;

/** @throws DOCUMENTS_UNAVAILABLE if another writer is always faster; the driver's errors */
export async function writeGuarded(target: BulkTarget, writes: readonly GuardedWrite[]): Promise<void> {
  for (let from = 0; from < writes.length; from += commandSize) {
    await writeCommand(target, writes.slice(from, from + commandSize));
  }
}

/** Every look finds at least one write that is needed no more, unless others write the same documents. */
async function writeCommand(target: BulkTarget, writes: readonly GuardedWrite[]): Promise<void> {
  let pending = writes;
  for (let vain = 0; vain < 3; ) {
    const operations = pending.map(({ operation }) => operation);
    if (operations.length === 0 || (await wrote(target, operations))) return;
    const due = stillDue(pending, await findGuards(target, pending));
    vain = due.length < pending.length ? 0 : vain + 1;
    pending = due;
  }
  throw contended();
}

export function contended(): StockstreamError {
  return new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason: 'another writer holds the same documents' });
}

/** False if some documents were there already. */
export async function wrote(target: Pick<BulkTarget, 'bulkWrite'>, statements: readonly Statement[]): Promise<boolean> {
  try {
    // The driver's type knows no statement whose field names aren't known beforehand.
    await target.bulkWrite(statements as AnyBulkWriteOperation<StoredForm>[], { ordered: false });
    return true;
  } catch (error) {
    if (isOnlyDuplicates(error)) return false;
    throw error;
  }
}

function isOnlyDuplicates(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError)) return false;
  // None, if what was written wasn't acknowledged by a majority: it may be lost again, so that isn't enough.
  const errors = [error.writeErrors].flat();
  return errors.length > 0 && errors.every(({ code }) => code === duplicateKey);
}

function findGuards(target: BulkTarget, writes: readonly GuardedWrite[]): Promise<StoredGuard[]> {
  const filter = { _id: { $in: writes.map(({ id }) => id) } };
  return target.find(filter, { ...guardsOnly, batchSize: writes.length + 1 }).toArray();
}

/** The writes that the documents, as they were found, still lack. */
export function stillDue(writes: readonly GuardedWrite[], found: readonly StoredGuard[]): readonly GuardedWrite[] {
  const stored = new Map(found.map((document) => [document._id, document]));
  return writes.filter(({ id, position, isInsert }) => {
    const document = stored.get(id);
    if (document === undefined) return true;
    return document._position < position && !(isInsert && document._deleted === undefined);
  });
}
