// What SQLite's errors mean to us: wait and try again, or stop. A statement of ours that is wrong stays as it is.
import { reasonOf, StockstreamError } from '../../../base/errors.ts';

// Primary result codes, from sqlite3.h: busy, locked, full; then read-only, I/O, corrupt, can't open, not a database.
const busy = 5;
const passing = new Set([busy, 6, 13]);
const lasting = new Set([8, 10, 11, 14, 26]);

/** `action` completes "could not be ...". */
export function searchFailure(file: string, action: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const reason = reasonOf(error);
  // From making the folder.
  if ('syscall' in error) return new StockstreamError('SEARCH_STORAGE_FAILED', { file, action, reason }, error);
  // The low byte is the primary code; the rest tells the case.
  const result = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
  if (result === undefined) return error;
  if (result === busy && action === 'opened') {
    return new StockstreamError('SEARCH_STORAGE_FAILED', { file, action, reason: 'another process has it' }, error);
  }
  if (passing.has(result)) return new StockstreamError('SEARCH_UNAVAILABLE', { reason }, error);
  if (!lasting.has(result)) return error;
  return new StockstreamError('SEARCH_STORAGE_FAILED', { file, action, reason }, error);
}
