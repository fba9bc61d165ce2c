// What the driver's errors mean to us: wait and try again, or stop and say why. None is passed on as a cause if it may
// carry what was asked: the parameters of a statement are one customer's.
import { errors } from 'cassandra-driver';
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';

/** Of the server, from its protocol: credentials, syntax, rights, invalid, configuration, exists, not prepared. */
const lasting = new Set([0x100, 0x2000, 0x2100, 0x2200, 0x2300, 0x2400]);

/** @returns ARCHIVE_REFUSED for a no that stays, ARCHIVE_UNAVAILABLE for one that passes, or what isn't for us to explain */
export function archiveFailure(error: unknown): unknown {
  if (isStockstreamError(error) || !(error instanceof Error)) return error;
  if (error instanceof errors.NoHostAvailableError) return noHost(error);
  const reason = reasonOf(error).replace(/\.$/, '');
  if (isLasting(error)) return new StockstreamError('ARCHIVE_REFUSED', { reason });
  if (error instanceof errors.ResponseError || isPassing(error)) {
    return new StockstreamError('ARCHIVE_UNAVAILABLE', { reason });
  }
  return error;
}

/** Why the first host can't be used says more than that none can; wrong credentials stay wrong. */
function noHost({ innerErrors, message }: InstanceType<typeof errors.NoHostAvailableError>): StockstreamError {
  const inner = Object.entries((innerErrors ?? {}) as { [host: string]: unknown });
  const refused = inner.some(([, error]) => isLasting(error));
  const reason = inner.map(([host, error]) => `${host}: ${reasonOf(error)}`).join('; ') || message;
  return new StockstreamError(refused ? 'ARCHIVE_REFUSED' : 'ARCHIVE_UNAVAILABLE', {
    reason: reason.replace(/\.$/, ''),
  });
}

function isLasting(error: unknown): boolean {
  if (error instanceof errors.AuthenticationError || error instanceof errors.ArgumentError) return true;
  return error instanceof errors.ResponseError && lasting.has(error.code);
}

function isPassing(error: Error): boolean {
  if (error instanceof errors.OperationTimedOutError || error instanceof errors.BusyConnectionError) return true;
  // Of a socket.
  return 'syscall' in error;
}
