// Who looks around: a customer, or a visit of somebody who isn't logged in. The shop's pages name a visit as they like, so
// its name is told apart from customers'.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';

const visitHeader = 'visit-id';
const visitPattern = /^[\w.-]{1,64}$/;

/** Undefined for somebody who is neither logged in nor on a visit with a name. */
export function shopperOf({ principal, headers }: FastifyRequest): string | undefined {
  if (principal) return principal.userId;
  const visit = headers[visitHeader];
  return typeof visit === 'string' && visitPattern.test(visit) ? `visit:${visit}` : undefined;
}

export const visitHeaderShape = {
  [visitHeader]: Type.Optional(
    Type.String({
      maxLength: 64,
      pattern: '^[A-Za-z0-9_.-]+$',
      description: 'Tells apart those who are not logged in: made up by the page, the same for all of a visit.',
      examples: ['c2b8f5e0-6a51-4c8e-9f0e-3a7d1c9b2e44'],
    }),
  ),
};
