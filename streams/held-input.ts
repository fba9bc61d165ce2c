// A record that waited in quarantine, as its processor sees it when its turn has come: with the place, time and headers
// that it was read with. What a newer program wrote may have to be learned first, as with records that come in.
import { isStockstreamError } from '../base/errors.ts';
import type { Serde } from '../base/serde.ts';
import { eventTimeIn } from '../log/event-time.ts';
import type { RecordHeader } from '../log/record-batch.ts';
import type { Record } from './api.ts';
import type { DeadLetterSource } from './dead-letter.ts';
import { type HeldRecord, sourceOf } from './quarantine.ts';

export class HeldInput implements Record<unknown> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  readonly headers: readonly RecordHeader[];
  /** The name of the timer, if it is one. */
  readonly timer: string | undefined;
  readonly source: DeadLetterSource;
  value: unknown;
  /** Why it can't be decoded; undefined if it can. */
  problem: unknown;
  readonly #serde: Serde<unknown> | undefined;
  #hasAsked = false;

  constructor(held: HeldRecord, serde: Serde<unknown> | undefined) {
    const source = sourceOf(held);
    this.source = source;
    this.topic = source.topic;
    this.partition = source.partition;
    this.offset = source.offset;
    this.timestamp = source.timestamp;
    this.headers = source.headers;
    this.key = source.key?.toString() ?? '';
    this.timer = held.timer;
    this.#serde = serde;
    this.#decode();
  }

  /** As of any input; undefined for a timer. */
  get eventTime(): number | undefined {
    return this.timer === undefined ? (eventTimeIn(this.headers) ?? this.timestamp) : undefined;
  }

  /** Whether it was written with a schema that its serde doesn't know yet and wasn't asked for. */
  get isForeign(): boolean {
    return !this.#hasAsked && this.#serde?.learn !== undefined && isStockstreamError(this.problem, 'SCHEMA_UNKNOWN');
  }

  /** Asks for its schema and decodes it again; for one that is foreign. @throws REGISTRY_UNAVAILABLE */
  async learn(): Promise<void> {
    const isKnown = await this.#serde!.learn!(this.source.value!);
    this.#hasAsked = true;
    if (isKnown) this.#decode();
  }

  #decode(): void {
    if (this.timer !== undefined) return;
    try {
      if (this.#serde === undefined) throw new Error(`topic ${this.topic} is no source any more`);
      if (this.source.value === null) throw new Error('it has no value');
      this.value = this.#serde.decode(this.source.value);
      this.problem = undefined;
    } catch (error) {
      this.problem = error ?? new Error('it cannot be decoded');
    }
  }
}
