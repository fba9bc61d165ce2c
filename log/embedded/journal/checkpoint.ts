// What the index says of the journal: up to where it has certainly all, with the segments that there were then, and up to
// where it has heard of frames.
import { type LevelIndex, ownKeys } from './level-index.ts';
import { beginning, decodePlace, encodePlace, type Place } from './place.ts';
import type { StoredSegments } from './segment-table.ts';

export interface Checkpoint {
  /** Everything before is in the index, whatever happens. */
  readonly place: Place;
  /** Up to that of `place`. */
  readonly segments: StoredSegments;
}

/** An operation that stands beside those of a frame that ends there. */
export function appliedUpTo(place: Place) {
  return { type: 'put', key: ownKeys.applied, value: encodePlace(place) } as const;
}

export function checkpointed(checkpoint: Checkpoint) {
  return { type: 'put', key: ownKeys.checkpoint, value: Buffer.from(JSON.stringify(checkpoint)) } as const;
}

/** Undefined where it never heard of a journal. */
export async function readProgress(index: LevelIndex): Promise<{ applied: Place; checkpoint: Checkpoint } | undefined> {
  const [applied, checkpoint] = await index.getMany([ownKeys.applied, ownKeys.checkpoint]);
  if (applied === undefined && checkpoint === undefined) return undefined;
  return {
    applied: applied === undefined ? beginning : decodePlace(applied),
    checkpoint: checkpoint === undefined ? nothing : (JSON.parse(checkpoint.toString()) as Checkpoint),
  };
}

export const nothing: Checkpoint = { place: beginning, segments: [] };
