// Tokens that this process signs for itself: for the simulated shoppers, its own operator tools, and the links in mails.
import fastify from 'fastify';
import { type Principal, useAuth } from '../gateway/auth.ts';
import { unsubscribeTokens } from '../gateway/unsubscribe-tokens.ts';
import { clock } from './wire/places.ts';

const lifetimeMs = 24 * 3_600_000;

/** Gives a function that issues a bearer token for whoever is named. */
export async function tokenIssuer(secret: string): Promise<(principal: Principal) => string> {
  const { issue } = await useAuth(fastify(), { secret, lifetimeMs, clock });
  return (principal) => issue(principal).token;
}

/** Gives a function that makes what the unsubscribe link of a user carries. */
export async function unsubscribeIssuer(secret: string): Promise<(userId: string) => string> {
  const app = fastify();
  await useAuth(app, { secret, lifetimeMs, clock });
  return unsubscribeTokens(app).issue;
}
