// What operators see and ask of the checkpoints of the state. The app implements it.

export interface CheckpointDescription {
  readonly task: string;
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly takenAt: number;
  readonly codeVersion: string;
  /** The changelog offset that it stands at. */
  readonly offset: number;
  readonly entries: number;
  /** As it is kept. */
  readonly bytes: number;
}

export interface CheckpointList {
  /** Where they are. */
  readonly place: string;
  /** By task, the newest first. */
  readonly checkpoints: readonly CheckpointDescription[];
  /** Of the files of whole stores, the newest first: where they cost nothing. */
  readonly copies: readonly StateCopy[];
  /** Those that don't say what they are. */
  readonly damaged: readonly { readonly task: string; readonly id: string; readonly reason: string }[];
}

/** Of all that a worker thread had, for that thread alone. */
export interface StateCopy {
  readonly thread: string;
  readonly id: string;
  readonly takenAt: number;
  /** Mostly shared with the state itself, and among copies. */
  readonly bytes: number;
}

export interface CheckpointOutcome {
  readonly task: string;
  readonly id: string;
  /** False if the newest has all that there is. */
  readonly isNew: boolean;
  readonly bytes: number;
}

export interface Checkpoints {
  /** @throws CHECKPOINTS_* */
  list(): Promise<CheckpointList>;
  /** Of all tasks of this process. @throws CHECKPOINTS_* */
  create(): Promise<readonly CheckpointOutcome[]>;
}
