// Reading the state of tasks where it is: what is asked, and what is answered. The app finds the owner and asks it.

/** `strong`: what the owner has committed by now, proven to be the newest. `stale`: from any copy, with its lag. */
export type Consistency = 'strong' | 'stale';

/** Of one store: a key, or a stretch of keys in byte order. */
export interface StateQuery {
  readonly store: string;
  /** Default: the first that has such a store. */
  readonly topology?: string | undefined;
  readonly key?: string | undefined;
  /** From this key on. */
  readonly from?: string | undefined;
  /** Up to this key, without it. */
  readonly to?: string | undefined;
  readonly limit: number;
  /** Default: strong. */
  readonly consistency?: Consistency | undefined;
  /** A copy that is further behind doesn't answer, in milliseconds. Default: a minute. */
  readonly maxLagMs?: number | undefined;
  /** Of these tasks alone. Default: all. */
  readonly partitions?: readonly number[] | undefined;
}

export interface StateEntry {
  readonly task: string;
  readonly key: string;
  readonly value: unknown;
}

/** How far a copy is behind the changelog's end; `milliseconds` since its last commit, 0 if it has all. */
export interface StateLag {
  readonly records: number;
  readonly milliseconds: number;
}

/** What one task answers. */
export interface TaskAnswer {
  readonly partition: number;
  readonly task: string;
  readonly entries: readonly StateEntry[];
  /** Of a strong answer nothing is behind. */
  readonly lag: StateLag;
}

export interface StateAnswer {
  /** In order of task and key. */
  readonly entries: readonly StateEntry[];
  /** The largest. */
  readonly lag: StateLag;
}

export interface StateQueries {
  /** From wherever the tasks are. Undefined if there is no such store. @throws STATE_MOVING, STATE_ELSEWHERE */
  read(query: StateQuery): Promise<StateAnswer | undefined>;
  /** The same, task by task: each gives up to `limit` entries. */
  readTasks(query: StateQuery): Promise<readonly TaskAnswer[] | undefined>;
  /** From this process alone: what it can answer, and nothing for the other tasks. Undefined if there is no such store. */
  readHere(query: StateQuery): Promise<readonly TaskAnswer[] | undefined>;
}
