// Registering, and one's own account. Shoppers register themselves; sellers and operators are made by an operator.
import { Type } from 'typebox';
import { type Accounts, normalEmail } from '../accounts.ts';
import { type Principal, principalOf } from '../auth.ts';
import { derivedId } from '../derived-id.ts';
import { idempotencyKeyOf } from '../idempotency/answer-once.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { Account, AccountPatch, OwnAccount, Registration } from '../shapes/accounts.ts';
import { described, idempotencyHeader } from '../shapes/common.ts';

const everybody = ['shopper', 'seller', 'operator'] as const;

export function userRoutes(app: App, gateway: Gateway, accounts: Accounts): void {
  register(app, gateway, accounts);
  ownAccount(app, gateway, accounts);
}

function register(app: App, { once, random, settings }: Gateway, accounts: Accounts): void {
  const max = settings.registrationsPerMinute;
  app.post(
    '/v1/users',
    {
      ...config('optional', ['EMAIL_TAKEN', 'UNAUTHENTICATED', 'FORBIDDEN'], {
        rateLimit: { max, timeWindow: 60_000, keyGenerator: ({ ip }) => ip },
      }),
      schema: {
        ...about(
          'Accounts',
          'Register',
          'Makes a shopper. With the token of an operator also a seller or an operator.',
        ),
        headers: Type.Object(idempotencyHeader),
        body: Registration,
        response: {
          201: described(Account, 'Registered.'),
          202: described(Account, 'The registration is safe; whether the address was free shows when logging in.'),
        },
      },
    },
    async (request, reply) => {
      const { password, role = 'shopper' } = request.body;
      const email = normalEmail(request.body.email);
      const name = request.body.name ?? email.slice(0, email.indexOf('@'));
      if (role !== 'shopper') requireOperator(request.principal);
      requireLength(password, settings.shortestPassword);
      const scope = `registration:${email}`;
      return once.send({ request, reply, scope }, async () => {
        const key = idempotencyKeyOf(request, false);
        // The same for a retry, so that it finds its own registration.
        const userId = key === undefined ? random.uuid() : derivedId(scope, key);
        const isDone = await accounts.register({ userId, email, password, name, role });
        return { status: isDone ? 201 : 202, body: { userId, email, name, role } };
      });
    },
  );
}

function ownAccount(app: App, { once }: Gateway, accounts: Accounts): void {
  app.get(
    '/v1/users/me',
    {
      ...config(everybody, ['USER_NOT_FOUND']),
      schema: { ...about('Accounts', 'Read your account'), response: { 200: described(OwnAccount, 'The account.') } },
    },
    async (request) => accounts.own(principalOf(request).userId),
  );

  app.patch(
    '/v1/users/me',
    {
      ...config(everybody, ['USER_NOT_FOUND']),
      schema: {
        ...about('Accounts', 'Change your account', 'Which mails come.'),
        headers: Type.Object(idempotencyHeader),
        body: AccountPatch,
        response: {
          200: described(OwnAccount, 'Changed.'),
          202: described(OwnAccount, 'The change is safe, and shows in a moment.'),
        },
      },
    },
    async (request, reply) => {
      const { userId } = principalOf(request);
      return once.send({ request, reply, scope: userId }, async () => {
        const { account, isShown } = await accounts.choose(userId, request.body.notifications);
        return { status: isShown ? 200 : 202, body: account };
      });
    },
  );
}

function requireOperator(principal: Principal | undefined): void {
  if (!principal) throw new Refusal('UNAUTHENTICATED');
  if (principal.role !== 'operator') throw new Refusal('FORBIDDEN', { details: { roles: 'operator' } });
}

function requireLength(password: string, shortest: number): void {
  if (password.length >= shortest) return;
  const message = `must have ${shortest} characters or more`;
  const faults = [{ path: '/password', message }];
  throw new Refusal('REQUEST_INVALID', { details: { problems: `/password ${message}` }, faults });
}
