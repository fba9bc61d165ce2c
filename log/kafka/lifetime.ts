// Whether a log is open: shared by all its parts, so that whatever waits ends when the log is closed.
import { type Clock, sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';

export class Lifetime {
  readonly #ending = new AbortController();

  get isOpen(): boolean {
    return !this.#ending.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** @throws LOG_CLOSED */
  check(): void {
    if (!this.isOpen) throw new StockstreamError('LOG_CLOSED');
  }

  /** Waits on `clock`. @throws LOG_CLOSED, at once when the log is closed */
  async sleep(clock: Clock, milliseconds: number): Promise<void> {
    await sleep(clock, milliseconds, this.#ending.signal);
    this.check();
  }

  /** Runs `ending` when the log is closed, at once if it is; the returned function forgets it. */
  onEnd(ending: () => void): () => void {
    if (!this.isOpen) ending();
    this.#ending.signal.addEventListener('abort', ending, { once: true });
    return () => this.#ending.signal.removeEventListener('abort', ending);
  }

  end(): void {
    this.#ending.abort();
  }
}
