// What operators read and ask for.
import { Type } from 'typebox';
import { Cursor, Limit, maxLagMs, oneOf, StateLag, strict } from './common.ts';

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
        lag: Type.Optional(
          Type.Integer({ description: 'Of a standby: records of the changelog that it does not have yet.' }),
        ),
      }),
    ),
  },
  { description: 'What runs where, and which copies of state stand by.' },
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

export const PageQuery = strict({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) });

export const ViewParams = Type.Object({ name: Type.String({ maxLength: 100 }) });

export const ViewCheckRequest = strict(
  { repair: Type.Optional(Type.Boolean({ default: false, description: 'Set right what differs.' })) },
  { examples: [{ repair: true }] },
);

export const ViewCheckShape = Type.Object(
  {
    view: Type.String(),
    compared: Type.Integer(),
    differences: Type.Integer(),
    examples: Type.Array(Type.Object({ subject: Type.String(), expected: Type.String(), found: Type.String() })),
    outcome: oneOf(['same', 'different', 'repaired', 'rebuild', 'passing'], {
      description: '`rebuild`: it is filled anew from now on. `passing`: it ends by itself within a minute.',
    }),
  },
  { description: 'What came out when the view was held against the log.' },
);

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
  topology: Type.Optional(
    Type.String({ maxLength: 100, description: 'For a store that several have; default: the first that has it.' }),
  ),
  partition: Type.Optional(Type.Integer({ minimum: 0, description: 'Of this task alone.' })),
  consistency: Type.Optional(oneOf(['strong', 'stale'], { default: 'strong' })),
  maxLagMs,
  limit: Limit,
});

export const StateEntries = Type.Object(
  {
    entries: Type.Array(Type.Object({ task: Type.String(), key: Type.String(), value: Type.Unsafe<unknown>({}) })),
    lag: StateLag,
  },
  { description: 'What committed state holds, in order of task and key.' },
);

export const SeedRequest = strict({
  products: Type.Integer({ minimum: 1, maximum: 1_000_000, examples: [1_000] }),
});

export const SeedShape = Type.Object({ products: Type.Integer() }, { description: 'How many products were written.' });
