// What SQLite's errors mean to us: wait and try again, or stop. A statement of ours that is wrong stays as it is.
import { reasonOf, StockstreamError } from '../../../base/errors.ts';

// Primary result codes, from sqlite3.h.
const busy = 5;
const locked = 6;
const full = 13;
const passing = new Set([busy, locked, full]);
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const cannotOpen = 14;
const notADatabase = 26;
const lasting = new Set([readOnly, ioError, corrupt, cannotOpen, notADatabase]);

/** `action` completes "could not be ...". A full disk passes: views pause until there is room. */
export function documentsFailure(file: string, action: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const reason = reasonOf(error);
  if (error.code === 'ERR_INVALID_STATE') return new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason }, error);
  // From making the folder.
  if ('syscall' in error) return new StockstreamError('DOCUMENTS_STORAGE_FAILED', { file, action, reason }, error);
  // The low byte is the primary code; the rest tells the case.
  const result = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
  if (result === undefined) return error;
  if (passing.has(result)) return new StockstreamError('DOCUMENTS_UNAVAILABLE', { reason }, error);
  if (!lasting.has(result)) return error;
  return new StockstreamError('DOCUMENTS_STORAGE_FAILED', { file, action, reason }, error);
}
