// What operators read and ask for.
import { Type } from 'typebox';
import { Cursor, Limit, moment, NextCursor, oneOf, strict, Time } from './common.ts';

export const TopologyQuery = strict({
  format: Type.Optional(oneOf(['json', 'text', 'mermaid'], { description: 'Default: by Accept, else json.' })),
});

export const Topologies = Type.Object(
  {
    topologies: Type.Array(
      Type.Object({
        name: Type.String(),
        partitions: Type.Integer(),
        nodes: Type.Array(
          Type.Object({
            processor: Type.String(),
            source: Type.Object({ kind: oneOf(['topic', 'timer']), name: Type.String() }),
            stores: Type.Array(Type.String()),
            outputs: Type.Array(Type.String()),
          }),
        ),
      }),
    ),
  },
  { description: 'Which topics go through which processors, with which stores, to which topics.' },
);

export const Tasks = Type.Object(
  {
    tasks: Type.Array(
      Type.Object({
        id: Type.String(),
        topology: Type.String(),
        partition: Type.Integer(),
        state: Type.String(),
        owner: Type.String(),
      }),
    ),
  },
  { description: 'What runs where.' },
);

export const Lags = Type.Object(
  {
    lag: Type.Array(
      Type.Object({
        kind: oneOf(['topology', 'view', 'effect']),
        name: Type.String(),
        topic: Type.String(),
        partition: Type.Integer(),
        committed: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
        end: Type.Integer(),
        lag: Type.Integer({ description: 'Records that are not taken yet.' }),
      }),
    ),
  },
  { description: 'How far topologies and views are behind.' },
);

const letter = {
  id: Type.String({ examples: ['0-17'] }),
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

export const DeadLetterPage = Type.Object(
  { deadLetters: Type.Array(Type.Object(letter)), cursor: NextCursor },
  { description: 'The newest first.' },
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
  },
  { description: 'A record that could not be processed.' },
);

export const PageQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });

export const DeadLetterParams = Type.Object({
  id: Type.String({ maxLength: 30, description: '`<partition>-<offset>`' }),
});

export const ReplayRequest = strict(
  {
    topic: Type.Optional(Type.String({ maxLength: 249, description: 'Where the records were read.' })),
    code: Type.Optional(Type.String({ maxLength: 64 })),
    processor: Type.Optional(Type.String({ maxLength: 100 })),
    from: Type.Optional(moment('Set aside at this moment or later.')),
    to: Type.Optional(moment('Set aside before this moment.')),
  },
  { description: 'All conditions together; none means all dead letters.', examples: [{ code: 'PROCESSOR_FAILED' }] },
);

export const ReplayReport = Type.Object(
  {
    replayed: Type.Integer(),
    skipped: Type.Integer({ description: 'Those that have nowhere to go back to.' }),
  },
  { description: 'Sent to where they came from.' },
);

export const ViewParams = Type.Object({ name: Type.String({ maxLength: 100 }) });

export const Rebuilding = Type.Object(
  { view: Type.String() },
  { description: 'The view was emptied and is filled from the log; GET /v1/admin/lag shows how far it is.' },
);

export const Health = Type.Object(
  {
    status: oneOf(['ready', 'degraded', 'not ready']),
    parts: Type.Array(
      Type.Object({ name: Type.String(), healthy: Type.Boolean(), detail: Type.Optional(Type.String()) }),
    ),
  },
  { description: 'Whether requests can be served, part by part.' },
);

export const StateParams = strict({ store: Type.String({ maxLength: 100, examples: ['stock'] }) });

export const StateQueryShape = strict({
  key: Type.Optional(Type.String({ maxLength: 1000, description: 'Just this key.' })),
  from: Type.Optional(Type.String({ maxLength: 1000, description: 'From this key on.' })),
  to: Type.Optional(Type.String({ maxLength: 1000, description: 'Up to this key, without it.' })),
  limit: Limit,
});

export const StateEntries = Type.Object(
  { entries: Type.Array(Type.Object({ task: Type.String(), key: Type.String(), value: Type.Unsafe<unknown>({}) })) },
  { description: 'What committed state holds, in order of task and key.' },
);

export const CommitReplayRequest = strict({
  topology: Type.String({ maxLength: 100, description: 'Whose commits.', examples: ['shop'] }),
});

export const CommitReplayShape = Type.Object(
  {
    commits: Type.Integer(),
    fired: Type.Integer({ description: 'Timers and expiries among them.' }),
    records: Type.Integer(),
    compared: Type.Integer({ description: 'Records of the log that were compared.' }),
    differences: Type.Array(Type.String()),
  },
  { description: 'What came out when all commits were done again; no differences means the same bytes.' },
);

export const SeedRequest = strict({
  products: Type.Integer({ minimum: 1, maximum: 1_000_000, examples: [1_000] }),
});

export const SeedShape = Type.Object({ products: Type.Integer() }, { description: 'How many products were written.' });
