// Mails by SMTP, over a few connections that stay open between mails. What the server says of the recipient or of the
// mail for good is a refusal; all else (no connection, greylisting, a login that it doesn't take) is for a later try, so
// a wrong setting loses no mail. Sent again, a mail has its Message-ID and bytes again; the server may deliver it twice.
import { createTransport } from 'nodemailer';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Mail, MailAnswer, OutgoingMail } from '../mail.ts';
import { messageOf } from '../message.ts';
import { failureOf, isRefusal } from './failures.ts';
import { readServer } from './server.ts';

export interface SmtpMailOptions {
  /** `smtp://` or `smtps://`, as server.ts reads it. */
  readonly url: string;
  readonly from: string;
  /** Certificate authorities to trust instead of the machine's own, PEM. */
  readonly ca?: Buffer | string;
  /** How long to wait for the server's next word, in milliseconds. */
  readonly answerMs?: number;
}

const defaultAnswerMs = 30_000;
const connectMs = 10_000;
const connections = 4;
/** Servers dislike connections that never end. */
const mailsAConnection = 100;
const idleMs = 30_000;

/** Connects with the first mail. @throws CONFIG_INVALID if the URL can't be used */
export function openSmtpMail({ url, from, ca, answerMs = defaultAnswerMs }: SmtpMailOptions): Mail {
  const pool = createTransport({
    ...readServer(url, ca),
    pool: true,
    maxConnections: connections,
    maxMessages: mailsAConnection,
    // Trying again is the caller's work, who knows what became of the try before.
    maxRequeues: 0,
    idleTimeout: idleMs,
    connectionTimeout: Math.min(connectMs, answerMs),
    greetingTimeout: answerMs,
    socketTimeout: answerMs,
  });
  let isClosed = false;

  async function send(mail: OutgoingMail, signal?: AbortSignal): Promise<MailAnswer> {
    const message = { ...messageOf(mail, from), ...(signal && { signal }) };
    try {
      if (isClosed) throw new Error('it is closed');
      await pool.sendMail(message);
      return { kind: 'accepted' };
    } catch (error) {
      const failure = failureOf(error);
      if (isRefusal(failure)) return { kind: 'refused', reason: failure.response ?? failure.message };
      throw new StockstreamError('MAIL_UNAVAILABLE', { reason: reasonOf(error) }, error);
    }
  }

  return {
    send,
    async close() {
      isClosed = true;
      pool.close({ force: true });
    },
  };
}
