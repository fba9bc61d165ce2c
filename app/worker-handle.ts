// A worker as the process around it sees it, whether it runs on the same thread or on one of its own. Everything that
// crosses is plain data.
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { PartHealth, TaskDescription } from '../gateway/operations.ts';
import type { StateQuery, TaskAnswer } from '../gateway/state-queries.ts';
import type { PaymentFact } from '../processors/reconcile/compare-payments.ts';
import type { TaskFacts } from '../processors/reconcile/examine-task.ts';
import type { FailedCheckpoint, TakenCheckpoint } from '../streams/checkpointer.ts';

export interface WorkerHandle {
  /** Whether every task that it was assigned has its state and takes records. */
  isRunning(): Promise<boolean>;
  /**
   * Resolves when its topologies have decided, or its views show, what stands in the log by now, or when it stops. Those
   * that are far behind are waited for a while only.
   */
  catchUp(of: 'topologies' | 'views'): Promise<void>;
  health(): Promise<readonly PartHealth[]>;
  tasks(): Promise<readonly TaskDescription[]>;
  figures(): Promise<MetricObjectWithValues<MetricValue<string>>[]>;
  /** What it can answer of its tasks and copies. Undefined if there is no such store. */
  readTasks(query: StateQuery): Promise<readonly TaskAnswer[] | undefined>;
  /** Its running tasks, each as its state stood at one commit. */
  observe(): Promise<readonly TaskFacts[]>;
  /** The payment provider's books since then (milliseconds since the Unix epoch). Undefined if it asks none. */
  payments(since: number): Promise<readonly PaymentFact[] | undefined>;
  /** Takes checkpoints of those of the tasks that it owns, proven: others are left out. */
  checkpoint(tasks: readonly string[]): Promise<readonly (TakenCheckpoint | FailedCheckpoint)[]>;
  /** Stops a view, so that it can be emptied. False if there is no such view. */
  pauseView(name: string): Promise<boolean>;
  /** Starts it again, from wherever its offsets are then. */
  resumeView(name: string): Promise<void>;
  /** Finishes and commits what is in hand. */
  stop(): Promise<void>;
}
