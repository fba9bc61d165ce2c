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
  /** Null if the task has no state yet. */
  readonly id: string | null;
  /** False if the newest has all that there is. */
  readonly isNew: boolean;
  readonly bytes: number;
}

/**
 * A task without a checkpoint of now. `failed`: its owner tried; `unreachable`: its owner's process did not answer;
 * `moving`: nobody runs it now, as far as the group says.
 */
export interface MissedCheckpoint {
  readonly task: string;
  readonly reason: 'failed' | 'unreachable' | 'moving';
  readonly detail: string;
}

/** By task. */
export interface CheckpointReport {
  readonly checkpoints: readonly CheckpointOutcome[];
  readonly missed: readonly MissedCheckpoint[];
}

/** What the owner of a task answers. */
export type TaskCheckpoint = CheckpointOutcome | { readonly task: string; readonly failure: string };

export interface Checkpoints {
  /** @throws CHECKPOINTS_* */
  list(): Promise<CheckpointList>;
  /** Of all stream tasks of the application, wherever they run. @throws CHECKPOINTS_ELSEWHERE */
  create(): Promise<CheckpointReport>;
  /** Of these tasks, as far as this process owns them; nothing for the others. */
  createHere(tasks: readonly string[]): Promise<readonly TaskCheckpoint[]>;
}
