// What MongoDB's errors mean to us: wait and try again, or stop and say why. A fault of ours in using the driver stays
// as it is. Errors of bulk writes aren't passed on as causes: they carry the documents.
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
} from 'mongodb';
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';

const passing = [
  MongoNetworkError,
  MongoSystemError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoServerClosedError,
];
/** Of errors that the driver doesn't export. */
const passingNames = new Set(['MongoWaitQueueTimeoutError', 'MongoPoolClosedError']);

const passingLabels = ['RetryableWriteError', 'RetryableError', 'TransientTransactionError', 'SystemOverloadedError'];

/** Of the server, from its error_codes.yml: it changes its primary, shuts down, is too slow, or its disk is full. */
const passingCodes = new Set<unknown>([
  6, 7, 24, 43, 50, 63, 64, 70, 89, 91, 100, 112, 117, 133, 134, 150, 189, 246, 262, 358, 384, 9001, 10058, 10107,
  11600, 11602, 13388, 13435, 13436, 14031,
]);

/** @returns DOCUMENTS_UNAVAILABLE, DOCUMENTS_REFUSED, or what isn't for us to explain */
export function documentsFailure(thrown: unknown): unknown {
  if (isStockstreamError(thrown)) return thrown;
  const error = thrown instanceof MongoBulkWriteError ? causeOf(thrown) : thrown;
  const cause = error instanceof MongoBulkWriteError ? undefined : error;
  const reason = reasonOf(error);
  if (isPassing(error)) return new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason }, cause);
  if (error instanceof MongoServerError) return new StockstreamError('DOCUMENTS_REFUSED', { reason }, cause);
  return error;
}

function isPassing(error: unknown): boolean {
  // From looking up the names of mongodb+srv://.
  if (error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('query')) return true;
  if (!(error instanceof MongoError)) return false;
  if (passing.some((kind) => error instanceof kind) || passingNames.has(error.name)) return true;
  return passingCodes.has(error.code) || passingLabels.some((label) => error.hasErrorLabel(label));
}

/** A bulk that failed as a whole wraps the error; one that failed in parts is told by the worst of them. */
function causeOf(error: MongoBulkWriteError): unknown {
  const whole: unknown = error.errorResponse;
  if (whole instanceof Error) return whole;
  const parts = [error.writeErrors]
    .flat()
    .map(({ code, errmsg = '' }) => new MongoServerError({ code, message: errmsg }));
  return parts.find((part) => !isPassing(part) && part.code !== 11000) ?? parts.find(isPassing) ?? error;
}
