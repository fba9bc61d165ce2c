// Tumbling and hopping windows in Kafka Streams' notions: size, advance, grace, stream time. Pure functions of a value that
// a processor keeps in a store, one a key; a timer at `nextAt` lets windows end and close although nothing comes.
// What happened is counted once, in its pane (one advance long); a window is the sum of its panes.
//
//     panes    |  3  |     |  1  |  2  |        advance: one pane
//     windows  [-----------------)              size: three panes here; where it is one pane, windows tumble
//                    [-----------------)        ends at stream time = end; closes at end + grace; may change in between
//
// Stream time is the caller's: up to when the caller takes events to be complete. Processors pass `context.now`, for no event
// lies ahead of it. Kafka Streams takes the highest timestamp that it has seen: then a window without newer events never ends.
import { assert } from '../base/assert.ts';

/** What happened from `start` on, for one advance. Times are milliseconds since the Unix epoch. */
export interface Pane<V> {
  readonly start: number;
  readonly value: V;
}

/** Of one key. It can be dropped once it has no panes. */
export interface WindowState<V> {
  /** By start; none is empty. */
  readonly panes: readonly Pane<V>[];
  /** Up to when results were given. */
  readonly streamTime: number;
}

/** A window that has ended. A later result of the same window replaces an earlier one; after the final one there is none. */
export interface WindowResult<V> {
  readonly start: number;
  /** Not part of it. */
  readonly end: number;
  readonly value: V;
  readonly isFinal: boolean;
}

export interface WindowStep<V> {
  readonly state: WindowState<V>;
  /** Of windows with something in them, and of the first empty one after such a one; in order of the time they became so. */
  readonly results: readonly WindowResult<V>[];
}

export interface TimeWindowsOptions<V> {
  /** Milliseconds, a multiple of `advance`. */
  readonly size: number;
  /** From the start of a window to that of the next one. Default: `size`. */
  readonly advance?: number;
  /** For how long after its end a window still takes what comes late. Default: 0. */
  readonly grace?: number;
  readonly zero: V;
  /** The sum: which of the two came first must make no difference. */
  add(one: V, other: V): V;
}

export class TimeWindows<V> {
  readonly #size: number;
  readonly #advance: number;
  readonly #grace: number;
  readonly #zero: V;
  readonly #add: (one: V, other: V) => V;

  constructor({ size, advance = size, grace = 0, zero, add }: TimeWindowsOptions<V>) {
    const isSound = Number.isSafeInteger(size / advance) && size >= advance && advance > 0 && grace >= 0;
    assert(isSound, 'the size of windows is a multiple of their advance, and their grace is not negative');
    this.#size = size;
    this.#advance = advance;
    this.#grace = grace;
    this.#zero = zero;
    this.#add = add;
  }

  /** Of a key that nothing is known of. */
  get empty(): WindowState<V> {
    return { panes: [], streamTime: 0 };
  }

