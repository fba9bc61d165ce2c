// Who may read and write the state of a task in a thread's store: one at a time, in the order in which they asked. So a
// restore that was cut short, or a copy that was closed, has done its last before the next one looks where the state stands.

export class StateTurns {
  readonly #last = new Map<number, Promise<void>>();

  /** Runs `work` after all that was asked for the partition before, however that ended. */
  take<T>(partition: number, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(partition) ?? Promise.resolve()).then(work);
    const end = () => {};
    this.#last.set(partition, turn.then(end, end));
    return turn;
  }
}
