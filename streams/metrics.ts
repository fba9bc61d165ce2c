// What the engine counts, under Kafka Streams' names in Prometheus' spelling, labelled by topology (its `thread`
// metrics) or by task. One set for all threads of a process.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const latencyBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export interface StreamsMetrics {
  /** process-total: records processed. */
  readonly processed: Counter<'topology'>;
  /** process-latency: seconds from the start of a batch to its end, reads included. */
  readonly processLatency: Histogram<'topology'>;
  /** commit-total and commit-latency: seconds from handing over to durable and applied. */
  readonly commitLatency: Histogram<'topology'>;
  /** punctuate-total: timers and expiries that took effect. */
  readonly punctuated: Counter<'topology'>;
  /** Records set aside, by code. */
  readonly deadLetters: Counter<'topology' | 'code'>;
  /** Keys that stand still for a record that failed, and the records that wait behind those. */
  readonly quarantinedKeys: Gauge<'topology'>;
  readonly waitingRecords: Gauge<'topology'>;
  /** dropped-records-total, which has no reason label in Kafka Streams: what processors passed over, such as `late`. */
  readonly dropped: Counter<'topology' | 'reason'>;
  /** restore-records-total. */
  readonly restored: Counter<'topology'>;
  /** Tasks by state. */
  readonly tasks: Gauge<'topology' | 'state'>;
  /** records-lag: records that are in the log and weren't polled yet. */
  readonly lag: Gauge<'topology' | 'partition' | 'topic'>;
  /** Changelog records that a standby doesn't have yet. */
  readonly standbyLag: Gauge<'topology' | 'partition'>;
  /** Bytes that state may take on a worker's thread, by part. */
  readonly memoryLimit: Gauge<'part'>;
  /** Bytes of the commit in flight: changed entries and outputs. */
  readonly uncommittedBytes: Gauge<'topology'>;
  /** Batches that ended early, for they would have written more than they may. */
  readonly earlyCommits: Counter<'topology'>;
  /** Bytes of decoded state in memory. */
  readonly cacheBytes: Gauge<'topology'>;
  /** Commits that failed and were done again, by code. */
  readonly commitFailures: Counter<'topology' | 'code'>;
}

export function createStreamsMetrics(registry: Registry): StreamsMetrics {
  const registers = [registry];
  const topology = ['topology'] as const;
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: topology, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: topology, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: topology, registers, buckets: latencyBuckets });
  return {
    processed: counter('stream_thread_process_total', 'Records processed'),
    processLatency: histogram('stream_thread_process_latency_seconds', 'Time to process a batch, reads included'),
    commitLatency: histogram('stream_thread_commit_latency_seconds', 'Time to commit a batch to log and state'),
    punctuated: counter('stream_thread_punctuate_total', 'Timers and expiries that took effect'),
    deadLetters: new Counter({
      name: 'stream_thread_dead_letter_records_total',
      help: 'Records set aside, by error code',
      labelNames: ['topology', 'code'],
      registers,
    }),
    quarantinedKeys: gauge('stream_thread_quarantined_keys', 'Keys that stand still for a record that failed'),
    waitingRecords: gauge('stream_thread_quarantine_waiting_records', 'Records that wait behind one that failed'),
    dropped: new Counter({
      name: 'stream_thread_dropped_records_total',
      help: 'What processors passed over, by reason',
      labelNames: ['topology', 'reason'],
      registers,
    }),
    restored: counter('stream_thread_restore_records_total', 'Changelog records read to restore state'),
    tasks: new Gauge({ name: 'stream_thread_tasks', help: 'Tasks', labelNames: ['topology', 'state'], registers }),
    lag: new Gauge({
      name: 'stream_task_records_lag',
      help: 'Records in the log that were not polled yet',
      labelNames: ['topology', 'topic', 'partition'],
      registers,
    }),
    standbyLag: new Gauge({
      name: 'stream_standby_records_lag',
      help: 'Changelog records that a standby task does not have yet',
      labelNames: ['topology', 'partition'],
      registers,
    }),
    memoryLimit: new Gauge({
      name: 'state_memory_limit_bytes',
      help: "Bytes that state may take on a worker's thread, by part",
      labelNames: ['part'],
      registers,
    }),
    uncommittedBytes: new Gauge({
      name: 'stream_thread_uncommitted_bytes',
      help: 'Bytes of the commit in flight: changed entries and outputs',
      labelNames: topology,
      registers,
    }),
    earlyCommits: counter('stream_thread_early_commits_total', 'Batches that ended early, as large as they may be'),
    cacheBytes: new Gauge({
      name: 'stream_thread_state_cache_bytes',
      help: 'Bytes of decoded state in memory',
      labelNames: topology,
      registers,
    }),
    commitFailures: new Counter({
      name: 'stream_thread_commit_failures_total',
      help: 'Commits that failed and were done again, by error code',
      labelNames: ['topology', 'code'],
      registers,
    }),
  };
}

