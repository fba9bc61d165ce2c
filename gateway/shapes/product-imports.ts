// Bulk imports of products as sellers ask for them and follow them, and what became of their lines.
import { type Static, Type } from 'typebox';
import { importModes } from '../import-products.ts';
import { Cursor, Limit, NextCursor, oneOf, strict, Time } from './common.ts';

export const ImportQuery = strict({
  import: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      description: 'Names the import, so that it can be gone on with. Without one, the Idempotency-Key does.',
      examples: ['spring-2026'],
    }),
  ),
  mode: Type.Optional(
    oneOf(importModes, {
      default: 'upsert',
      description:
        '`upsert` makes a product what its line says, whether it was there or not: what the line does not say is as for a new product. `create` takes new products alone.',
    }),
  ),
  fromLine: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 9_999_999_999,
      description:
        'The number of the first line of the body (of CSV, of the one under the header row) in the whole file.',
    }),
  ),
});

const LineError = Type.Object({
  line: Type.Integer({ description: 'Of the file, from 1.' }),
  code: Type.String(),
  message: Type.String(),
});

export const ImportReport = Type.Object(
  {
    importId: Type.String(),
    nextLine: Type.Integer({ description: 'The first line that is not safe in the log yet.' }),
    accepted: Type.Integer({
      description: 'Lines that are safe in the log. They may still be refused: see the report.',
    }),
    refused: Type.Integer({ description: 'Lines that say nothing that can be done.' }),
    errors: Type.Array(LineError, { description: 'The first 1,000 of these.' }),
  },
  { description: 'What was taken of this body.' },
);

export const ImportState = Type.Object(
  {
    importId: Type.String(),
    feedId: Type.Optional(Type.String({ description: "The supplier's feed that it is a run of." })),
    content: oneOf(['products', 'stock', 'other']),
    status: oneOf(['running', 'interrupted', 'done', 'other'], {
      description: '`interrupted`: the upload broke off; send the rest. `done`: all lines came, and are decided.',
    }),
    lines: Type.Integer({ description: 'Lines that are safe in the log.' }),
    applied: Type.Integer({ description: 'Of these, those that did what they say.' }),
    refused: Type.Integer({ description: 'Of these, those that did nothing.' }),
    pending: Type.Integer({ description: 'Of these, those that are not decided yet.' }),
    nextLine: Type.Integer({ description: 'Where to go on with `fromLine`: the first line that is not safe yet.' }),
    bytes: Type.Integer({ description: 'So many bytes of the last body are safe.' }),
    startedAt: Time,
    updatedAt: Time,
  },
  { description: 'How the import goes on.' },
);
export type ImportState = Static<typeof ImportState>;

export const ImportPage = Type.Object(
  { imports: Type.Array(ImportState), cursor: NextCursor },
  { description: 'Imports, the newest first.' },
);

export const ImportParams = Type.Object({
  id: Type.String({ maxLength: 200, description: 'The import id.' }),
});

export const ImportListQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });

export const ImportLineQuery = strict({
  status: Type.Optional(oneOf(['applied', 'refused'], { description: 'Only these.' })),
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: 'How many at most.' })),
});

export const ImportLinePage = Type.Object(
  {
    lines: Type.Array(
      Type.Object({
        line: Type.Integer({ description: 'Of the file, from 1.' }),
        productId: Type.String({ description: 'Empty if the line does not say.' }),
        status: oneOf(['applied', 'refused']),
        code: Type.Optional(Type.String({ description: 'Why it was refused.', examples: ['not_owner'] })),
        message: Type.Optional(Type.String({ description: 'What is wrong with it, if the line itself is.' })),
      }),
    ),
    cursor: NextCursor,
  },
  { description: 'Lines that are decided, in the order of the file.' },
);
