// Doing the past again as the gateway offers it: to verify that the log holds what was decided; to see what today's code
// would decide, with or without keeping it apart; or to set an application's own state right. The app implements it.

/**
 * `verify`: compare with the log, byte for byte. `dry-run`: decide again, tell what differs, write nothing.
 * `into`: decide again and write it under another application id. `in-place`: correct the state of this one.
 */
export type ReplayMode = 'verify' | 'dry-run' | 'into' | 'in-place';

export interface ReplayRequest {
  readonly topology: string;
  readonly mode: ReplayMode;
  /** A time, an offset of the commit topic, `<topic>/<partition>@<offset>`, or a checkpoint's id. Default: the beginning. */
  readonly from?: string | undefined;
  /** An application id that was never used. */
  readonly into?: string | undefined;
  /** The application id, for `in-place`. */
  readonly confirm?: string | undefined;
  /** How many differences are told. */
  readonly limit: number;
}

/** Milliseconds since the Unix epoch. */
export interface RunningReplay {
  readonly id: string;
  readonly topology: string;
  readonly mode: ReplayMode;
  readonly startedAt: number;
  /** In words. */
  readonly step: string;
  /** Done again so far, of about so many. */
  readonly commits: number;
  readonly of: number;
}

export interface DecisionDifferences {
  /** Records of the log that were compared. */
  readonly compared: number;
  readonly different: number;
  /** `<topic>: <before> -> <after>` to how often. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first, in order of time. */
  readonly differences: readonly {
    readonly topic: string;
    readonly key: string;
    readonly at: number;
    readonly kind: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
}

/** What came out when commits were done again. */
export interface CommitReplay {
  readonly mode: ReplayMode;
  /** The time from which on commits were compared, in milliseconds since the Unix epoch; null for all. */
  readonly from: number | null;
  readonly commits: number;
  /** Timers and expiries among them. */
  readonly fired: number;
  readonly records: number;
  /** Records of the log that were compared. */
  readonly compared: number;
  /** In words, the first of them. */
  readonly differences: readonly string[];
  /** Null for `verify`, which compares bytes. */
  readonly decisions: DecisionDifferences | null;
  /** Topic to how many records were written there. */
  readonly written: Readonly<Record<string, number>>;
}

export type EndedReplay = {
  readonly id: string;
  readonly topology: string;
  readonly mode: ReplayMode;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Done again, those among them that were not compared. */
  readonly commits: number;
} & (
  | { readonly report: CommitReplay; readonly failure?: undefined }
  | { readonly failure: { readonly code: string; readonly detail: string }; readonly report?: undefined }
);

export interface ReplayState {
  readonly running: RunningReplay | null;
  readonly last: EndedReplay | null;
}

/** One replay at a time. */
export interface Replays {
  /**
   * @returns its id, and what resolves with its report when it is done, or rejects
   * @throws REPLAY_RUNNING, REPLAY_REQUEST_INVALID, REPLAY_UNCONFIRMED, REPLAY_POINT_UNKNOWN, TOPOLOGY_NOT_FOUND
   */
  start(request: ReplayRequest): { readonly id: string; readonly done: Promise<CommitReplay> };
  state(): ReplayState;
  /** Deletes the topics of an application id that was replayed into; gives their names. @throws REPLAY_REQUEST_INVALID */
  drop(into: string): Promise<readonly string[]>;
}
