// How a value becomes bytes and comes back; the shape shared by contracts, stores and topics. A type only.

/** `encode` writes at `at` and returns the end, or -1 if `target` has no room. */
export interface Serde<V> {
  /** @throws Error naming the bad field, if the value doesn't fit the contract */
  encode(value: V, target: Buffer, at: number): number;
  /** @throws RECORD_UNDECODABLE, SCHEMA_UNKNOWN */
  decode(bytes: Buffer): V;
  /** The same for what lies from `start` to `end` in more bytes, for those who decode many. */
  decodeAt?(bytes: Buffer, start: number, end: number): V;
  /** What the bytes are, if that is to be held against what was written earlier: another one can't read them. */
  readonly format?: string;
  /** Formats that `decode` reads beside its own. */
  readonly reads?: readonly string[];
  /** Of the values, where they have versions: a serde reads none that is higher. */
  readonly version?: number;
  /**
   * For bytes that `decode` refused with SCHEMA_UNKNOWN: asks for their schema. True if it is known now, so that
   * decoding is worth another try. @throws REGISTRY_UNAVAILABLE
   */
  learn?(bytes: Buffer): Promise<boolean>;
  /**
   * The `type` of the one field that is a tagged union, read from the bytes without decoding the rest; undefined if that
   * can't be told.
   */
  tag?(bytes: Buffer): string | undefined;
}
