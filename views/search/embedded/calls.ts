// The messages between the adapter and its thread: a call has a number, its answer the same one. Listings cross as
// JSON, as they are kept: made once, and read only where somebody looks at them.
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { type ErrorDetails, isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { SearchHit, SearchPage, SearchQuery, Suggestions, SuggestQuery } from '../search.ts';

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
export type Request =
  | { readonly method: 'apply'; readonly writes: readonly EncodedWrite[] }
  | { readonly method: 'search'; readonly query: SearchQuery }
  | { readonly method: 'suggest'; readonly query: SuggestQuery }
  | { readonly method: 'getMany'; readonly ids: readonly string[] }
  | { readonly method: 'scan'; readonly after: string | undefined; readonly limit: number }
  | { readonly method: 'count' | 'size' | 'flush' | 'refresh' | 'clear' | 'ping' | 'close' };

/** What it answers. */
export interface Answers {
  readonly apply: undefined;
  readonly search: EncodedPage;
  readonly suggest: Suggestions;
  /** Listings in JSON, these and those of `scan`. */
  readonly getMany: readonly (string | undefined)[];
  readonly scan: readonly string[];
  readonly count: number;
  readonly size: number;
  readonly flush: undefined;
  readonly refresh: undefined;
  readonly clear: undefined;
  readonly ping: undefined;
  readonly close: undefined;
}

export interface Call {
  readonly id: number;
  readonly request: Request;
}

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
