// Dead letters: what operators ask for and what they are told.
import { Type } from 'typebox';
import { Cursor, Limit, moment, NextCursor, oneOf, strict, Time, text } from './common.ts';

const states = ['open', 'replayed', 'edited', 'dropped', 'other'] as const;

const letter = {
  id: Type.String({ examples: ['0-17'] }),
  state: oneOf(states, { description: 'What was done with it; `open`: nothing yet.' }),
  quarantined: Type.Boolean({ description: 'Its key stands still for it.' }),
  at: Time,
  code: Type.String(),
  message: Type.String(),
  processor: Type.String(),
  topic: Type.String({ description: 'Where the record was read; empty for a timer.' }),
  partition: Type.Integer(),
  offset: Type.Integer(),
  timestamp: Time,
  key: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
};

/** All conditions together. */
const conditions = {
  topic: Type.Optional(Type.String({ maxLength: 249, description: 'Where the records were read.' })),
  code: Type.Optional(Type.String({ maxLength: 64 })),
  processor: Type.Optional(Type.String({ maxLength: 100 })),
  key: Type.Optional(Type.String({ maxLength: 1_000 })),
  from: Type.Optional(moment('Set aside at this moment or later.')),
  to: Type.Optional(moment('Set aside before this moment.')),
  quarantined: Type.Optional(Type.Boolean({ description: 'Only those for which a key stands still, or only others.' })),
};

const reason = text(500, 'Why, in your words: it goes into the audit.');

export const DeadLetterQuery = strict({
  ...conditions,
  all: Type.Optional(Type.Boolean({ description: 'Those that were replayed, edited or dropped, too.' })),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const DeadLetterCountQuery = strict(conditions);

export const DeadLetterPage = Type.Object(
  { deadLetters: Type.Array(Type.Object(letter)), cursor: NextCursor },
  { description: 'The newest first.' },
);

export const DeadLetterCounts = Type.Object(
  {
    total: Type.Integer(),
    quarantined: Type.Integer(),
    counts: Type.Array(
      Type.Object({
        code: Type.String(),
        topic: Type.String(),
        processor: Type.String(),
        count: Type.Integer(),
        quarantined: Type.Integer({ description: 'How many of them a key stands still for.' }),
        oldestAt: Time,
        newestAt: Time,
      }),
    ),
  },
  { description: 'Of those that are open, by reason, topic and processor; the most first.' },
);

export const DeadLetterShape = Type.Object(
  {
    ...letter,
    value: Type.Optional(Type.Unsafe<unknown>({ description: 'As JSON, if it can be decoded.' })),
    undecodable: Type.Optional(Type.String({ description: 'Why it cannot.' })),
    bytes: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Base64.' }),
    stacktrace: Type.String(),
    codeVersion: Type.String(),
    headers: Type.Array(Type.Object({ key: Type.String(), value: Type.String() })),
    mark: Type.Union([
      Type.Null(),
      Type.Object({ letterId: Type.String(), outcome: oneOf(states), actor: Type.String(), at: Time }),
    ]),
  },
  { description: 'A record that could not be processed.' },
);

export const DeadLetterParams = Type.Object({
  id: Type.String({ maxLength: 30, description: '`<partition>-<offset>`' }),
});

export const ReplayRequest = strict(
  { ...conditions, reason: Type.Optional(reason) },
  { description: 'All conditions together; none means all open letters.', examples: [{ code: 'PROCESSOR_FAILED' }] },
);

export const DropRequest = strict(
  { reason },
  { examples: [{ reason: 'A test of the supplier that went to the wrong cluster.' }] },
);

export const DropAllRequest = strict(
  { ...conditions, reason },
  {
    description: 'All conditions together, one at least.',
    examples: [{ processor: 'apply-stock-change', code: 'RECORD_UNDECODABLE', reason: 'Noise of a broken sender.' }],
  },
);

export const EditRequest = strict(
  {
    value: Type.Unsafe<unknown>({ description: 'The new value, in the shape in which the letter shows its own.' }),
    reason,
  },
  {
    description: "It is encoded with the current schema of the letter's topic.",
    examples: [{ value: { orderId: 'a~p1', at: 1 }, reason: 'The time was missing.' }],
  },
);

export const ReplayReport = Type.Object(
  {
    replayed: Type.Integer(),
    skipped: Type.Integer({ description: 'Those that have nowhere to go back to.' }),
  },
  { description: 'Sent to where they came from.' },
);

export const DropReport = Type.Object({ dropped: Type.Integer() }, { description: 'How many are over now.' });
