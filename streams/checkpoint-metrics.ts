// What is counted of checkpoints, by topology. One set for all threads of a process.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface CheckpointMetrics {
  /** Seconds to take one of a task. */
  readonly duration: Histogram<'topology'>;
  /** As they are kept. */
  readonly bytes: Counter<'topology'>;
  /** When the newest was taken, in seconds since the Unix epoch. */
  readonly takenAt: Gauge<'topology' | 'partition'>;
  /** Checkpoints that weren't finished, by code. */
  readonly failures: Counter<'topology' | 'code'>;
  /** Restores that began with one (`loaded`), and those that could not be used (`passed over`). */
  readonly restores: Counter<'topology' | 'result'>;
}

export function createCheckpointMetrics(registry: Registry): CheckpointMetrics {
  const registers = [registry];
  return {
    duration: new Histogram({
      name: 'stream_checkpoint_duration_seconds',
      help: 'Time to take a checkpoint of a task',
      labelNames: ['topology'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
      registers,
    }),
    bytes: new Counter({
      name: 'stream_checkpoint_bytes_total',
      help: 'Bytes of checkpoints that were taken',
      labelNames: ['topology'],
      registers,
    }),
    takenAt: new Gauge({
      name: 'stream_checkpoint_timestamp_seconds',
      help: 'When the newest checkpoint of a task was taken',
      labelNames: ['topology', 'partition'],
      // A task that moved has an older one with the thread before.
      aggregator: 'max',
      registers,
    }),
    failures: new Counter({
      name: 'stream_checkpoint_failures_total',
      help: 'Checkpoints that were not finished, by error code',
      labelNames: ['topology', 'code'],
      registers,
    }),
    restores: new Counter({
      name: 'stream_checkpoint_restores_total',
      help: 'Checkpoints that restores began with or passed over',
      labelNames: ['topology', 'result'],
      registers,
    }),
  };
}
