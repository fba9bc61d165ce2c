// One user's hold on an embedded log: the parts of a session share it. While it is open, calls pass; once it is closed
// they throw LOG_CLOSED; once it is dead they never answer, as if the process that holds it had been killed.
import type { Clock } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { LogCore } from './core.ts';

const never = () => new Promise<never>(() => {});

export class Handle {
  readonly core: LogCore;
  /** Runs nothing any more once the handle is dead. */
  readonly clock: Clock;
  #state: 'open' | 'closed' | 'dead' = 'open';
  /** Run when the handle ends, in the order of `onEnd`. */
  readonly #endings = new Set<() => void>();

  constructor(core: LogCore, clock: Clock) {
    this.core = core;
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      schedule: (milliseconds, callback) =>
        clock.schedule(milliseconds, () => {
          if (this.#state !== 'dead') callback();
        }),
    };
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Runs `work`, whose first synchronous part runs at once. @throws LOG_CLOSED */
  async call<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#state === 'dead') return never();
    this.check();
    try {
      const result = await work();
      return this.#isDead() ? never() : result;
    } catch (error) {
      if (this.#isDead()) return never();
      throw error;
    }
  }

  /** @throws LOG_CLOSED */
  check(): void {
    if (this.#state === 'closed') throw new StockstreamError('LOG_CLOSED');
    this.core.checkOpen();
  }

  /** Calls `ending` when the handle is closed or killed; the returned function forgets it. */
  onEnd(ending: () => void): () => void {
    this.#endings.add(ending);
    return () => this.#endings.delete(ending);
  }

  close(): void {
    this.#end('closed');
  }

  kill(): void {
    this.#end('dead');
  }

  #end(state: 'closed' | 'dead'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    for (const ending of [...this.#endings]) ending();
    this.#endings.clear();
  }

  #isDead(): boolean {
    return this.#state === 'dead';
  }
}
