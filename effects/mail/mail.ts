// The mail port: hands a mail to whoever carries it on. A mail has an id of the caller's, and the same mail may be sent
// again after a crash: an adapter that can tell folds the two, one that can't gives both the same Message-ID, by which
// mailbox providers fold them. It doesn't promise that a mail which was accepted reaches a person.

/** A mail to one address. */
export interface OutgoingMail {
  /** Left and right of an @: the Message-ID without its angle brackets. The same whenever the same mail is sent again. */
  readonly messageId: string;
  /** What its Date says, in milliseconds since the Unix epoch; the same whenever it is sent again. */
  readonly date: number;
  /** One address; not a list, and without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Further headers by name. */
  readonly headers: { readonly [name: string]: string };
}

/** `refused` is for good: the same mail would be refused again. */
export type MailAnswer = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly reason: string };

export interface Mail {
  /**
   * @param signal gives the try up; the mail may have been accepted all the same
   * @throws MAIL_UNAVAILABLE for anything that passes or that an operator mends: send the same mail again later
   */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<MailAnswer>;
  /** What is still being sent fails; every later send, too. */
  close(): Promise<void>;
}

/** A message id that is fit for a header and a file name. */
export function isMessageId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,100}@[A-Za-z0-9.-]{1,150}$/.test(text);
}
