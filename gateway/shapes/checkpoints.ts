// Checkpoints of the state, as operators see them.
import { Type } from 'typebox';
import { Time } from './common.ts';

const which = { task: Type.String({ examples: ['shop_0'] }), id: Type.String() };

export const CheckpointListShape = Type.Object(
  {
    place: Type.String({ description: 'Where they are kept.' }),
    checkpoints: Type.Array(
      Type.Object({
        ...which,
        takenAt: Time,
        codeVersion: Type.String(),
        offset: Type.Integer({ description: 'The changelog offset that it stands at.' }),
        entries: Type.Integer(),
        bytes: Type.Integer({ description: 'As it is kept.' }),
      }),
    ),
    copies: Type.Array(
      Type.Object({ thread: Type.String(), id: Type.String(), takenAt: Time, bytes: Type.Integer() }),
      { description: 'Of the files of whole stores: for the thread that they are of, on the machine that has them.' },
    ),
    damaged: Type.Array(Type.Object({ ...which, reason: Type.String() }), {
      description: 'Those that do not say what they are.',
    }),
  },
  { description: 'By task, the newest first.' },
);

export const CheckpointOutcomes = Type.Object(
  {
    checkpoints: Type.Array(
      Type.Object({
        task: which.task,
        id: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Null if the task has no state yet.' }),
        isNew: Type.Boolean({ description: 'False if the newest has all that there is.' }),
        bytes: Type.Integer(),
      }),
    ),
  },
  { description: 'One of each stream task of the application.' },
);
