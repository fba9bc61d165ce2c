// A set of slots with a score each, in columns as long as the index: to be in it or not is one look, and to empty it
// costs what is in it.
import { grown } from './grow.ts';

export class SlotScores {
  length = 0;
  /** Those in the set, as they came. */
  slots = new Int32Array(1024);
  /** By slot: 1 if it is in the set. */
  isIn = new Uint8Array(1024);
  /** By slot; of meaning if it is in the set. */
  scores = new Float32Array(1024);
  /** By slot: 1 if a mistake was forgiven. */
  forgiven = new Uint8Array(1024);

  /** Makes room for an index of `slots`. */
  reserve(slots: number): void {
    this.slots = grown(this.slots, slots);
    this.isIn = grown(this.isIn, slots);
    this.scores = grown(this.scores, slots);
    this.forgiven = grown(this.forgiven, slots);
  }

  clear(): void {
    for (let index = 0; index < this.length; index++) this.isIn[this.slots[index]!] = 0;
    this.length = 0;
  }

  /** Keeps the best score of a slot, but one without a mistake before any with one. */
  add(slot: number, score: number, forgiven: 0 | 1): void {
    if (this.isIn[slot] === 0) {
      this.isIn[slot] = 1;
      this.slots[this.length++] = slot;
    } else if (forgiven > this.forgiven[slot]! || (forgiven === this.forgiven[slot] && score <= this.scores[slot]!)) {
      return;
    }
    this.scores[slot] = score;
    this.forgiven[slot] = forgiven;
  }

  /** Keeps what is in `other`, too; scores are added up. */
  intersect(other: SlotScores): void {
    let kept = 0;
    for (let index = 0; index < this.length; index++) {
      const slot = this.slots[index]!;
      if (other.isIn[slot] === 0) {
        this.isIn[slot] = 0;
        continue;
      }
      this.slots[kept++] = slot;
      this.scores[slot]! += other.scores[slot]!;
      this.forgiven[slot]! |= other.forgiven[slot]!;
    }
    this.length = kept;
  }
}

/** The sets of one thread, which does one thing at a time: they are large. */
export interface ScoreSets {
  readonly first: SlotScores;
  readonly second: SlotScores;
  readonly third: SlotScores;
}

export function makeScoreSets(): ScoreSets {
  return { first: new SlotScores(), second: new SlotScores(), third: new SlotScores() };
}
