// What Redis' errors mean to us: wait and try again, or stop and say why. None is passed on as a cause, for they carry
// the command with its arguments: passwords, and answers that are one customer's.
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';

/** First words of replies that pass: it loads, fails over, runs a long script, is full or can't save. */
const passing = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
]);

/** Whether the server said no, rather than that it couldn't be asked. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

export function isReplyOf(error: unknown, word: string): boolean {
  return isReply(error) && reasonOf(error).split(' ')[0] === word;
}

/** @returns IDEMPOTENCY_REFUSED for a no that stays, else IDEMPOTENCY_UNAVAILABLE */
export function idempotencyFailure(error: unknown): StockstreamError {
  if (isStockstreamError(error)) return error;
  const reason = reasonOf(error).replace(/\.$/, '');
  const [word = ''] = reason.split(' ');
  const isPassing = !isReply(error) || passing.has(word);
  return new StockstreamError(isPassing ? 'IDEMPOTENCY_UNAVAILABLE' : 'IDEMPOTENCY_REFUSED', { reason });
}
