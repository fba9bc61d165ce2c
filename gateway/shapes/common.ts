// Parts of requests and answers that several routes share. The schemas are the contract: they validate, type and
// document. Every string has a bound.
import { Type } from 'typebox';

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(words: Words, options: object = {}) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], ...options });
}

/** An object of a request body: a field that isn't listed is refused. */
export function strict<const Properties extends Parameters<typeof Type.Object>[0]>(
  properties: Properties,
  options: object = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** The same shape with other words: for the answers of one route. */
export function described<S extends object>(shape: S, description: string): S {
  return { ...shape, description };
}

/** Text for people: no control characters but line breaks and tabs, and not only blanks. */
export function text(maxLength: number, description: string) {
  return Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f]*$', description });
}

export const ProductId = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,64}$',
  description: '1 to 64 letters, digits, dots, underscores and hyphens.',
  examples: ['tv-55'],
});

export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.', examples: ['EUR'] });

export const Money = strict({
  amount: Type.Integer({ minimum: 0, maximum: 100_000_000_000, description: "In the currency's minor unit (cents)." }),
  currency: Currency,
});

export const Time = Type.Integer({ description: 'Milliseconds since the Unix epoch.', examples: [1_790_000_000_000] });

/** A moment in a query: milliseconds since the Unix epoch, or ISO 8601. */
export function moment(description: string) {
  return Type.String({
    pattern: '^(\\d{1,15}|\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2}))?)$',
    description: `${description} Milliseconds since the Unix epoch, or ISO 8601 such as 2026-11-21 or 2026-11-21T08:00:00Z.`,
  });
}

export const Cursor = Type.String({ minLength: 1, maxLength: 2_000, description: 'From the page before; opaque.' });

export const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'How many at most.' });

export const NextCursor = Type.Optional(
  Type.String({ description: 'Leads to the next page; not there on the last page.' }),
);

const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x21-\\x7e]+$',
  description:
    'A new one for each new request, the same for its retries: the effect is that of one, and the first answer is given again.',
  examples: ['7d0e6a52-9f0a-4c41-9a53-0f3d6a1f7d4c'],
});

/** Headers are documented here and checked by those who read them. */
export const idempotencyHeader = { 'idempotency-key': Type.Optional(IdempotencyKey) };
export const requiredIdempotencyHeader = { 'idempotency-key': IdempotencyKey };

export const preferHeader = {
  prefer: Type.Optional(
    Type.String({
      maxLength: 200,
      description: '`wait=N` waits up to N seconds, 30 at most, for the outcome before it answers.',
      examples: ['wait=10'],
    }),
  ),
};

export const ProblemShape = Type.Object(
  {
    type: Type.String({ description: 'A URN with the code.' }),
    title: Type.String({ description: 'The code in words.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong, for people.' }),
    code: Type.String({ description: 'Stable, for programs.' }),
    errors: Type.Array(
      Type.Object({
        path: Type.String({ description: 'A JSON pointer into the body, or the name of a parameter or header.' }),
        message: Type.String(),
      }),
      { description: 'The faults one by one; may be empty.' },
    ),
    instance: Type.Optional(Type.String({ description: 'The id of the request in the log; on 5xx.' })),
  },
  { description: 'A refusal (RFC 9457).' },
);

export const maxLagMs = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: 86_400_000,
    default: 60_000,
    description: 'For stale reads: a copy of the state that is further behind does not answer. Milliseconds.',
  }),
);

export const StateLag = Type.Object(
  {
    records: Type.Integer({ description: 'Changes of the state that the copy has not taken yet.' }),
    milliseconds: Type.Integer({ description: 'Since the last commit that it has; 0 if it has all.' }),
  },
  { description: 'How far the copy that answered is behind its owner; nothing for strong reads.' },
);
