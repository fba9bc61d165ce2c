// The broker that coordinates a group or a transactional id: looked for once, and again when an answer, or none, shows
// that it has moved.
import { findCoordinatorV6 } from '@platformatic/kafka';
import type { StockstreamError } from '../../base/errors.ts';
import type { Brokers } from './brokers.ts';
import { checkCode, isLostCoordinator } from './error-codes.ts';
import type { Link } from './link.ts';
import { mayPass, retrying } from './retry.ts';

export type CoordinatorKind = 'group' | 'transaction';

const keyTypes = { group: 0, transaction: 1 } as const;

export class Coordinator {
  readonly #brokers: Brokers;
  readonly #kind: CoordinatorKind;
  readonly #key: string;
  #found: Promise<number> | undefined;

  constructor(brokers: Brokers, kind: CoordinatorKind, key: string) {
    this.#brokers = brokers;
    this.#kind = kind;
    this.#key = key;
  }

  /**
   * Asks `question` until it is answered, fails for good, or `forMs` milliseconds are over.
   * `link` gives the line to a broker; without it, all askers share one.
   */
  ask<T>(forMs: number, question: (link: Link) => Promise<T>, link?: (broker: number) => Link): Promise<T> {
    return retrying({ ...this.#brokers.parts, forMs }, () => this.askOnce(question, link));
  }

  /** Without another try; but the next one asks the right broker. */
  async askOnce<T>(
    question: (link: Link) => Promise<T>,
    link: (broker: number) => Link = (broker) => this.#brokers.shared(broker, 'coordinator'),
  ): Promise<T> {
    this.#found ??= this.#find();
    const found = this.#found;
    try {
      return await question(link(await found));
    } catch (error) {
      if (mayPass(error) && isElsewhere(error) && this.#found === found) this.#found = undefined;
      throw error;
    }
  }

  async #find(): Promise<number> {
    const key = this.#key;
    const type = keyTypes[this.#kind];
    try {
      const { coordinators } = await this.#brokers.ask((link) => link.call(findCoordinatorV6.api, type, [key]));
      const { nodeId, host, port, errorCode, errorMessage } = coordinators[0]!;
      checkCode(errorCode, { action: `find the coordinator of ${this.#kind} ${key}` }, errorMessage);
      this.#brokers.learn(nodeId, { host, port });
      return nodeId;
    } catch (error) {
      this.#found = undefined;
      throw error;
    }
  }
}

/** Nobody answered, or somebody who isn't the one. */
function isElsewhere({ details }: StockstreamError): boolean {
  return details.kafka === undefined || isLostCoordinator(String(details.kafka));
}

/** The coordinators that a log has to do with. */
export class Coordinators {
  readonly #brokers: Brokers;
  readonly #known = new Map<string, Coordinator>();

  constructor(brokers: Brokers) {
    this.#brokers = brokers;
  }

  of(kind: CoordinatorKind, key: string): Coordinator {
    const name = `${kind} ${key}`;
    let coordinator = this.#known.get(name);
    if (coordinator === undefined) {
      coordinator = new Coordinator(this.#brokers, kind, key);
      this.#known.set(name, coordinator);
    }
    return coordinator;
  }
}
