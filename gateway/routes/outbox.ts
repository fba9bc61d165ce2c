// The outbox: which mails were written to whom, and what became of them. Everybody sees their own, an operator all.
import { collections } from '../../views/collections.ts';
import type { Condition } from '../../views/documents/documents.ts';
import { principalOf } from '../auth.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { OutboxPage, OutboxQuery } from '../shapes/outbox.ts';

const readers = ['shopper', 'seller', 'operator'] as const;

export function outboxRoutes(app: App, { documents }: Gateway): void {
  app.get(
    '/v1/outbox',
    {
      ...config(readers, ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Mails', 'List mails', "One's own, an operator's all; the newest first."),
        querystring: OutboxQuery,
        response: { 200: OutboxPage },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { orderId, status, userId, cursor, limit = 50 } = request.query;
      const whose = principal.role === 'operator' ? userId : principal.userId;
      const where: { [field: string]: Condition } = {
        ...(orderId !== undefined && { orderId }),
        ...(whose !== undefined && { userId: whose }),
        ...(status !== undefined && { status }),
      };
      const sort = { field: 'at', direction: 'desc' } as const;
      const page = await documents.find(collections.outbox.name, { where, sort, limit, cursor });
      return { mails: page.documents.map(({ fields }) => fields), cursor: page.cursor };
    },
  );
}
