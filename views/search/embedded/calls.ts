// The messages between the adapter and its thread: a call has a number, its answer the same one. Listings cross as
// JSON, as they are kept: made once, and read only where somebody looks at them.
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { type ErrorDetails, isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { SearchHit, SearchPage } from '../search.ts';
import type { Engine } from './engine.ts';

export interface EncodedWrite {
  readonly id: string;
  readonly position: number;
  /** The listing in JSON; undefined to remove it. */
  readonly content?: string | undefined;
}

export interface EncodedPage extends Omit<SearchPage, 'hits'> {
  readonly hits: readonly { readonly content: string; readonly highlights: SearchHit['highlights'] }[];
}

/** What can be asked of the thread. */
export type Method =
  | 'applyInSteps'
  | 'search'
  | 'suggest'
  | 'getMany'
  | 'scan'
  | 'count'
  | 'size'
  | 'flush'
  | 'refresh'
  | 'clear'
  | 'ping'
  | 'close';

export interface Call<M extends Method = Method> {
  readonly id: number;
  readonly method: M;
  readonly args: Parameters<Engine[M]>;
}

export type Answer<M extends Method> = Awaited<ReturnType<Engine[M]>>;

export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };

/** The calls that nobody made: that the file is open, and that it is read. Both are answered. */
export const opening = { open: 0, load: 1 } as const;

/** An error as it crosses: classes don't. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of the catalogue's errors. */
  readonly code: ErrorCode | undefined;
  readonly details: ErrorDetails;
}

export function failureOf(error: unknown): Failure {
  const stack = error instanceof Error ? error.stack : undefined;
  if (!isStockstreamError(error)) return { message: reasonOf(error), stack, code: undefined, details: {} };
  return { message: error.message, stack, code: error.code, details: error.details };
}

export function errorOf({ message, stack, code, details }: Failure): Error {
  const error = code === undefined ? new Error(message) : new StockstreamError(code, details);
  return Object.assign(error, stack !== undefined && { stack });
}
