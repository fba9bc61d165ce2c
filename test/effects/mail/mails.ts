// A mail to be sent in tests, and how tests read what arrived.
import PostalMime, { type Email } from 'postal-mime';
import type { OutgoingMail } from '../../../effects/mail/mail.ts';

export const from = 'The Shop <orders@shop.example>';

export function mailTo(to: string, change: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    messageId: 'news-1@shop.example',
    date: Date.UTC(2026, 10, 21, 8),
    to,
    subject: 'Grüße: your order',
    text: 'Hello Ada,\n\nit is on its way. 100 € are paid.\n.\nA line of one dot stands above.\n',
    html: '<p>Hello Ada,</p><p>it is on its way. 100&nbsp;€ are paid.</p>',
    headers: {},
    ...change,
  };
}

export interface ReadMail {
  readonly messageId: string | undefined;
  readonly from: string;
  readonly to: readonly (string | undefined)[];
  readonly subject: string | undefined;
  readonly text: string;
  readonly html: string;
  readonly date: string | undefined;
  /** By name in lower case. */
  readonly headers: { readonly [name: string]: string };
}

export async function readMail(raw: Buffer): Promise<ReadMail> {
  const mail: Email = await PostalMime.parse(raw);
  return {
    messageId: mail.messageId,
    from: `${mail.from?.name} <${mail.from?.address}>`,
    to: (mail.to ?? []).map(({ address }) => address),
    subject: mail.subject,
    text: mail.text ?? '',
    html: mail.html ?? '',
    date: mail.date,
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
  };
}
