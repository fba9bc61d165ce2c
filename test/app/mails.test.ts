// What mails know of the views: who a user is and wants, what was told already; and links that the gateway takes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fastify from 'fastify';
import { readConfig } from '../../app/config.ts';
import { mailsOf } from '../../app/mails.ts';
import { clock } from '../../app/wire/places.ts';
import type { OutgoingMail } from '../../effects/mail/mail.ts';
import { useAuth } from '../../gateway/auth.ts';
import { unsubscribeTokens } from '../../gateway/unsubscribe-tokens.ts';
import { topics } from '../../schemas/topics.ts';
import type { MailOutcome, Notification, UserEvent } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { projectMails } from '../../views/mails.ts';
import { projectUsers } from '../../views/users.ts';
import { news } from '../effects/mail/news.ts';

const jwtSecret = 'a secret of the tests, long enough';
const documents = openSqliteDocuments({ file: ':memory:' });
before(() => documents.open(Object.values(collections)));
after(() => documents.close());

let offset = 0;
const recordOf = <V>(key: string, value: V) => {
  return { topic: 'topic', partition: 0, offset: offset++, key, value, timestamp: 1, headers: [] };
};
const userEvent = (event: UserEvent['event']) => {
  const value = { userId: 'carl', email: 'carl@home.example', at: 1, event };
  return documents.apply(projectUsers.project(recordOf(value.email, value)));
};

async function given(flags: { [name: string]: string } = {}) {
  const sent: OutgoingMail[] = [];
  const send = async (mail: OutgoingMail) => {
    sent.push(mail);
    return { kind: 'accepted' } as const;
  };
  const config = readConfig({ flags: { jwtSecret, ...flags }, env: {}, parts: ['gateway', 'worker'] });
  const effect = await mailsOf({ config, topics, documents, mail: { send, close: async () => undefined } });
  const perform = async (change: Partial<Notification>) => {
    const value = { ...news, email: '', kind: 'order_delivered', ...change } as const;
    const told = await effect.perform(recordOf('carl', value), new AbortController().signal);
    return told.map((each) => each.value as MailOutcome);
  };
  return { sent, perform };
}

test('a mail goes to the account that the user has, with a link that the gateway takes for theirs', async () => {
  await userEvent({ type: 'UserRegistered', name: 'Carl', passwordHash: '', role: 'shopper' });
  const { sent, perform } = await given({ publicUrl: 'https://shop.example/api/', mailFrom: 'Shop <o@mail.example>' });
  await perform({});
  assert.equal(sent[0]?.to, 'carl@home.example');
  assert.ok(sent[0].text.startsWith('Hello Carl,'));
  assert.match(sent[0].messageId, /@mail\.example$/);
  const link = sent[0].headers['List-Unsubscribe'] ?? '';
  const token = /^<https:\/\/shop\.example\/api\/v1\/users\/unsubscribe\?token=([\w.-]+)>$/.exec(link)?.[1] ?? '';
  const app = fastify();
  await useAuth(app, { secret: jwtSecret, lifetimeMs: 1, clock });
  assert.equal(unsubscribeTokens(app).userIn(token), 'carl');
  await app.close();
});

test('without a sender and a public address it is this machine', async () => {
  const { sent, perform } = await given({ port: '3456' });
  await perform({});
  assert.match(sent[0]?.messageId ?? '', /@localhost$/);
  assert.match(
    sent[0]?.headers['List-Unsubscribe'] ?? '',
    /^<http:\/\/127\.0\.0\.1:3456\/v1\/users\/unsubscribe\?token=/,
  );
});

test('who chose to have none gets none', async () => {
  await userEvent({ type: 'NotificationsChosen', orderMails: false });
  const { sent, perform } = await given();
  const [told] = await perform({});
  assert.deepEqual([told?.outcome.type, sent], ['MailSuppressed', []]);
  await userEvent({ type: 'NotificationsChosen', orderMails: true });
  assert.equal((await perform({}))[0]?.outcome.type, 'MailSent');
});

test('what the outbox has is not sent again; a user whom nobody knows is looked for again', async () => {
  const { sent, perform } = await given();
  const [told] = await perform({});
  await documents.apply(projectMails.project(recordOf('carl', told!)));
  assert.deepEqual([await perform({}), sent.length], [[], 1]);
  await assert.rejects(perform({ userId: 'nobody', notificationId: 'o/1/nobody' }), { code: 'MAIL_ADDRESS_UNKNOWN' });
});
