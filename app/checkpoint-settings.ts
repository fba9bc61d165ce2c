// The part of the table of settings that is about checkpoints. settings.ts puts all together.
import { integer, optional, text } from './setting.ts';

export const checkpointSettings = {
  checkpoints: optional(
    text('place', 'a directory or s3://bucket/prefix', {
      group: 'Checkpoints',
      pattern: /^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9._/-]*)?|(?!s3:).+)$/,
      doc: 'Where checkpoints of the state are kept: a directory, or a bucket of the store that the settings of S3 describe. Without one, it is checkpoints below --data.',
    }),
  ),
  checkpointEvery: integer(0, 86_400, {
    group: 'Checkpoints',
    default: 3_600,
    doc: 'Seconds between two checkpoints of a task; 0 for none but on command.',
  }),
  checkpointKeep: integer(1, 1_000, {
    group: 'Checkpoints',
    default: 3,
    doc: 'So many checkpoints of each task are kept.',
  }),
  checkpointMaxAge: integer(60, 315_360_000, {
    group: 'Checkpoints',
    default: 604_800,
    doc: 'Checkpoints are dropped after so many seconds, but the newest of a task never.',
  }),
};
