// The effect that makes mails of notifications, with what it asks of the views and the links that it puts into mails.
import type { Mail } from '../effects/mail/mail.ts';
import { type Recipient, sendMails } from '../effects/mail/notify.ts';
import type { Topics } from '../schemas/topics.ts';
import type { Notification } from '../schemas/types.generated.ts';
import type { Effect } from '../streams/api.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { Config } from './config-schema.ts';
import { tokenSecret } from './secret.ts';
import { unsubscribeIssuer } from './tokens.ts';
import { senderOf } from './wire/effects.ts';
import { clock } from './wire/places.ts';

export interface MailsParts {
  readonly config: Config;
  readonly topics: Topics;
  readonly documents: Documents;
  readonly mail: Mail;
}

export async function mailsOf({ config, topics, documents, mail }: MailsParts): Promise<Effect<Notification>> {
  const issue = await unsubscribeIssuer(tokenSecret(config));
  const base = (config.publicUrl ?? `http://${config.host}:${config.port}`).replace(/\/$/, '');
  return sendMails({
    mail,
    topics,
    clock,
    domain: /@([^>]+)/.exec(senderOf(config))?.[1] ?? 'localhost',
    recipientOf: (userId) => recipientOf(documents, userId),
    isTold: async (id) => (await documents.get(collections.outbox.name, id)) !== undefined,
    unsubscribeUrlOf: (userId) => `${base}/v1/users/unsubscribe?token=${issue(userId)}`,
  });
}

async function recipientOf(documents: Documents, userId: string): Promise<Recipient | undefined> {
  const sort = { field: 'userId', direction: 'asc' } as const;
  const { documents: found } = await documents.find(collections.users.name, { where: { userId }, sort, limit: 1 });
  if (!found[0]) return undefined;
  const { email, name, orderMails } = found[0].fields;
  return { email: String(email), name: String(name), wantsOrderMails: orderMails !== false };
}
