// One limit for the decoded state of all that runs on a worker's thread: whoever needs room gets what the others leave, and
// each gets its share in any case, which the others give back when they come by.
export class CacheBudget {
  readonly limit: number;
  readonly #used = new Map<object, number>();

  /** Bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** What all of them have cached, in bytes. */
  get used(): number {
    return [...this.#used.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** How many bytes `user` may keep of the `bytes` that it has. */
  allow(user: object, bytes: number): number {
    this.#used.set(user, bytes);
    return Math.max(this.limit - (this.used - bytes), this.limit / this.#used.size);
  }

  /** What it has now. */
  note(user: object, bytes: number): void {
    this.#used.set(user, bytes);
  }

  forget(user: object): void {
    this.#used.delete(user);
  }
}
