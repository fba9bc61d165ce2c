// Who asks, and what they may: bearer tokens (JWT, HS256) with a user id and a role. Every route says in its config who
// may use it; one hook enforces that. A token is good until it expires: there is no list of withdrawn ones.
import type { IncomingHttpHeaders } from 'node:http';
import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { UserRole } from '../schemas/types.generated.ts';
import { Refusal } from './refusal.ts';

/** Who asks. */
export interface Principal {
  readonly userId: string;
  readonly role: UserRole;
  readonly email: string;
}

/** A principal as its token tells it. */
export interface TokenHolder extends Principal {
  /** When the token ends, in milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Who may use a route: all (a token isn't looked at), all but a token that is sent must be good, or these roles. */
export type Access = 'public' | 'optional' | readonly UserRole[];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    principal: TokenHolder | undefined;
  }
}

export interface AuthOptions {
  readonly secret: string;
  readonly lifetimeMs: number;
  readonly clock: Clock;
}

export interface Tokens {
  issue(principal: Principal): { readonly token: string; readonly expiresAt: number };
}

const roles: ReadonlySet<unknown> = new Set<UserRole>(['shopper', 'seller', 'operator']);
/** Before the token, where it comes as a subprotocol. */
const tokenProtocol = 'bearer.';
/** Tokens that were checked lately; checking one again costs a look-up. */
const cachedTokens = 10_000;

/** Adds the hook to `app` and gives what issues tokens. */
export async function useAuth(app: FastifyInstance, { secret, lifetimeMs, clock }: AuthOptions): Promise<Tokens> {
  // The expiry is checked here, against our own clock.
  const verify = { algorithms: ['HS256' as const], ignoreExpiration: true, cache: cachedTokens };
  await app.register(jwt, { secret, sign: { algorithm: 'HS256' }, verify });
  app.decorateRequest('principal', undefined);
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access ?? 'public';
    if (access === 'public') return;
    const token = bearerToken(request);
    if (token === undefined && access === 'optional') return;
    request.principal = principalIn(verified(app, token), clock.now());
    if (access !== 'optional' && !access.includes(request.principal.role)) {
      throw new Refusal('FORBIDDEN', { details: { roles: access.join(' or ') } });
    }
  });
  return {
    issue({ userId, role, email }) {
      const issuedAt = Math.floor(clock.now() / 1000);
      const expiresAt = issuedAt + Math.floor(lifetimeMs / 1000);
      const token = app.jwt.sign({ sub: userId, role, email, iat: issuedAt, exp: expiresAt });
      return { token, expiresAt: expiresAt * 1000 };
    },
  };
}

/** Of a route that needs a token. */
export function principalOf({ principal }: FastifyRequest): TokenHolder {
  assert(principal, 'the route lets nobody in without a token');
  return principal;
}

function bearerToken({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return tokenOfBrowser(headers);
  const [scheme, token, ...rest] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) throw new Refusal('UNAUTHENTICATED');
  return token;
}

/** A page can't send headers with a WebSocket, but name subprotocols: those stand in no address and no log. */
function tokenOfBrowser({ upgrade, 'sec-websocket-protocol': protocols }: IncomingHttpHeaders): string | undefined {
  if (upgrade?.toLowerCase() !== 'websocket') return undefined;
  const offered = protocols?.split(',').map((protocol) => protocol.trim());
  return offered?.find((protocol) => protocol.startsWith(tokenProtocol))?.slice(tokenProtocol.length);
}

function verified(app: FastifyInstance, token: string | undefined): unknown {
  if (token === undefined) throw new Refusal('UNAUTHENTICATED');
  try {
    return app.jwt.verify(token);
  } catch (cause) {
    throw new Refusal('UNAUTHENTICATED', { cause });
  }
}

function principalIn(payload: unknown, now: number): TokenHolder {
  const { sub, role, email, exp } = (payload ?? {}) as { [claim: string]: unknown };
  const isWhole = typeof sub === 'string' && typeof email === 'string' && roles.has(role) && typeof exp === 'number';
  if (!isWhole || exp * 1000 <= now) throw new Refusal('UNAUTHENTICATED');
  return { userId: sub, role: role as UserRole, email, expiresAt: exp * 1000 };
}
