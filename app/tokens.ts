// Tokens that this process signs for itself: for the simulated shoppers and for its own operator tools.
import fastify from 'fastify';
import { type Principal, useAuth } from '../gateway/auth.ts';
import { clock } from './wire.ts';

const lifetimeMs = 24 * 3_600_000;

/** Gives a function that issues a bearer token for whoever is named. */
export async function tokenIssuer(secret: string): Promise<(principal: Principal) => string> {
  const { issue } = await useAuth(fastify(), { secret, lifetimeMs, clock });
  return (principal) => issue(principal).token;
}
