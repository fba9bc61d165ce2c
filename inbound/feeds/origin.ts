// Where a supplier's feed comes from: the port. An adapter (http/, directory/) finds content that wasn't taken yet, whole
// and at rest; test/conformance/feed-origin.suite.ts is the contract that each one passes.

export interface FeedContent {
  /** A file's name or an address. */
  readonly name: string;
  /** By which the origin tells that it has changed, without reading it: a tag, or size and time. */
  readonly version: string;
  /** SHA-256 of its bytes as they came, in hex: equal for equal content. */
  readonly digest: string;
  /** Unpacked, from the beginning. @throws FEED_UNREADABLE, FEED_TOO_LARGE, FEED_CHANGED */
  read(): AsyncIterable<Buffer>;
  /** It isn't needed any more. */
  close(): Promise<void>;
}

/** What was made of the origin's content before. */
export interface KnownContent {
  /** The name of what was begun and not ended: it comes first, as long as it is there. */
  readonly begun: string | undefined;
  /** Of the content that was taken last. */
  readonly digest: string;
  /** Versions of what was taken, by name. */
  readonly taken: ReadonlyMap<string, string>;
}

export interface FeedOrigin {
  /**
   * The next content that wasn't taken, or undefined if there is nothing new. Content that is still being written isn't
   * there yet.
   * @throws FEED_UNREADABLE, FEED_ADDRESS_REFUSED, FEED_SECRET_MISSING, FEED_TOO_LARGE
   */
  next(known: KnownContent, signal: AbortSignal): Promise<FeedContent | undefined>;
  /** Of what was taken (versions by name), that which would be given again: it must be remembered. */
  still(taken: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>>;
  /** Called once the end of the content is in the log, perhaps again after a crash. */
  taken(name: string, version: string): Promise<void>;
}
