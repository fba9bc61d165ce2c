// What a processor and a topology see of the engine: types only, no behaviour. Everything here is synchronous:
// a processor is a pure function of record, state and context.
import type { Serde } from '../base/serde.ts';

export type { Serde } from '../base/serde.ts';
export type { StoreSpec } from '../state/store-spec.ts';

/** A topic as the wiring needs it; keys are UTF-8 strings. Structurally what schemas/topics.ts lists. */
export interface Topic<V> {
  readonly name: string;
  readonly partitions: number;
  /** A compacted topic keeps the last value a key, so a commit forwards only the last one, too. */
  readonly cleanup: 'delete' | 'compact';
  readonly serde: Serde<V>;
}

export interface Header {
  readonly key: string;
  readonly value: Buffer;
}

/** A decoded record. A null value is a tombstone. */
export interface Record<V> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: V;
  /** Milliseconds since the Unix epoch, set by its producer. */
  readonly timestamp: number;
  readonly headers: readonly Header[];
}

/**
 * A task's view of one store. Values are shared with the cache: never change one, put a new one.
 * Reads may suspend the processor (by a throw that must not be caught); it then runs again from the start.
 */
export interface KeyValueStore<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): void;
  /** Entries with `from <= key < to` in byte order of the key. */
  range(from: string, to: string): readonly (readonly [string, V])[];
}

/** Durable and keyed: one time a key. Setting again replaces, and the time may lie in the past. */
export interface Timers {
  set(key: string, at: number): void;
  clear(key: string): void;
}

/** Names to value types. A processor declares the three maps; the topology wires each name. */
export interface Wiring {
  readonly stores: object;
  readonly outputs: object;
  readonly timers: string;
}

/** All that a processor may touch. */
export interface Context<W extends Wiring> {
  /** The time of this commit in milliseconds since the Unix epoch; it never goes back within a task. */
  readonly now: number;
  readonly stores: { readonly [Name in keyof W['stores']]: KeyValueStore<W['stores'][Name]> };
  readonly timers: { readonly [Name in W['timers']]: Timers };
  /** Sends a record on. Its timestamp is `now`; its partition follows from the key. */
  forward<Name extends keyof W['outputs'] & string>(output: Name, key: string, value: W['outputs'][Name]): void;
  /** Whether this very task decides about `key`, now: records of that key come to it, and the key doesn't stand still. */
  owns(key: string): boolean;
  /** Has something counted as dropped, such as `late`: a few words for all of a topology, not a text of the record. */
  drop(reason: string): void;
}

/** One step of the business: record in, effects out. A business "no" is an event; a throw is a fault. */
export interface Processor<V, W extends Wiring> {
  /** Verb-noun, as its file is called. */
  readonly name: string;
  /** The only tags of the value's union that concern it: other records are passed over, mostly without being decoded. */
  readonly tags?: readonly string[];
  process(record: Record<V>, context: Context<W>): void;
  /**
   * Store keys that `process` will read, so that they come with the batch's one multi-get. Default: the record's key in
   * each store. `owns` as the context has it.
   */
  prefetch?(
    record: Record<V>,
    owns: (key: string) => boolean,
  ): { readonly [Name in keyof W['stores']]?: readonly string[] };
}

/** What happens when a timer is due. The timer is already cleared; setting it again is allowed. */
export interface TimerProcessor<W extends Wiring> {
  readonly name: string;
  fire(key: string, context: Context<W>): void;
  /** As in `Processor`; default: the timer's key in each store. */
  prefetch?(key: string): { readonly [Name in keyof W['stores']]?: readonly string[] };
}

/** Where a record stands in the log: the guard that makes a view's write idempotent. */
export interface SourcePosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Turns one committed record into writes of a view; pure. */
export interface Projection<V, Write> {
  readonly name: string;
  project(record: Record<V>): readonly Write[];
}

/** The destination of a view task: an adapter of a views/ port. */
export interface ViewSink<Write> {
  /** Applies all writes, each guarded by its source position, so that applying them again changes nothing. */
  apply(writes: readonly Write[]): Promise<void>;
  /** Resolves when all that was applied is durable. Called now and then, before the offsets behind it are committed. */
  flush(): Promise<void>;
}

/** What an operator decided of a record that a key stands still for. Its record's key is the quarantined key. */
export interface QuarantineCommand {
  readonly key: string;
  /** Which record it is; one that the key doesn't stand still for any more changes nothing. */
  readonly place: string;
  /** Any other word is passed over: a newer program's. */
  readonly action: string;
  /** Base64 of another value for it; null to leave it as it is. */
  readonly value: string | null;
}

/** A record to append. Its partition follows from the key. */
export interface Forwarded {
  readonly topic: Topic<unknown>;
  readonly key: string;
  readonly value: unknown;
  /** What it carries as its event time, in milliseconds since the Unix epoch; undefined for nothing. */
  readonly eventTime?: number | undefined;
}

/**
 * A call to the outside for each record of a topic. It may be performed again after a crash, so the record's own id is
 * the idempotency key.
 */
export interface Effect<V> {
  readonly name: string;
  /**
   * Calls the outside; `signal` aborts when the try has taken `timeoutMs` or the worker stops.
   * @returns the records that tell what came of it
   * @throws whatever failed: it is tried again, unless the error's disposition says that it never works
   */
  perform(record: Record<V>, signal: AbortSignal): Promise<readonly Forwarded[]>;
  /** What to tell once `tries` have failed; undefined to go on trying for ever, ever more slowly. */
  giveUp(record: Record<V>, error: unknown): readonly Forwarded[] | undefined;
  /** Records of one lane go one after the other, others as they come. Default: the record's key. */
  laneOf?(record: Record<V>): string;
  /** Of one try, in milliseconds. */
  readonly timeoutMs: number;
  readonly tries: number;
  /** Lanes that are in the outside's hands at the same time. */
  readonly concurrency: number;
}

/** What a pull gave: records, and where it stands with them. Both get into the log, or neither. */
export interface Pulled<P> {
  readonly records: readonly Forwarded[];
  /** Each under a name of its own; '' for the only or the main one. */
  readonly positions: readonly (readonly [name: string, position: P])[];
}

/** What a source was told last, and where it stands. */
export interface SourceState<C, P> {
  readonly key: string;
  readonly config: C;
  readonly positions: ReadonlyMap<string, P>;
}

/**
 * Pulls records from the outside into the log, for each key of a topic that says how. Positions are kept in the log with
 * the records, so that after a crash it goes on exactly behind what is there.
 */
export interface Source<C, P> {
  readonly name: string;
  /**
   * When to pull, in milliseconds since the Unix epoch; undefined for not at all.
   * @param pulledAt when the last pull began, if there was one since this thread took the key over
   */
  dueAt(state: SourceState<C, P>, pulledAt: number | undefined): number | undefined;
  /**
   * Pulls what there is, piece by piece; the next piece is asked for once the last one is in the log. `signal` aborts when
   * the thread stops, lets the key go or was told something else of it.
   */
  pull(state: SourceState<C, P>, signal: AbortSignal): AsyncIterable<Pulled<P>>;
  /** What to note when a pull has failed. */
  failed(state: SourceState<C, P>, error: unknown): Pulled<P>;
  /** Keys that are pulled at the same time. */
  readonly concurrency: number;
}
