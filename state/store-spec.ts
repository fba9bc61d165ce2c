// What a topology says of one of its stores.
import type { Serde } from '../base/serde.ts';

/** A keyed state store. `expiresAt` makes an entry vanish by itself at the time that it gives for a value. */
export interface StoreSpec<V> {
  readonly name: string;
  readonly serde: Serde<V>;
  /** Milliseconds since the Unix epoch, or undefined to stay. A pure function of the value. */
  readonly expiresAt?: (value: V) => number | undefined;
  /** Most keys that are looked up are new: a filter in memory then saves the look into the store. */
  readonly hasNewKeys?: boolean;
}
