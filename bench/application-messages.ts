// What goes between the runner, the application's process and its threads. All of it is plain data.

export interface ApplicationOptions {
  readonly brokers: readonly string[];
  /** Of its topics. */
  readonly prefix: string;
  /** Its transactions aren't any; see at-least-once.ts. */
  readonly isAtLeastOnce: boolean;
  /** For its state. */
  readonly directory: string;
  readonly threads: number;
  /** Of its topics; without it as the catalogue has them. */
  readonly partitions: number | undefined;
}

export type Question = 'used' | 'stop';

export interface Used {
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

/** `at`: milliseconds since the Unix epoch, when its first task ran. */
export interface Running extends Used {
  readonly at: number;
}

export type Report = ({ readonly type: 'running' } & Running) | ({ readonly type: 'used' } & Used);
