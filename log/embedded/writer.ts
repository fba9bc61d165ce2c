// The only way into storage: group commit. Jobs that wait while a write is in flight go together into the next one, in
// the order in which they came; a job is never split. There is no timer: the disk's own speed makes the batches.
// After a failed write nobody knows what is on the disk, so that the log takes nothing more until it is opened again.
import { StockstreamError } from '../../base/errors.ts';
import { Flush } from './flush.ts';
import { type LogStorage, storageFailed } from './storage.ts';
import type { TailCache } from './tail-cache.ts';

/**
 * Puts one job's changes into the flush and gives its result. It is synchronous, and if it throws it must not have
 * changed anything: then it alone is refused.
 */
export type Stage<T> = (flush: Flush) => T;

interface Job {
  readonly bytes: number;
  /** Stages the job; gives the function that resolves it, or undefined if it was refused. */
  readonly stage: (flush: Flush) => (() => void) | undefined;
  readonly reject: (error: unknown) => void;
}

export interface WriterOptions {
  /** About the largest write; a larger job has a write of its own. */
  readonly maxFlushBytes: number;
  readonly indexIntervalBytes: number;
}

export class Writer {
  readonly #storage: LogStorage;
  readonly #tail: TailCache;
  readonly #options: WriterOptions;
  #queue: Job[] = [];
  #running: Promise<void> | undefined;
  #refusal: StockstreamError | undefined;

  constructor(storage: LogStorage, tail: TailCache, options: WriterOptions) {
    this.#storage = storage;
    this.#tail = tail;
    this.#options = options;
  }

  /** Resolves with what `stage` gave once its write is durable. `bytes` says about how large it is. */
  submit<T>(stage: Stage<T>, bytes = 0): Promise<T> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, reject, stage: (flush) => stageOne(flush, stage, resolve, reject) });
      this.#running ??= this.#run();
    });
  }

  /** Takes nothing more and waits for what was taken. */
  async close(): Promise<void> {
    this.#refusal ??= new StockstreamError('LOG_CLOSED');
    await this.#running;
  }

  /** Takes nothing more and forgets what waits. */
  drop(): void {
    this.#refusal ??= new StockstreamError('LOG_CLOSED');
    this.#queue = [];
  }

  async #run(): Promise<void> {
    // Calls of the same turn go together.
    await null;
    while (this.#queue.length > 0) {
      const jobs = this.#take();
      const flush = new Flush(this.#options.indexIntervalBytes);
      const resolvers = jobs.map((job) => job.stage(flush));
      const operations = flush.operations();
      try {
        if (operations.length > 0) await this.#storage.write(operations);
      } catch (error) {
        return this.#fail(jobs, error);
      }
      flush.publish(this.#tail);
      for (const resolve of resolvers) resolve?.();
    }
    this.#running = undefined;
  }

  #take(): Job[] {
    let count = 0;
    for (let bytes = 0; count < this.#queue.length; count++) {
      bytes += this.#queue[count]!.bytes;
      if (count > 0 && bytes > this.#options.maxFlushBytes) break;
    }
    return this.#queue.splice(0, count);
  }

  #fail(jobs: readonly Job[], cause: unknown): void {
    const error = storageFailed(this.#storage.location, 'written', cause);
    this.#refusal = error;
    for (const job of [...jobs, ...this.#queue]) job.reject(error);
    this.#queue = [];
    this.#running = undefined;
  }
}

function stageOne<T>(flush: Flush, stage: Stage<T>, resolve: (value: T) => void, reject: (error: unknown) => void) {
  try {
    const value = stage(flush);
    return () => resolve(value);
  } catch (error) {
    reject(error);
    return undefined;
  }
}
