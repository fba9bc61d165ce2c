// What every client of S3 makes of its answers: there is nothing, wait and try again, or stop and say why. It knows the
// driver's errors by their form alone, for its adapters don't know each other.
import { isStockstreamError, reasonOf, StockstreamError } from './errors.ts';

/** The HTTP status of the server's answer; undefined if none came. */
function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** Undefined for what isn't there. */
export async function ifFound<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Makes a bucket if there is none. */
export async function makeMissing(look: () => Promise<unknown>, make: () => Promise<unknown>): Promise<void> {
  if ((await ifFound(look())) !== undefined) return;
  await make().catch((refused: unknown) => {
    // Another process was faster.
    if (statusOf(refused) !== 409) throw refused;
  });
}

interface Codes {
  readonly refused: 'IMAGES_REFUSED' | 'CHECKPOINTS_REFUSED';
  readonly unavailable: 'IMAGES_UNAVAILABLE' | 'CHECKPOINTS_UNAVAILABLE';
}

/** `refused` for a no that stays, else `unavailable`. */
export function s3Failure(error: unknown, { refused, unavailable }: Codes): StockstreamError {
  if (isStockstreamError(error)) return error;
  const status = statusOf(error);
  const { name = 'Error' } = (error ?? {}) as { name?: string };
  // Answers to HEAD have no words but the status.
  const words = [name === 'Error' ? '' : name, reasonOf(error), status === undefined ? '' : `status ${status}`];
  const reason = [...new Set(words.filter(Boolean))].join(', ').replace(/\.$/, '');
  const stays = status !== undefined && status < 500 && status !== 408 && status !== 429;
  return new StockstreamError(stays ? refused : unavailable, { reason }, error);
}
