// Who may call the outside now: so many at a time, first come first served, and nobody while the outside is down. The
// circuit breaker counts; when a broken circuit is tried again is a matter of the clock that this is given.
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { type Clock, sleep } from '../base/clock.ts';

/** So many records fail one after the other at their first try until the outside counts as down. */
const failuresToBreak = 5;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

export type Circuit = 'closed' | 'open';

/** The right to make one call. */
interface Pass {
  /** Whether it is the one that finds out whether the outside is back. */
  readonly isTrial: boolean;
}

export interface EffectGateOptions {
  readonly clock: Clock;
  readonly concurrency: number;
  /** Whether a failed call says that the outside is down, rather than what it thinks of the call. */
  readonly isOutage: (error: unknown) => boolean;
  readonly onCircuit: (circuit: Circuit) => void;
}

export class EffectGate {
  readonly #options: EffectGateOptions;
  readonly #breaker = new ConsecutiveBreaker(failuresToBreak);
  readonly #circuit: CircuitBreakerPolicy;
  /** In the order in which they came. */
  readonly #waiting = new Set<(pass: Pass) => void>();
  #inHands = 0;
  /** A call is under way that finds out whether the circuit may close. */
  #isTrying = false;
  #isHeld = false;
  #isClosed = false;
  #pauseMs = firstPauseMs;
  /** Ends the pause of a circuit that has just opened. */
  #cancelPause: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: EffectGateOptions) {
    this.#options = options;
    // The pause is over when our clock says so, so that for the breaker it always is.
    this.#circuit = circuitBreaker(handleWhen(options.isOutage), {
      breaker: this.#breaker,
      halfOpenAfter: Number.NEGATIVE_INFINITY,
    });
    this.#circuit.onBreak(() => this.#pause());
    this.#circuit.onReset(() => {
      this.#pauseMs = firstPauseMs;
      options.onCircuit('closed');
    });
  }

  /** Calls that are under way. */
  get inHands(): number {
    return this.#inHands;
  }

  get circuit(): Circuit {
    return this.#circuit.state === CircuitState.Closed ? 'closed' : 'open';
  }

  /** Resolves when the caller may call, who then gives the pass back by `leave`; with undefined when `signal` aborts. */
  async enter(signal: AbortSignal): Promise<Pass | undefined> {
    if (signal.aborted) return undefined;
    if (this.#waiting.size === 0 && this.#mayEnter) return this.#admit();
    return await new Promise((resolve) => {
      const enter = (pass: Pass) => {
        signal.removeEventListener('abort', giveUp);
        resolve(pass);
      };
      const giveUp = () => {
        this.#waiting.delete(enter);
        resolve(undefined);
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /**
   * Runs a call of one who has entered. A record's later tries tell of the record rather than of the outside: only
   * their success counts, unless it is what a broken circuit waits for.
   */
  async call<T>(work: () => Promise<T>, { isTrial }: Pass, isFirstTry: boolean): Promise<T> {
    if (isTrial || (isFirstTry && this.circuit === 'closed')) return await this.#circuit.execute(work);
    const result = await work();
    this.#breaker.success();
    return result;
  }

  leave({ isTrial }: Pass): void {
    this.#inHands--;
    if (this.#inHands === 0) this.#onIdle?.();
    if (isTrial) this.#isTrying = false;
    this.#admitWaiting();
  }

  /** Lets nobody in any more, and waits until all have left, for so long at most. */
  async hold(milliseconds: number): Promise<void> {
    this.#isHeld = true;
    if (this.#inHands === 0) return;
    const idle = new AbortController();
    this.#onIdle = () => idle.abort();
    await sleep(this.#options.clock, milliseconds, idle.signal);
    this.#onIdle = undefined;
  }

  /** The end of `hold`. */
  release(): void {
    this.#isHeld = false;
    this.#admitWaiting();
  }

  /** Lets nobody in any more, for good. */
  close(): void {
    this.#isClosed = true;
    this.#cancelPause?.();
  }

  get #mayEnter(): boolean {
    if (this.#isHeld || this.#isClosed || this.#cancelPause !== undefined) return false;
    return this.circuit === 'closed' ? this.#inHands < this.#options.concurrency : !this.#isTrying;
  }

  #admit(): Pass {
    const isTrial = this.circuit === 'open';
    this.#inHands++;
    this.#isTrying = isTrial;
    return { isTrial };
  }

  #admitWaiting(): void {
    for (const enter of this.#waiting) {
      if (!this.#mayEnter) return;
      this.#waiting.delete(enter);
      enter(this.#admit());
    }
  }

  #pause(): void {
    const { clock, onCircuit } = this.#options;
    this.#cancelPause?.();
    this.#cancelPause = clock.schedule(this.#pauseMs, () => {
      this.#cancelPause = undefined;
      this.#admitWaiting();
    });
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    onCircuit('open');
  }
}
