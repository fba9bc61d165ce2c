// Lets a few pieces of work run at a time and the next ones wait in line, up to a number: for what is dear.
import { Refusal } from './refusal.ts';

export class Gate {
  readonly #mostAtATime: number;
  readonly #mostWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(mostAtATime: number, mostWaiting: number) {
    this.#mostAtATime = mostAtATime;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws OVERLOADED if too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#mostAtATime) this.#running++;
    else if (this.#waiting.length >= this.#mostWaiting) throw new Refusal('OVERLOADED');
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to the next one in line, if there is one.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
