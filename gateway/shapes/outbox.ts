// Mails as the outside reads them.
import { Type } from 'typebox';
import { mailStatuses } from '../../views/mails.ts';
import { Cursor, Limit, NextCursor, oneOf, strict, Time } from './common.ts';

const Mail = Type.Object(
  {
    notificationId: Type.String(),
    orderId: Type.String(),
    userId: Type.String(),
    to: Type.String({ description: 'Empty if no address is known.' }),
    kind: Type.String({ examples: ['order_placed'] }),
    subject: Type.String(),
    text: Type.String({ description: 'As plain text, without the link to have no more such mails.' }),
    at: Time,
    status: oneOf(mailStatuses, {
      description: '`sent` to the mail server; `suppressed`, for the person wants none; `refused` by the mail server.',
    }),
    reason: Type.Optional(Type.String({ description: 'Of a refusal: the words of the mail server.' })),
  },
  { description: 'A mail, or one that was not sent.' },
);

export const OutboxQuery = strict({
  orderId: Type.Optional(Type.String({ maxLength: 200, description: 'About this order alone.' })),
  status: Type.Optional(oneOf(mailStatuses)),
  userId: Type.Optional(Type.String({ maxLength: 100, description: 'For operators: to this user alone.' })),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const OutboxPage = Type.Object(
  { mails: Type.Array(Mail), cursor: NextCursor },
  { description: 'The newest first. A mail shows here a moment after it was sent.' },
);
