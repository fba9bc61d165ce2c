// Keys that stand still: what operators ask for and what they are told.
import { Type } from 'typebox';
import { Cursor, Limit, NextCursor, strict, text } from './common.ts';
import { DeadLetterShape } from './dead-letters.ts';

const topology = Type.String({ minLength: 1, maxLength: 100, examples: ['shop'] });
const partition = Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Of this task alone.' }));
const orNull = (type: 'string' | 'integer', description: string) =>
  Type.Unsafe<string | number | null>({ type: [type, 'null'], description });

const key = {
  topology: Type.String(),
  partition: Type.Integer(),
  task: Type.String({ examples: ['shop_3'] }),
  key: Type.String(),
  place: Type.String({
    description: 'The record or timer that it stands still for.',
    examples: ['stock-changes-3@17'],
  }),
  since: orNull(
    'integer',
    'When it came to stand still: milliseconds since the Unix epoch. Null if that was not noted.',
  ),
  failedAt: orNull('integer', 'When that record failed last.'),
  code: orNull('string', 'Why: a code of docs/errors.md.'),
  message: orNull('string', 'Why, in words.'),
  processor: orNull('string', 'What it failed on.'),
  waiting: Type.Integer({ description: 'How many records wait behind that one.' }),
  isFull: Type.Boolean({ description: 'Too many: what comes now is set aside.' }),
  letterId: orNull('string', 'Of the dead letter; null once that has aged out.'),
};

export const QuarantinedKeyQuery = strict({
  topology: Type.Optional(topology),
  partition,
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000, description: 'Just this key.' })),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Limit),
});

export const QuarantinedKeyPage = Type.Object(
  { keys: Type.Array(Type.Object(key)), cursor: NextCursor },
  { description: 'By topology and key.' },
);

export const QuarantinedKeyParams = Type.Object({ topology, key: Type.String({ minLength: 1, maxLength: 500 }) });

export const WhichTask = strict({ partition });

export const QuarantinedKeyShape = Type.Object(
  { key: Type.Object(key), deadLetter: DeadLetterShape },
  { description: 'A key that stands still, and what for. The dead letter is what the task keeps, if it has aged out.' },
);

const reason = text(500, 'Why, in your words: it goes into the audit.');

export const ReplayKeyRequest = strict(
  { reason: Type.Optional(reason) },
  { examples: [{ reason: 'Mended in 1.4.2.' }] },
);

export const Asked = Type.Object(
  { task: Type.String(), place: Type.String() },
  { description: 'What its task was told to try again or to drop.' },
);
