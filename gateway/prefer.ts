// The header `Prefer: wait=N` (RFC 7240): how long the caller wants to wait for an outcome.
import type { FastifyRequest } from 'fastify';

const mostSeconds = 30;

/** Seconds to wait, 30 at most; undefined if the caller doesn't want to, or said nothing that can be read. */
export function waitSecondsOf({ headers }: FastifyRequest): number | undefined {
  const { prefer } = headers;
  const preferences = (Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '')).split(/[,;]/);
  for (const preference of preferences) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*$/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(Number(seconds), mostSeconds) || undefined;
  }
  return undefined;
}

/** The header that says that the preference was honoured. */
export function preferenceApplied(waitSeconds: number | undefined): { readonly [name: string]: string } {
  return waitSeconds === undefined ? {} : { 'preference-applied': `wait=${waitSeconds}` };
}
