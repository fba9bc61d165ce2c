// Where values of one commit lie encoded: what goes into a topic and into the state as well is encoded once. A value is
// known by its identity, for none is ever changed.
import type { Serde } from '../base/serde.ts';
import type { RecordBatchBuilder } from '../log/record-batch-builder.ts';

interface Place {
  readonly builder: RecordBatchBuilder;
  readonly start: number;
  readonly end: number;
  readonly serde: Serde<unknown>;
}

export class Encodings {
  readonly #shared: ReadonlySet<Serde<unknown>>;
  readonly #places = new Map<unknown, Place>();

  /** @param shared serdes of topics that stores have, too: all others are left out */
  constructor(shared: ReadonlySet<Serde<unknown>>) {
    this.#shared = shared;
  }

  /** `builder` has just encoded `value`. */
  note(builder: RecordBatchBuilder, value: unknown, serde: Serde<unknown>): void {
    if (!this.#shared.has(serde)) return;
    this.#places.set(value, { builder, start: builder.valueStart, end: builder.valueEnd, serde });
  }

  /** Undefined if it must be encoded. Valid until the builder that has it changes. */
  of(value: unknown, serde: Serde<unknown>): Buffer | undefined {
    const place = this.#places.size === 0 ? undefined : this.#places.get(value);
    return place?.serde === serde ? place.builder.slice(place.start, place.end) : undefined;
  }
}
