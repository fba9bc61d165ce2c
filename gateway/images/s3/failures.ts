// What the errors of S3 mean to us: there is nothing, wait and try again, or stop and say why.
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';

/** The HTTP status of the server's answer; undefined if none came. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** @returns IMAGES_REFUSED for a no that stays, else IMAGES_UNAVAILABLE */
export function imagesFailure(error: unknown): StockstreamError {
  if (isStockstreamError(error)) return error;
  const status = statusOf(error);
  const { name = 'Error' } = (error ?? {}) as { name?: string };
  // Answers to HEAD have no words but the status.
  const words = [name === 'Error' ? '' : name, reasonOf(error), status === undefined ? '' : `status ${status}`];
  const reason = [...new Set(words.filter(Boolean))].join(', ').replace(/\.$/, '');
  const stays = status !== undefined && status < 500 && status !== 408 && status !== 429;
  return new StockstreamError(stays ? 'IMAGES_REFUSED' : 'IMAGES_UNAVAILABLE', { reason }, error);
}
