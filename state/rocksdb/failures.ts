// What RocksDB's errors mean to us. The binding keeps only a system error name and RocksDB's text, without the class
// of the error, so the text decides; an unknown one counts as damage, since that is restored from the log.
import { reasonOf, StockstreamError } from '../../base/errors.ts';

/** `action` completes "could not be ...": opened, read, written. */
export function stateFailure(directory: string, action: string, error: unknown): StockstreamError {
  // A write's own error says no more than "Batch was not applied".
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = reasonOf(cause);
  const details = { directory, action, reason };
  if (isLocked(reason)) return new StockstreamError('STATE_IN_USE', details, error);
  if (isEnvironment(cause, reason)) return new StockstreamError('STATE_STORAGE_FAILED', details, error);
  return new StockstreamError('STATE_STORE_DAMAGED', details, error);
}

function isLocked(reason: string): boolean {
  return /^(While lock file|lock hold by)/.test(reason);
}

/** The disk is full, a file can't be reached, or Node itself refused: not a matter of the bytes that are stored. */
function isEnvironment(cause: unknown, reason: string): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code !== 'EIO' || /^While /.test(reason);
}
