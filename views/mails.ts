// mails -> the `outbox` collection: each notification's mail, and whether it went out. The first outcome of a
// notification stays.
import { unreachable } from '../base/assert.ts';
import type { MailOutcome } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const mailStatuses = ['sent', 'suppressed', 'refused', 'no_address'] as const;

/** What became of a mail. */
type MailStatus = (typeof mailStatuses)[number];

export const projectMails: Projection<MailOutcome, DocumentWrite> = {
  name: 'mails',

  project(record) {
    const { outcome, ...mail } = record.value;
    const collection = collections.outbox.name;
    const set = { ...mail, ...resultOf(outcome) };
    return [{ kind: 'insert', collection, id: mail.notificationId, position: positionOf(record), set }];
  },
};

function resultOf(outcome: MailOutcome['outcome']): { readonly status: MailStatus; readonly reason?: string } {
  switch (outcome.type) {
    case 'MailSent':
      return { status: 'sent' };
    case 'MailSuppressed':
      return { status: 'suppressed' };
    case 'MailRefused':
      return { status: 'refused', reason: outcome.reason };
    case 'MailWithoutAddress':
      return { status: 'no_address' };
    default:
      return unreachable(outcome);
  }
}
