// What operators ask of reconciliation and read of it.
import { Type } from 'typebox';
import { NextCursor, oneOf, strict, Time, text } from './common.ts';

const Depth = oneOf(['recent', 'full'], {
  description: '`recent`: all state, and the end of each topic. `full`: everything that the log has.',
});

const FindingShape = Type.Object({
  id: Type.String({ examples: ['stock-held:tv-55'] }),
  check: Type.String(),
  severity: oneOf(['error', 'warning']),
  subject: Type.String({ description: 'The order, product or document that it is about.' }),
  where: Type.String(),
  expected: Type.String(),
  found: Type.String(),
  repair: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'What would mend it; null where only a person can.',
  }),
});

const ReportShape = Type.Object({
  id: Type.String(),
  depth: Depth,
  startedAt: Time,
  endedAt: Time,
  verdict: oneOf(['clean', 'wrong', 'incomplete'], { description: '`wrong` if there is any error.' }),
  checks: Type.Array(
    Type.Object({
      check: Type.String(),
      compares: Type.String({ description: 'What is held against what.' }),
      checked: Type.Integer(),
      unsettled: Type.Integer({ description: 'Of these, what was moving too much to be compared.' }),
      errors: Type.Integer(),
      warnings: Type.Integer(),
    }),
  ),
  findings: Type.Array(FindingShape, { description: 'At most a thousand, errors first; `checks` counts all.' }),
  notes: Type.Array(Type.String(), { description: 'What could not be looked at, and why.' }),
});

const orNull = <Shape extends object>(shape: Shape) => ({ anyOf: [shape, { type: 'null' }] });

export const ReconciliationStateShape = Type.Object(
  {
    running: Type.Unsafe<unknown>(
      orNull(Type.Object({ id: Type.String(), depth: Depth, startedAt: Time, step: Type.String() })),
    ),
    last: Type.Unsafe<unknown>(orNull(ReportShape)),
  },
  { description: 'The run that goes on, and the last report of the process that answers.' },
);

export const ReconciliationRequest = strict({ depth: Depth }, { examples: [{ depth: 'full' }] });

export const ReconciliationStarted = Type.Object(
  { id: Type.String() },
  { description: 'It runs; GET /v1/admin/reconciliation shows how far it is, and then its report.' },
);

export const RepairRequestShape = strict(
  {
    findings: Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), {
      minItems: 1,
      maxItems: 100,
      description: 'Ids of findings of the last run.',
    }),
    reason: text(500, 'Why, in your words: it goes into the audit.'),
  },
  { examples: [{ findings: ['stock-held:tv-55'], reason: 'Counted with the warehouse.' }] },
);

export const RepairOutcomes = Type.Object(
  {
    repairs: Type.Array(
      Type.Object({
        id: Type.String(),
        outcome: oneOf(['asked', 'done', 'refused'], {
          description: '`asked`: the answer stands where it will be given; `refused`: nothing was changed.',
        }),
        detail: Type.String(),
      }),
    ),
  },
  { description: 'What became of each.' },
);

export const AuditShape = Type.Object(
  {
    entries: Type.Array(
      Type.Object({
        auditId: Type.String(),
        at: Time,
        actor: Type.String({ description: 'The user id of who asked.' }),
        action: Type.String(),
        subject: Type.String({ description: 'The order, product or document.' }),
        reason: Type.String({ description: "The finding and the operator's words." }),
        outcome: oneOf(['asked', 'done', 'refused', 'other']),
        before: Type.Unsafe<unknown>({ description: 'How it stood.' }),
        after: Type.Unsafe<unknown>({ description: 'How it stands, what was asked, or why it was refused.' }),
      }),
    ),
    cursor: NextCursor,
  },
  { description: 'What was set right outside of the usual course of things, the newest first.' },
);
