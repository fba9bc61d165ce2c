// Reading from one broker: one request out at a time, the next one already on its way while the caller works on what came.
// It stops when the caller has enough to work on, and goes on when that is polled.
//
//     resting --kick, if something is wanted--> asking --answer--> asking ...
//        ^                                        +--enough, or nothing to ask for--> resting
import type { Cluster } from './cluster.ts';
import { type Answered, FetchSession, type Wanted } from './fetch-session.ts';
import type { Link } from './link.ts';
import type { Reading } from './reading.ts';
import { Backoff } from './retry.ts';
import { decodeFetch, encodeFetch, type FetchRequest, type FetchResponse, fetchApi } from './wire/fetch.ts';

export interface LaneOwner {
  /** What this broker leads of all that is read and not in error. */
  led(broker: number): readonly Wanted[];
  /** Takes answers over; what is not read any more is dropped. */
  onAnswers(answers: readonly Answered[]): void;
  /** The broker didn't answer. */
  onSilence(readings: readonly Reading[]): void;
}

/** How long an answer may wait for records while what is read changes: nothing can be added to a request that is out. */
const shortWaitMs = 20;

export class FetchLane {
  readonly #cluster: Cluster;
  readonly #owner: LaneOwner;
  readonly #broker: number;
  readonly #link: Link;
  readonly #session = new FetchSession();
  readonly #backoff: Backoff;
  #waitMs = shortWaitMs;
  #isAsking = false;
  #isClosed = false;

  constructor(cluster: Cluster, broker: number, owner: LaneOwner) {
    this.#cluster = cluster;
    this.#broker = broker;
    this.#owner = owner;
    this.#link = cluster.brokers.link(broker);
    this.#backoff = new Backoff(cluster.parts.random);
  }

  /** Something may be wanted now. */
  kick(): void {
    if (!this.#isAsking) void this.#ask();
  }

  /** Ends the session at the broker, too, as far as it still listens. */
  close(): void {
    this.#isClosed = true;
    if (!this.#isAsking) void this.#finish();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      for (let request = this.#next(); request !== undefined; request = this.#next()) await this.#exchange(request);
    } finally {
      this.#isAsking = false;
    }
    if (this.#isClosed) await this.#finish();
  }

  /** What to ask for, or undefined if there is enough. */
  #next(): FetchRequest | undefined {
    if (this.#isClosed || !this.#cluster.parts.lifetime.isOpen) return undefined;
    const { fetchBufferBytes, fetchPartitionBytes, fetchWaitMs } = this.#cluster.parts.settings;
    const led = this.#owner.led(this.#broker);
    let waiting = 0;
    for (const { reading } of led) if (!reading.isPaused) waiting += reading.bytes;
    const wanted = led.filter(({ reading }) => !reading.isPaused || reading.bytes < fetchPartitionBytes);
    if (wanted.length === 0 || waiting >= fetchBufferBytes) return undefined;
    const { isOther, ...session } = this.#session.request(wanted);
    // A paused partition that is left out may go on at any time, and where one was assigned others may follow.
    this.#waitMs = isOther || wanted.length < led.length ? shortWaitMs : Math.min(this.#waitMs * 2, fetchWaitMs);
    return { ...session, maxWaitMs: this.#waitMs, maxBytes: fetchBufferBytes, partitionMaxBytes: fetchPartitionBytes };
  }

  async #exchange(request: FetchRequest): Promise<void> {
    const { clock, lifetime } = this.#cluster.parts;
    // Outside of what may fail for the broker's sake: a request that can't be written is our fault.
    const body = encodeFetch(request);
    let answer: FetchResponse;
    try {
      answer = await this.#link.request({ api: fetchApi, body, decode: decodeFetch });
    } catch {
      this.#session.reset();
      this.#owner.onSilence(this.#owner.led(this.#broker).map(({ reading }) => reading));
      await lifetime.sleep(clock, this.#backoff.pause()).catch(() => {});
      return;
    }
    const answered = this.#session.answered(answer);
    if (answered === undefined) {
      await lifetime.sleep(clock, this.#backoff.pause()).catch(() => {});
      return;
    }
    this.#backoff.reset();
    this.#owner.onAnswers(answered);
  }

  async #finish(): Promise<void> {
    if (this.#session.isOpen) {
      const request = { ...this.#session.final(), maxWaitMs: 0, maxBytes: 0, partitionMaxBytes: 0 };
      await this.#link.request({ api: fetchApi, body: encodeFetch(request), decode: decodeFetch }).catch(() => {});
    }
    this.#link.close();
  }
}
