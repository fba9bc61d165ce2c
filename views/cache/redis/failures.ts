// What Redis' errors mean to us: go on without and try again, or stop and say why. None is passed on as a cause, for they
// carry the command with its arguments, a password among them.
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';

/** First words of replies that pass: it loads, fails over, runs a long script, is full or can't save. */
const passing = /^(BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|OOM|READONLY|TRYAGAIN)\b/;

/** @returns CACHE_REFUSED for a no that stays, else CACHE_UNAVAILABLE */
export function cacheFailure(error: unknown): StockstreamError {
  if (isStockstreamError(error)) return error;
  const reason = reasonOf(error).replace(/\.$/, '');
  const isReply = error instanceof Error && error.name === 'ReplyError';
  return new StockstreamError(isReply && !passing.test(reason) ? 'CACHE_REFUSED' : 'CACHE_UNAVAILABLE', { reason });
}
