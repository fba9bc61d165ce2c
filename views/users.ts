// users -> the `users` collection: accounts by e-mail address. Who registers an address first has it; a later
// registration of the same address changes nothing, and its sender finds another user id in the document.
import { unreachable } from '../base/assert.ts';
import type { UserEvent } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const projectUsers: Projection<UserEvent, DocumentWrite> = {
  name: 'users',

  project(record) {
    const { userId, email, at: registeredAt, event } = record.value;
    const document = { collection: collections.users.name, id: email, position: positionOf(record) };
    switch (event.type) {
      case 'UserRegistered': {
        const { name, passwordHash, role } = event;
        return [{ ...document, kind: 'insert', set: { userId, email, name, passwordHash, role, registeredAt } }];
      }
      case 'NotificationsChosen':
        // Only an account that is in the view can choose, so there is one to change.
        return [{ ...document, kind: 'upsert', set: { orderMails: event.orderMails } }];
      default:
        return unreachable(event);
    }
  },
};
