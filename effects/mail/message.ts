// A mail in the words of nodemailer, which writes it as MIME for the outbox and for SMTP alike. Everything that a sender
// of news could choose goes in as data: it never becomes a second address, a header, a file or a URL to read.
import { createHash } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { isMessageId, type OutgoingMail } from './mail.ts';

/** @param from who sends it: `orders@shop.example` or `The Shop <orders@shop.example>` */
export function messageOf(mail: OutgoingMail, from: string) {
  const { messageId, date, to, subject, text, html, headers } = mail;
  assert(isMessageId(messageId), `${messageId} can be a message id`);
  return {
    from,
    // As an object, for a text would be read as a list of addresses.
    to: { name: '', address: to },
    subject,
    text,
    html,
    headers: { ...headers },
    messageId: `<${messageId}>`,
    date: new Date(date),
    // Else they are drawn by chance, and the same mail would have other bytes.
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 32),
    disableFileAccess: true,
    disableUrlAccess: true,
    xMailer: false as const,
  };
}
