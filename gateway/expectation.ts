// An outcome that is waited for: it listens from the moment it is made, so that nothing is missed between an append and
// the waiting. Whoever makes one closes it.
import type { TopicTail } from './topic-tail.ts';
import type { Waiting } from './waiting.ts';

export class Expectation<V> {
  readonly #waiting: Waiting;
  readonly #found = Promise.withResolvers<V | undefined>();
  readonly #stop: () => void;

  /** @param isIt tells the record that is waited for among those of `key` */
  constructor(waiting: Waiting, tail: TopicTail<V>, key: string, isIt: (value: V) => boolean) {
    this.#waiting = waiting;
    this.#stop = tail.listen(key, (value) => {
      if (isIt(value)) this.#found.resolve(value);
    });
  }

  /** The outcome, or undefined if it didn't come in so many milliseconds. */
  async within(milliseconds: number): Promise<V | undefined> {
    const { clock, closing } = this.#waiting;
    const giveUp = () => this.#found.resolve(undefined);
    const cancel = clock.schedule(milliseconds, giveUp);
    closing.addEventListener('abort', giveUp, { once: true });
    if (closing.aborted) giveUp();
    const found = await this.#found.promise;
    cancel();
    closing.removeEventListener('abort', giveUp);
    return found;
  }

  close(): void {
    this.#stop();
    this.#found.resolve(undefined);
  }
}