  /** Gives the results of all windows that have ended or closed up to `streamTime`, and forgets panes that no window needs. */
  advanceTo(state: WindowState<V>, streamTime: number): WindowStep<V> {
    if (streamTime <= state.streamTime) return { state, results: [] };
    const found: { readonly at: number; readonly result: WindowResult<V> }[] = [];
    const isNew = (at: number) => at > state.streamTime && at <= streamTime;
    const { panes } = state;
    for (let end = this.#firstOpen(state); end <= this.#lastEnd(panes) && end <= streamTime; end += this.#advance) {
      if (!this.#isTold(panes, end)) continue;
      if (isNew(end) && this.#grace > 0) found.push({ at: end, result: this.#result(panes, end, false) });
      const closesAt = end + this.#grace;
      if (isNew(closesAt)) found.push({ at: closesAt, result: this.#result(panes, end, true) });
    }
    found.sort((one, other) => one.at - other.at || one.result.end - other.result.end);
    const kept = panes.filter(({ start }) => start + this.#size + this.#advance + this.#grace > streamTime);
    return { state: { panes: kept, streamTime }, results: found.map(({ result }) => result) };
  }

  /**
   * Goes on to `streamTime`, then counts what happened at `at`. It goes into all windows around it that aren't closed, and
   * those that have ended give their results anew. If all are closed it is late, and changes nothing.
   */
  add(
    before: WindowState<V>,
    { at, value }: { readonly at: number; readonly value: V },
    streamTime: number,
  ): WindowStep<V> & { readonly isLate: boolean } {
    const step = this.advanceTo(before, streamTime);
    const { state } = step;
    const start = Math.floor(at / this.#advance) * this.#advance;
    const lastEnd = start + this.#size;
    if (lastEnd + this.#grace <= state.streamTime) return { ...step, isLate: true };
    const panes = this.#withPane(state.panes, { start, value });
    const results = [...step.results];
    // The window after the last one: it has become the first empty one, perhaps.
    for (let end = start + this.#advance; end <= lastEnd + this.#advance; end += this.#advance) {
      const isOpen = end <= state.streamTime && end + this.#grace > state.streamTime;
      if (isOpen && this.#isTold(panes, end)) results.push(this.#result(panes, end, false));
    }
    return { state: { ...state, panes }, results, isLate: false };
  }

  /** The sum of the window that ended last. */
  last({ panes, streamTime }: WindowState<V>): V {
    return this.#sum(panes, Math.floor(streamTime / this.#advance) * this.#advance);
  }

  /** When a window ends or closes next; undefined if there is nothing to come. For a timer. */
  nextAt(state: WindowState<V>): number | undefined {
    const { panes, streamTime } = state;
    let next: number | undefined;
    for (let end = this.#firstOpen(state); end <= this.#lastEnd(panes); end += this.#advance) {
      if (next !== undefined && end >= next) break;
      if (!this.#isTold(panes, end)) continue;
      const at = end > streamTime ? end : end + this.#grace;
      next = Math.min(next ?? at, at);
    }
    return next;
  }

  /** When `last` will be another one, if nothing comes; undefined if never. For whom only the newest window counts. */
  nextChange({ panes, streamTime }: WindowState<V>): number | undefined {
    let next: number | undefined;
    for (const { start } of panes) {
      for (const at of [start + this.#advance, start + this.#size + this.#advance]) {
        if (at > streamTime) next = Math.min(next ?? at, at);
      }
    }
    return next;
  }

  /** The end of the first window that is neither closed nor before all panes. */
  #firstOpen({ panes, streamTime }: WindowState<V>): number {
    const first = Math.floor((streamTime - this.#grace) / this.#advance + 1) * this.#advance;
    return Math.max(first, (panes[0]?.start ?? 0) + this.#advance);
  }

  /** The end of the first window behind all panes. */
  #lastEnd(panes: readonly Pane<V>[]): number {
    const last = panes.at(-1);
    return last === undefined ? Number.NEGATIVE_INFINITY : last.start + this.#size + this.#advance;
  }

  /** Whether the window has something in it, or the one before it has. */
  #isTold(panes: readonly Pane<V>[], end: number): boolean {
    const from = end - this.#size - this.#advance;
    return panes.some(({ start }) => start >= from && start < end);
  }

  #result(panes: readonly Pane<V>[], end: number, isFinal: boolean): WindowResult<V> {
    return { start: end - this.#size, end, value: this.#sum(panes, end), isFinal };
  }

  #sum(panes: readonly Pane<V>[], end: number): V {
    let sum = this.#zero;
    for (const { start, value } of panes) if (start >= end - this.#size && start < end) sum = this.#add(sum, value);
    return sum;
  }

  #withPane(panes: readonly Pane<V>[], { start, value }: Pane<V>): Pane<V>[] {
    const known = panes.find((pane) => pane.start === start);
    const pane = { start, value: known === undefined ? value : this.#add(known.value, value) };
    const others = panes.filter((each) => each !== known);
    return [...others, pane].sort((one, other) => one.start - other.start);
  }
}
