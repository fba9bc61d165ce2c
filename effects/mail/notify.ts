// The effect of topic `notifications`: one mail a notification, and one record that says what became of it. A mail whose
// outcome isn't in the log yet when the worker is killed is sent again, with the same Message-ID.
import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { Topics } from '../../schemas/topics.ts';
import type { MailOutcome, Notification } from '../../schemas/types.generated.ts';
import type { Effect, Forwarded } from '../../streams/api.ts';
import type { Mail, OutgoingMail } from './mail.ts';
import { type Known, mayOptOut, templates } from './templates/list.ts';
import { type Rendered, render } from './templates/render.ts';

/** What an account says of mails. */
export interface Recipient {
  readonly email: string;
  /** How to address the person. */
  readonly name: string;
  /** Whether mails come that a person may do without. */
  readonly wantsOrderMails: boolean;
}

export interface NotifyParts {
  readonly mail: Mail;
  readonly topics: Pick<Topics, 'mails'>;
  readonly clock: Clock;
  /** What stands right of the @ in Message-IDs. */
  readonly domain: string;
  /** Undefined for a user that isn't known, or not yet. */
  readonly recipientOf: (userId: string) => Promise<Recipient | undefined>;
  /** Whether the outbox has an outcome of the notification. It may be behind: then a mail goes out again. */
  readonly isTold: (notificationId: string) => Promise<boolean>;
  /** Where a person says that no more such mails are wanted. */
  readonly unsubscribeUrlOf: (userId: string) => string;
}

/** A try waits for one connection of a few, and for a slow server. */
const timeoutMs = 60_000;
const concurrency = 8;
/** About a minute, in which a view that is being rebuilt may come to know a user. */
const tries = 10;

export function sendMails(parts: NotifyParts): Effect<Notification> {
  const { mail, topics, isTold, recipientOf } = parts;
  const tell = (news: Notification, to: string, { outcome, written }: Told): readonly Forwarded[] => {
    const { notificationId, orderId, userId, kind } = news;
    const { subject, text } = written;
    const at = parts.clock.now();
    const value: MailOutcome = { notificationId, orderId, userId, to, kind, subject, text, at, outcome };
    return [{ topic: topics.mails, key: userId, value }];
  };

  return {
    name: 'notify',

    /** A seller of much is told of many orders at the same time, of each in its order. */
    laneOf: ({ value: { orderId, userId } }) => `${orderId}/${userId}`,

    async perform({ value: news }, signal) {
      const kind = knownKind(news);
      if (await isTold(news.notificationId)) return [];
      const { email, userId } = news;
      const recipient = await recipientOf(userId);
      const to = email === '' ? recipient?.email : email;
      if (to === undefined) throw new StockstreamError('MAIL_ADDRESS_UNKNOWN', { userId });
      const written = render(templates[kind](news), { name: recipient?.name ?? '' });
      if (mayOptOut(kind) && recipient?.wantsOrderMails === false) {
        return tell(news, to, { outcome: { type: 'MailSuppressed' }, written });
      }
      const answer = await mail.send(outgoing(parts, { news, kind, to, recipient }), signal);
      const outcome =
        answer.kind === 'accepted'
          ? ({ type: 'MailSent' } as const)
          : ({ type: 'MailRefused', reason: answer.reason } as const);
      return tell(news, to, { outcome, written });
    },

    /** Every other error passes, or sends the record to the dead letters. */
    giveUp({ value: news }, error) {
      if (!isStockstreamError(error, 'MAIL_ADDRESS_UNKNOWN')) return undefined;
      const written = render(templates[knownKind(news)](news), { name: '' });
      return tell(news, '', { outcome: { type: 'MailWithoutAddress' }, written });
    },

    timeoutMs,
    tries,
    concurrency,
  };
}

interface Told {
  readonly outcome: MailOutcome['outcome'];
  readonly written: Rendered;
}

interface Letter {
  readonly news: Notification;
  readonly kind: Known;
  readonly to: string;
  readonly recipient: Recipient | undefined;
}

/** The same bytes whenever it is asked for again, as long as the account stays as it is. */
function outgoing({ domain, unsubscribeUrlOf }: NotifyParts, { news, kind, to, recipient }: Letter): OutgoingMail {
  const unsubscribeUrl = mayOptOut(kind) && recipient ? unsubscribeUrlOf(news.userId) : undefined;
  const frame = { name: recipient?.name ?? '', unsubscribeUrl };
  const hash = createHash('sha256').update(news.notificationId).digest('base64url');
  return {
    ...render(templates[kind](news), frame),
    messageId: `${hash}@${domain}`,
    date: news.at,
    to,
    headers: {
      // So that no robot answers; RFC 3834.
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl !== undefined && unsubscribeHeaders(unsubscribeUrl)),
    },
  };
}

/** RFC 2369; the one click of RFC 8058 is for HTTPS alone. */
function unsubscribeHeaders(url: string): { readonly [name: string]: string } {
  const oneClick = url.startsWith('https:') && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
  return { 'List-Unsubscribe': `<${url}>`, ...oneClick };
}

/** @throws MAIL_KIND_UNKNOWN */
function knownKind({ kind, notificationId }: Notification): Known {
  if (kind === 'other') throw new StockstreamError('MAIL_KIND_UNKNOWN', { notificationId });
  return kind;
}
