// The messages between a process and a worker on a thread of its own: a call has a number, its answer the same one.
import type { ErrorCode } from '../base/error-catalogue.ts';
import { type ErrorDetails, isStockstreamError, reasonOf, StockstreamError } from '../base/errors.ts';
import type { WorkerHandle } from './worker-handle.ts';

export type WorkerMethod = keyof WorkerHandle;

export interface Call {
  readonly id: number;
  readonly method: WorkerMethod;
  readonly argument: unknown;
}

/** `failure` without an id is the worker's own: it can't go on. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number | undefined; readonly failure: Failure };

/** An error as it crosses: classes don't. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of the catalogue's errors. */
  readonly code: ErrorCode | undefined;
  readonly details: ErrorDetails;
}

export function failureOf(error: unknown): Failure {
  if (isStockstreamError(error)) {
    const { message, stack, code, details } = error;
    return { message, stack, code, details };
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return { message: reasonOf(error), stack, code: undefined, details: {} };
}

export function errorOf({ message, stack, code, details }: Failure): Error {
  const error = code === undefined ? new Error(message) : new StockstreamError(code, details);
  return Object.assign(error, stack !== undefined && { stack });
}
