// Whether stock, orders, payments and views agree: look, read what was found, set it right, read what was set right.

import { readAudit } from '../audit.ts';
import { principalOf } from '../auth.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { PageQuery } from '../shapes/operations.ts';
import {
  AuditShape,
  ReconciliationRequest,
  ReconciliationStarted,
  ReconciliationStateShape,
  RepairOutcomes,
  RepairRequestShape,
} from '../shapes/reconciliation.ts';

const operators = ['operator'] as const;

export function reconciliationRoutes(app: App, { operations, log }: Gateway): void {
  const { reconciliation } = operations;
  app.get(
    '/v1/admin/reconciliation',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'Read the last reconciliation', 'And how far the one is that runs.'),
        response: { 200: ReconciliationStateShape },
      },
    },
    async () => reconciliation.state(),
  );

  app.post(
    '/v1/admin/reconciliation',
    {
      ...config(operators),
      schema: {
        ...about(
          'Operations',
          'Reconcile',
          'Holds everything against everything else; changes nothing. One runs at a time.',
        ),
        body: ReconciliationRequest,
        response: { 202: ReconciliationStarted },
      },
    },
    async (request, reply) => reply.code(202).send({ id: reconciliation.start(request.body.depth) }),
  );

  app.post(
    '/v1/admin/reconciliation/repair',
    {
      ...config(operators),
      schema: {
        ...about(
          'Operations',
          'Set findings right',
          'Each by the way that things usually go, if nothing has changed since; the audit tells of it.',
        ),
        body: RepairRequestShape,
        response: { 200: RepairOutcomes },
      },
    },
    async (request) => {
      const { findings, reason } = request.body;
      const { userId: actor } = principalOf(request);
      return { repairs: await reconciliation.repair({ findings, actor, reason }) };
    },
  );

  app.get(
    '/v1/admin/audit',
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'Read the audit', 'Who set what right, when and why.'),
        querystring: PageQuery,
        response: { 200: AuditShape },
      },
    },
    async (request) => readAudit(log, request.query.limit ?? 50, request.query.cursor),
  );
}
