// How much of each segment is still pointed to. The figures say where looking for room is worth it, no more: before a
// segment goes, each of its values is looked up (tidying.ts), so that no miscount ever costs one.
import type { FrameHead } from './frame.ts';
import type { Place } from './place.ts';

interface Usage {
  /** Of the file, once it is sealed. */
  size: number;
  /** Of values that are pointed to. */
  live: number;
}

/** As it is stored: number, size and live bytes of each. */
export type StoredSegments = readonly (readonly [segment: number, size: number, live: number])[];

export class SegmentTable {
  readonly #usage = new Map<number, Usage>();

  constructor(stored: StoredSegments = []) {
    for (const [segment, size, live] of stored) this.#usage.set(segment, { size, live });
  }

  stored(): StoredSegments {
    return [...this.#usage].map(([segment, { size, live }]) => [segment, size, live] as const);
  }

  /** Frames are about to follow at `place`. */
  begin({ segment, position }: Place): void {
    this.#usage.set(segment, { size: position, live: this.#usage.get(segment)?.live ?? 0 });
  }

  /** What a frame that was written changes. */
  count({ place: { segment, position }, headBytes, valueBytes, freed }: FrameHead): void {
    const live = valueBytes + (this.#usage.get(segment)?.live ?? 0);
    this.#usage.set(segment, { size: position + headBytes + valueBytes, live });
    for (const { segment: older, bytes } of freed) {
      const usage = this.#usage.get(older);
      if (usage !== undefined) usage.live -= bytes;
    }
  }

  sizeOf(segment: number): number {
    return this.#usage.get(segment)?.size ?? 0;
  }

  /** Those before `active` of which less than half is still pointed to. */
  sparse(active: number): number[] {
    return [...this.#usage].flatMap(([segment, { size, live }]) => {
      return segment < active && live * 2 < size ? [segment] : [];
    });
  }

  delete(segment: number): void {
    this.#usage.delete(segment);
  }
}