export interface ViewMetrics {
  /** Records that are in the view. */
  readonly records: Counter<'view'>;
  /** Records in the log that the view doesn't have yet. */
  readonly lag: Gauge<'view' | 'partition'>;
  /** Writes that had to be tried again. */
  readonly retries: Counter<'view'>;
}

export function createViewMetrics(registry: Registry): ViewMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: ['view'], registers });
  return {
    records: counter('view_records_total', 'Records applied to a view'),
    lag: new Gauge({
      name: 'view_records_lag',
      help: 'Records in the log that a view does not have yet',
      labelNames: ['view', 'partition'],
      registers,
    }),
    retries: counter('view_retries_total', 'Failed writes to a view, which are tried again'),
  };
}

export interface EffectMetrics {
  /** Records that came to an end, whichever. */
  readonly performed: Counter<'effect'>;
  /** Tries that failed, by code. */
  readonly failed: Counter<'effect' | 'code'>;
  /** Tries that failed and are followed by another. */
  readonly retries: Counter<'effect'>;
  /** Records whose tries all failed, which was told. */
  readonly givenUp: Counter<'effect'>;
  readonly deadLetters: Counter<'effect' | 'code'>;
  /** Of one try, in seconds. */
  readonly latency: Histogram<'effect'>;
  /** Calls that are under way. */
  readonly inHands: Gauge<'effect'>;
  /** 1 while the outside counts as down. */
  readonly circuitOpen: Gauge<'effect'>;
  /** Records in the log that have not come to an end yet, or stand behind such a one. */
  readonly lag: Gauge<'effect' | 'partition'>;
  /** Commits that failed, after which records are performed again, by code. */
  readonly commitFailures: Counter<'effect' | 'code'>;
}

export function createEffectMetrics(registry: Registry): EffectMetrics {
  const registers = [registry];
  const effect = ['effect'] as const;
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: effect, registers });
  const byCode = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['effect', 'code'] as const, registers });
  return {
    performed: counter('effect_performed_total', 'Records that came to an end'),
    failed: byCode('effect_failures_total', 'Failed calls to the outside, by error code'),
    retries: counter('effect_retries_total', 'Failed calls to the outside that are made again'),
    givenUp: counter('effect_given_up_total', 'Records whose calls all failed'),
    deadLetters: byCode('effect_dead_letter_records_total', 'Records set aside, by error code'),
    latency: new Histogram({
      name: 'effect_call_latency_seconds',
      help: 'Time of one call to the outside',
      labelNames: effect,
      registers,
      buckets: [...latencyBuckets, 10, 30],
    }),
    inHands: new Gauge({
      name: 'effect_calls_in_flight',
      help: 'Calls to the outside that are under way',
      labelNames: effect,
      registers,
    }),
    circuitOpen: new Gauge({
      name: 'effect_circuit_open',
      help: 'Threads that make no calls, for the outside counts as down',
      labelNames: effect,
      registers,
    }),
    lag: new Gauge({
      name: 'effect_records_lag',
      help: 'Records in the log that are not finished, or stand behind one that is not',
      labelNames: ['effect', 'partition'],
      registers,
    }),
    commitFailures: byCode('effect_commit_failures_total', 'Commits that failed, by error code'),
  };
}

export interface SourceMetrics {
  /** Records that were pulled and are in the log. */
  readonly records: Counter<'source' | 'key'>;
  /** Pulls that ended, by result: done or failed. */
  readonly pulls: Counter<'source' | 'key' | 'result'>;
  /** Commits that failed, after which is pulled again, by code. */
  readonly commitFailures: Counter<'source' | 'code'>;
}

export function createSourceMetrics(registry: Registry): SourceMetrics {
  const registers = [registry];
  return {
    records: new Counter({
      name: 'source_records_total',
      help: 'Records that were pulled from the outside into the log',
      labelNames: ['source', 'key'],
      registers,
    }),
    pulls: new Counter({
      name: 'source_pulls_total',
      help: 'Pulls from the outside that ended, by result',
      labelNames: ['source', 'key', 'result'],
      registers,
    }),
    commitFailures: new Counter({
      name: 'source_commit_failures_total',
      help: 'Commits that failed, by error code',
      labelNames: ['source', 'code'],
      registers,
    }),
  };
}
