// The brokers of a cluster: where they are, which of them answer, and lines to them.
import { reasonOf, type StockstreamError } from '../../base/errors.ts';
import type { LogHealth } from '../log.ts';
import { type Address, Link, type LinkParts } from './link.ts';

/** A purpose whose users share one line to a broker: none of its requests waits long at the broker. */
export type Purpose = 'metadata' | 'admin' | 'coordinator';

export class Brokers {
  readonly parts: LinkParts;
  readonly #seeds: readonly Address[];
  /** Of all brokers ever heard of. */
  readonly #addresses = new Map<number, Address>();
  #present: readonly number[] = [];
  /** Why a broker didn't answer when it was last asked. */
  readonly #silent = new Map<number, string>();
  readonly #shared = new Map<string, Link>();
  #turn: number;

  constructor(parts: LinkParts, seeds: readonly Address[]) {
    this.parts = parts;
    this.#seeds = seeds;
    this.#turn = parts.random.int(seeds.length);
  }

  get ids(): readonly number[] {
    return this.#present;
  }

  get health(): LogHealth {
    const silent = this.#present.filter((broker) => this.#silent.has(broker));
    const reason = silent.map((broker) => this.#silent.get(broker)).join('; ');
    return { answers: silent.length < this.#present.length, ...(reason !== '' && { reason }) };
  }

  has(broker: number): boolean {
    return this.#addresses.has(broker);
  }

  /** The brokers as metadata has them. */
  replace(brokers: ReadonlyMap<number, Address>): void {
    this.#present = [...brokers.keys()];
    for (const [broker, address] of brokers) this.learn(broker, address);
    for (const broker of this.#silent.keys()) if (!brokers.has(broker)) this.#silent.delete(broker);
  }

  /** A coordinator may be named before metadata has its broker. */
  learn(broker: number, address: Address): void {
    this.#addresses.set(broker, address);
  }

  /** A line of the caller's own, which the caller closes. */
  link(broker: number, requestTimeoutMs = this.parts.settings.requestTimeoutMs): Link {
    return new Link(this.parts, {
      address: () => this.#addresses.get(broker)!,
      listener: (failure) => this.#heard(broker, failure),
      requestTimeoutMs,
    });
  }

  shared(broker: number, purpose: Purpose): Link {
    const key = `${purpose} ${broker}`;
    let link = this.#shared.get(key);
    if (link === undefined) {
      link = this.link(broker);
      this.#shared.set(key, link);
    }
    return link;
  }

  /** A line to one of those that answer, to another one at each call. */
  any(purpose: Purpose): Link {
    return this.shared(this.#inTurn()[0]!, purpose);
  }

  /** Asks one broker after the other until one answers. @throws the last one's error */
  async askPresent<T>(question: (link: Link) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const broker of this.#inTurn()) {
      try {
        return await question(this.shared(broker, 'metadata'));
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Asks the brokers, then the seeds, until one answers. @throws the last one's error */
  async ask<T>(question: (link: Link) => Promise<T>): Promise<T> {
    let failure: unknown;
    try {
      return await this.askPresent(question);
    } catch (error) {
      failure = error;
    }
    for (const link of this.seedLinks()) {
      try {
        return await question(link);
      } catch (error) {
        failure = error;
      } finally {
        link.close();
      }
    }
    throw failure;
  }

  /**
   * Lines to the addresses that were configured, beginning with any of them. The caller closes them. What is asked there
   * is answered at once or not at all.
   */
  *seedLinks(): Generator<Link> {
    const requestTimeoutMs = this.parts.settings.connectTimeoutMs;
    const first = this.#turn++;
    for (let step = 0; step < this.#seeds.length; step++) {
      const address = this.#seeds[(first + step) % this.#seeds.length]!;
      yield new Link(this.parts, { address: () => address, requestTimeoutMs });
    }
  }

  /** Brokers that answered last, then the others. */
  #inTurn(): number[] {
    const first = this.#turn++;
    const count = this.#present.length;
    const turned = this.#present.map((_, step) => this.#present[(first + step) % count]!);
    return turned.sort((a, b) => Number(this.#silent.has(a)) - Number(this.#silent.has(b)));
  }

  #heard(broker: number, failure: StockstreamError | undefined): void {
    if (failure !== undefined) this.#silent.set(broker, reasonOf(failure));
    else if (this.#silent.size > 0) this.#silent.delete(broker);
  }
}
