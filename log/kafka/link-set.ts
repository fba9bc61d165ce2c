// One user's own lines to brokers, opened when they are first needed, closed together.
import type { Brokers } from './brokers.ts';
import type { Link } from './link.ts';

export class LinkSet {
  readonly #brokers: Brokers;
  readonly #requestTimeoutMs: number | undefined;
  readonly #links = new Map<number, Link>();

  constructor(brokers: Brokers, requestTimeoutMs?: number) {
    this.#brokers = brokers;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  to(broker: number): Link {
    let link = this.#links.get(broker);
    if (link === undefined) {
      link = this.#brokers.link(broker, this.#requestTimeoutMs);
      this.#links.set(broker, link);
    }
    return link;
  }

  /** Closes all; they may be opened again. */
  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }
}
