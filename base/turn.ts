// What is asked in one turn of the event loop is done together: one transaction, and so one sync, for all of it. It costs
// those who ask no time that they'd notice, and under load it saves most of what writing takes.

interface Asked {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Turn {
  /** Runs all of `work`, or undoes it and throws. Synchronous. */
  readonly #transaction: (work: () => void) => void;
  #asked: Asked[] = [];
  #done: Promise<void> = Promise.resolve();

  constructor(transaction: (work: () => void) => void) {
    this.#transaction = transaction;
  }

  /**
   * Runs `work` at the end of this turn, in one transaction with all others. Resolves to what it gives, once that is
   * written. `work` may be run a second time, after the first was undone because another one failed; its own failure
   * undoes nothing of the others. Rejects with what it throws, or what the transaction does.
   */
  run<T>(work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#asked.length === 0) {
      this.#done = new Promise((end) => {
        setImmediate(() => {
          this.#write();
          end();
        });
      });
    }
    this.#asked.push({ work, resolve: resolve as (result: unknown) => void, reject });
    return promise;
  }

  /** Resolves when all that was asked is written or has failed. */
  async settled(): Promise<void> {
    await this.#done;
  }

  #write(): void {
    const asked = this.#asked;
    this.#asked = [];
    if (this.#together(asked)) return;
    for (const one of asked) this.#together([one]);
  }

  /** Whether that was the end of it. It isn't if one of several works failed: then nothing is done of any. */
  #together(asked: readonly Asked[]): boolean {
    const results: unknown[] = [];
    let isWorking = false;
    try {
      this.#transaction(() => {
        isWorking = true;
        for (const { work } of asked) results.push(work());
        isWorking = false;
      });
    } catch (error) {
      if (isWorking && asked.length > 1) return false;
      for (const { reject } of asked) reject(error);
      return true;
    }
    asked.forEach(({ resolve }, index) => {
      resolve(results[index]);
    });
    return true;
  }
}
