// How many long connections there are: a bound for each user and one for all, so that nobody takes every place.
import { Refusal } from './refusal.ts';

export class Connections {
  readonly #mostForEach: number;
  readonly #most: number;
  readonly #byUser = new Map<string, number>();
  #count = 0;

  constructor({ mostForEach, most }: { readonly mostForEach: number; readonly most: number }) {
    this.#mostForEach = mostForEach;
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a place; the returned function gives it back, once. @throws CONNECTIONS_EXCEEDED, OVERLOADED */
  enter(userId: string): () => void {
    const own = this.#byUser.get(userId) ?? 0;
    if (own >= this.#mostForEach) {
      throw new Refusal('CONNECTIONS_EXCEEDED', { details: { limit: this.#mostForEach }, retryAfter: 30 });
    }
    if (this.#count >= this.#most) throw new Refusal('OVERLOADED', { retryAfter: 30 });
    this.#count++;
    this.#byUser.set(userId, own + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#count--;
      const left = (this.#byUser.get(userId) ?? 1) - 1;
      if (left > 0) this.#byUser.set(userId, left);
      else this.#byUser.delete(userId);
    };
  }
}
