// Logging in: a password for a token. Tries are limited for each address and account together, so that nobody is locked
// out by another, and guessing is slow.
import type { FastifyRequest } from 'fastify';
import { type Accounts, normalEmail } from '../accounts.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { Credentials, Session } from '../shapes/accounts.ts';

export function sessionRoutes(app: App, { tokens, settings }: Gateway, accounts: Accounts): void {
  const rateLimit = {
    max: settings.loginsPerMinute,
    timeWindow: 60_000,
    hook: 'preHandler',
    keyGenerator: ({ ip, body }: FastifyRequest) => `${ip} ${normalEmail((body as { email: string }).email)}`,
  } as const;
  app.post(
    '/v1/sessions',
    {
      ...config('public', ['LOGIN_REFUSED'], { rateLimit }),
      schema: {
        ...about('Accounts', 'Log in', 'Gives a token that is good until it expires.'),
        body: Credentials,
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      const principal = await accounts.logIn(normalEmail(request.body.email), request.body.password);
      const { token, expiresAt } = tokens.issue(principal);
      reply.header('cache-control', 'no-store');
      return { token, role: principal.role, userId: principal.userId, expiresAt };
    },
  );
}
