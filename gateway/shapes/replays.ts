// What operators ask of replays and read of them.
import { Type } from 'typebox';
import { oneOf, strict, Time } from './common.ts';

const nullable = <Shape>(shape: Shape) => Type.Unsafe<Shape | null>({ anyOf: [shape, { type: 'null' }] });
const modes = ['verify', 'dry-run', 'into', 'in-place'] as const;
const Mode = oneOf(modes, {
  description:
    '`verify`: compare bytes with the log. `dry-run`: decide again, write nothing. `into`: write it under another ' +
    'application id. `in-place`: set the own state right; no worker may run.',
});
const Id = Type.String({ description: 'Of the replay.' });

export const ReplayStart = strict({
  topology: Type.String({ maxLength: 100, description: 'Whose commits.', examples: ['shop'] }),
  mode: Type.Optional(Mode),
  from: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'A time (RFC 3339, or milliseconds since the Unix epoch), an offset of the commit topic, an input record ' +
        'as `<topic>/<partition>@<offset>`, or the id of a checkpoint. Default: the beginning.',
      examples: ['2026-11-21T10:00:00Z', 'orders/3@1042'],
    }),
  ),
  into: Type.Optional(Type.String({ maxLength: 64, description: 'An application id that was never used.' })),
  confirm: Type.Optional(Type.String({ maxLength: 64, description: 'The application id, for `in-place`.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: 'Of differences told.' })),
  wait: Type.Optional(Type.Boolean({ default: true, description: 'False: answer at once, with an id.' })),
});

const Decisions = Type.Object({
  compared: Type.Integer({ description: 'Records of the log that were compared.' }),
  different: Type.Integer(),
  counts: Type.Record(Type.String(), Type.Integer(), {
    description: 'By topic and kind, such as `order-events: OrderPlaced -> OrderRejected`.',
  }),
  differences: Type.Array(
    Type.Object({
      topic: Type.String(),
      key: Type.String({ description: 'An order, a product.' }),
      at: Time,
      kind: Type.String({ examples: ['OrderPlaced -> OrderRejected'] }),
      before: Type.Unsafe<unknown>({ description: 'What was decided then; null for nothing.' }),
      after: Type.Unsafe<unknown>({ description: "What today's code decides; null for nothing." }),
    }),
    { description: 'The first, in order of time.' },
  ),
});

export const CommitReplayShape = Type.Object(
  {
    mode: Mode,
    from: nullable(Time),
    commits: Type.Integer(),
    fired: Type.Integer({ description: 'Timers and expiries among them.' }),
    records: Type.Integer(),
    compared: Type.Integer({ description: 'Records of the log that were compared.' }),
    differences: Type.Array(Type.String()),
    decisions: nullable(Decisions),
    written: Type.Record(Type.String(), Type.Integer(), { description: 'Topic to records; empty if nothing was.' }),
  },
  { description: 'What came out when commits were done again; no differences means the same.' },
);

export const ReplayStarted = Type.Object(
  { id: Id },
  { description: 'It goes on; GET /v1/admin/replay tells how far it is, and what came out.' },
);

const Frame = { id: Id, topology: Type.String(), mode: Mode, startedAt: Time };

export const ReplayStateShape = Type.Object(
  {
    running: nullable(
      Type.Object({
        ...Frame,
        step: Type.String(),
        commits: Type.Integer({ description: 'Done again so far.' }),
        of: Type.Integer({ description: 'Of about so many.' }),
      }),
    ),
    last: nullable(
      Type.Object({
        ...Frame,
        endedAt: Time,
        commits: Type.Integer({ description: 'Done again, compared or not.' }),
        report: Type.Optional(CommitReplayShape),
        failure: Type.Optional(Type.Object({ code: Type.String(), detail: Type.String() })),
      }),
    ),
  },
  { description: 'The one that runs, and the last one of this process.' },
);

export const CopyParams = Type.Object({ into: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }) });

export const CopyDropped = Type.Object({ topics: Type.Array(Type.String()) }, { description: 'What was deleted.' });
