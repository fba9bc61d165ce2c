// The link in mails that a person may do without. Opening it asks, for mail programs open links by themselves; only the
// POST, by the page's button or by the mail program's own one (RFC 8058), takes effect. No login is needed.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Accounts } from '../accounts.ts';
import { type App, about, config } from '../route.ts';
import { described, strict } from '../shapes/common.ts';
import type { UnsubscribeTokens } from '../unsubscribe-tokens.ts';

const path = '/v1/users/unsubscribe';
/** All that a form of one field needs. */
const bodyLimit = 4_096;

const querystring = strict({ token: Type.String({ maxLength: 1_000, description: 'From the link.' }) });
const Choice = Type.Object({ orderMails: Type.Boolean() });

/** @param scope for these routes alone, for they take forms */
export function unsubscribeRoutes(scope: FastifyInstance, accounts: Accounts, tokens: UnsubscribeTokens): void {
  // What a form says isn't looked at: the token says it all.
  const types = ['application/x-www-form-urlencoded', 'multipart/form-data'];
  scope.addContentTypeParser(types, { parseAs: 'string', bodyLimit }, (_request, _body, done) => done(null, undefined));
  const app: App = scope;

  app.get(
    path,
    {
      ...config('public', ['UNSUBSCRIBE_LINK_INVALID'], { produces: { 200: ['text/html'] } }),
      schema: {
        ...about('Mails', 'Ask about an end of order mails', 'A page with a button; it changes nothing by itself.'),
        querystring,
        response: { 200: Type.String({ description: 'The page.' }) },
      },
    },
    async (request, reply) => {
      tokens.userIn(request.query.token);
      const question = 'Do you want no more mails about deliveries and sales?';
      return page(reply, `${question} Mails about payments, cancellations and refunds will still come.`, true);
    },
  );

  app.post(
    path,
    {
      ...config('public', ['UNSUBSCRIBE_LINK_INVALID', 'USER_NOT_FOUND'], {
        produces: { 200: ['application/json', 'text/html'] },
      }),
      schema: {
        ...about('Mails', 'End order mails', 'Of the user in the token. PATCH /v1/users/me lets them come again.'),
        querystring,
        response: { 200: described(Choice, 'No more such mails.') },
      },
    },
    async (request, reply) => {
      await accounts.choose(tokens.userIn(request.query.token), { orderMails: false });
      if (!String(request.headers.accept).includes('text/html')) return { orderMails: false };
      return page(reply, 'You get no more mails about deliveries and sales.', false);
    },
  );
}

function page(reply: FastifyReply, text: string, asks: boolean): FastifyReply {
  const form = asks ? '<form method="post"><button>No more of them</button></form>' : '';
  const head = '<head><meta charset="utf-8"><title>Order mails</title></head>';
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
  return reply.send(`<!doctype html><html lang="en">${head}<body><p>${text}</p>${form}</body></html>\n`);
}
