// What operators ask of generations of views and read of them.
import { Type } from 'typebox';
import { oneOf, strict, Time } from './common.ts';

const nullable = <Shape>(shape: Shape) => Type.Unsafe<Shape | null>({ anyOf: [shape, { type: 'null' }] });

const Checked = Type.Object({
  at: Time,
  against: Type.String({ description: 'The one that answered then.' }),
  compared: Type.Integer({ description: 'Documents and listings.' }),
  differences: Type.Integer(),
});

const GenerationShape = Type.Object({
  name: Type.String({ examples: ['g2'] }),
  state: oneOf(['active', 'standby'], { description: 'The active one answers; a standby is filled beside it.' }),
  begunAt: Time,
  lag: Type.Integer({ description: 'Records of the log that its views have not taken yet.' }),
  checked: nullable(Checked),
});

const CheckShape = Type.Object({
  generation: Type.String(),
  state: oneOf(['running', 'done', 'failed']),
  compared: Type.Integer(),
  differences: Type.Integer(),
  examples: Type.Array(
    Type.Object({
      subject: Type.String({ examples: ['products/demo-0001'] }),
      expected: Type.String({ description: 'What the one that answers has, JSON; empty for nothing.' }),
      found: Type.String(),
    }),
  ),
  reason: Type.String({ description: 'Why it failed; empty if it did not.' }),
});

export const GenerationListShape = Type.Object(
  {
    active: Type.String(),
    previous: nullable(Type.String({ description: 'The one that answered before, to go back to.' })),
    generations: Type.Array(GenerationShape),
    check: nullable(CheckShape),
  },
  { description: 'All that are filled; which one answers; the last comparison.' },
);

export const GenerationParams = Type.Object({ generation: Type.String({ pattern: '^g[1-9][0-9]{0,8}$' }) });

export const GenerationBegun = Type.Object(
  { generation: Type.String() },
  { description: 'Workers fill it from now on.' },
);

export const GenerationChecking = Type.Object(
  { generation: Type.String() },
  { description: 'It is being compared; GET /v1/admin/views/generations shows how far that is.' },
);

export const ActivationRequest = strict(
  { force: Type.Optional(Type.Boolean({ description: 'Even if it was not compared, or lags.' })) },
  { examples: [{}] },
);
