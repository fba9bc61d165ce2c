// The pulls of one source thread: one a key at most, so many at the same time. Each hands its pieces over and waits until
// they are in the log; the thread's loop alone writes.
import { type Clock, sleep } from '../base/clock.ts';
import { isStockstreamError, reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Pulled, Source, SourceState } from './api.ts';
import type { SourceMetrics } from './metrics.ts';

/** A key that this thread owns. */
export interface OwnedKey {
  readonly key: string;
  /** Of the topic that tells of it. */
  readonly partition: number;
  config: unknown;
  readonly positions: Map<string, unknown>;
  pulledAt: number | undefined;
}

/** A piece that waits to get into the log. */
export interface Piece {
  readonly owned: OwnedKey;
  readonly pulled: Pulled<unknown>;
  readonly written: PromiseWithResolvers<void>;
}

export interface SourcePullsParts {
  readonly source: Source<unknown, unknown>;
  readonly clock: Clock;
  readonly metrics: SourceMetrics;
  readonly logger: Logger;
  /** Called when there is something for the loop to do. */
  readonly wake: () => void;
}

interface Running {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** How long a pull may take to end once it should. */
const drainMs = 5_000;

export class SourcePulls {
  readonly #parts: SourcePullsParts;
  readonly #running = new Map<string, Running>();
  #pieces: Piece[] = [];

  constructor(parts: SourcePullsParts) {
    this.#parts = parts;
  }

  /** Whether another pull may begin. */
  get hasRoom(): boolean {
    return this.#running.size < this.#parts.source.concurrency;
  }

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }

  start(owned: OwnedKey): void {
    const abort = new AbortController();
    const done = this.#run(owned, abort.signal).finally(() => {
      this.#running.delete(owned.key);
      this.#parts.wake();
    });
    this.#running.set(owned.key, { abort, done });
  }

  /** The first that was handed over and isn't written yet. */
  takePiece(): Piece | undefined {
    return this.#pieces.shift();
  }

  /** It couldn't be written; whoever stops its pull tells it so. */
  putBack(piece: Piece): void {
    this.#pieces.unshift(piece);
  }

  /** Ends the pull of a key, if one runs; what it handed over and isn't written is forgotten. One that goes on is left. */
  async stop(key: string): Promise<void> {
    const running = this.#running.get(key);
    running?.abort.abort();
    this.#pieces = this.#pieces.filter(({ owned, written }) => {
      if (owned.key === key) written.reject(new Error('the pull was ended'));
      return owned.key !== key;
    });
    if (running) await Promise.race([running.done, sleep(this.#parts.clock, drainMs)]);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((key) => this.stop(key)));
  }

  async #run(owned: OwnedKey, signal: AbortSignal): Promise<void> {
    const { source, clock, metrics, logger } = this.#parts;
    const labels = { source: source.name, key: owned.key };
    owned.pulledAt = clock.now();
    try {
      for await (const pulled of source.pull(stateOf(owned), signal)) await this.#hand(owned, pulled, signal);
      metrics.pulls.inc({ ...labels, result: 'done' });
    } catch (error) {
      if (signal.aborted) return;
      const code = isStockstreamError(error) ? error.code : 'none';
      metrics.pulls.inc({ ...labels, result: 'failed' });
      logger.warn({ err: error, ...labels, code }, `a pull failed: ${reasonOf(error)}`);
      await this.#hand(owned, source.failed(stateOf(owned), error), signal).catch(() => {});
    }
  }

  /** Resolves when the piece is in the log. */
  #hand(owned: OwnedKey, pulled: Pulled<unknown>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new Error('the pull was ended'));
    const written = Promise.withResolvers<void>();
    this.#pieces.push({ owned, pulled, written });
    this.#parts.wake();
    return written.promise;
  }
}

export function stateOf({ key, config, positions }: OwnedKey): SourceState<unknown, unknown> {
  return { key, config, positions };
}
