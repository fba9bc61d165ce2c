// Time as a port, so that tests and the simulation can own it. Nothing outside adapters and app/ asks the machine.

/** Milliseconds since the Unix epoch, and timers on the same scale. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary origin, never going back, with fractions: for durations. */
  monotonic(): number;
  /** Runs `callback` once after `milliseconds`; the returned function cancels it. */
  schedule(milliseconds: number, callback: () => void): () => void;
  /** Resolves when what waits for this thread by now had its turn. Absent where nothing happens beside the caller. */
  turn?(): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => void setImmediate(resolve)),
};

/** Resolves after `milliseconds` on `clock`, or at once when `signal` aborts (it never rejects). */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.schedule(milliseconds, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
