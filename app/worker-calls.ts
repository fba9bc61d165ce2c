// The messages between a process and a worker on a thread of its own: a call has a number, its answer the same one.
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
  readonly code: string | undefined;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, code: undefined };
  const { message, stack, code } = error as Error & { code?: string };
  return { message, stack, code };
}

export function errorOf({ message, stack, code }: Failure): Error {
  return Object.assign(new Error(message), { stack, code });
}
