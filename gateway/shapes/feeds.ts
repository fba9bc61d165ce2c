// Suppliers' feeds as operators enter them and see them.
import { type Static, Type } from 'typebox';
import { Cursor, Limit, NextCursor, oneOf, strict, Time } from './common.ts';
import { ImportState } from './product-imports.ts';

const headers = Type.Record(
  Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$" }),
  Type.String({ maxLength: 1_000, pattern: '^[\\x20-\\x7e]*$' }),
  {
    additionalProperties: false,
    maxProperties: 20,
    description:
      'Sent with each request of kind http. `{secret:<name>}` stands for a secret that only the workers have; one that logs in is given in no other way.',
    examples: [{ authorization: 'Bearer {secret:acme-token}' }],
  },
);

export const FeedRequest = strict(
  {
    sellerId: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Whose products or stock it tells: a user id.',
    }),
    kind: oneOf(['http', 'directory']),
    url: Type.Optional(
      Type.String({ maxLength: 2_000, pattern: '^https?://[^\\s]+$', description: 'Of kind http: where the file is.' }),
    ),
    headers: Type.Optional(headers),
    path: Type.Optional(
      Type.String({
        maxLength: 300,
        pattern: '^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$',
        description:
          'Of kind directory: below the directory of feeds. A file is taken once it is at rest and not called like one that is being written (.tmp, .part), in the order of names.',
      }),
    ),
    movesDone: Type.Optional(Type.Boolean({ description: 'Move files that were taken into `done`; else they stay.' })),
    format: oneOf(['ndjson', 'csv'], {
      description: 'As POST /v1/products:bulk and /v1/stock-changes have it; gzip is unpacked.',
    }),
    content: Type.Optional(
      oneOf(['products', 'stock'], {
        default: 'products',
        description: 'Stock may go without changeId where it is counted.',
      }),
    ),
    everySeconds: Type.Integer({ minimum: 1, maximum: 2_592_000, description: 'How often it is looked for.' }),
    deletesMissing: Type.Optional(
      Type.Boolean({ description: 'Products of the content before that the new one has no more go off sale.' }),
    ),
    mostDeletedPercent: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100,
        default: 50,
        description: 'If more of them are missing, none goes off sale: the content is rather broken.',
      }),
    ),
    enabled: Type.Optional(Type.Boolean({ default: true })),
  },
  {
    examples: [
      {
        sellerId: 'demo-seller',
        kind: 'http',
        url: 'https://supplier.example/catalogue.csv',
        headers: { authorization: 'Bearer {secret:acme-token}' },
        format: 'csv',
        everySeconds: 3_600,
        deletesMissing: true,
      },
      {
        sellerId: 'demo-seller',
        kind: 'directory',
        path: 'acme/stock',
        format: 'ndjson',
        content: 'stock',
        everySeconds: 10,
        movesDone: true,
      },
    ],
  },
);
export type FeedRequest = Static<typeof FeedRequest>;

export const FeedParams = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', description: "The feed's name." }),
});

const lastRun = {
  run: Type.Integer({ description: 'From 1.' }),
  name: Type.String({ description: 'Of the content: an address or a file.' }),
  status: oneOf(['taking', 'deleting', 'done', 'other'], { description: '`done` once all lines are in the log.' }),
  import: Type.Optional(ImportState),
  deleted: Type.Integer({ description: 'Products that went off sale because the content has them no more.' }),
  startedAt: Time,
  finishedAt: Type.Optional(Time),
  warning: Type.Optional(Type.String({ description: 'What was left undone, and why.' })),
};

export const FeedState = Type.Object(
  {
    feedId: Type.String(),
    sellerId: Type.String(),
    kind: oneOf(['http', 'directory']),
    url: Type.Optional(Type.String()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    path: Type.Optional(Type.String()),
    movesDone: Type.Optional(Type.Boolean()),
    format: Type.String(),
    content: Type.String(),
    everySeconds: Type.Integer(),
    deletesMissing: Type.Boolean(),
    mostDeletedPercent: Type.Integer(),
    enabled: Type.Boolean(),
    updatedAt: Time,
    updatedBy: Type.String(),
    state: oneOf(['new', 'idle', 'taking', 'failing', 'off'], {
      description: '`new`: not looked for yet. `failing`: the last look failed; see `error`.',
    }),
    lookedAt: Type.Optional(Time),
    failures: Type.Integer({ description: 'Looks that failed in a row.' }),
    error: Type.Optional(Type.String()),
    lastRun: Type.Optional(Type.Object(lastRun)),
  },
  { description: 'The feed, and how it goes.' },
);
export type FeedState = Static<typeof FeedState>;

export const FeedListQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });

export const FeedPage = Type.Object(
  { feeds: Type.Array(FeedState), cursor: NextCursor },
  { description: 'Feeds, by name.' },
);

export const FeedRunRequested = Type.Object(
  { feedId: Type.String(), requestedAt: Time },
  { description: 'It is looked for at once; an address is asked for all it has, changed or not.' },
);
