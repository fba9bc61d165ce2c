// What was decided then and what is decided now, held against each other: records of a topology's output topics, by their
// bytes and their key. Of compacted topics the log keeps the last value a key, so that is what is compared there. What is
// the same costs a hash each; what differs is counted by kind, and the first of it is shown.

import type { Log } from '../log/log.ts';
import type { BatchRecord } from '../log/record-batch.ts';
import type { Topic } from './api.ts';
import { batchesOf } from './commit-history.ts';
import type { DecidedCommit } from './decide-again.ts';
import { takeOne } from './loop-topics.ts';
import { fingerprintOf, timeOfFingerprint } from './record-fingerprint.ts';

/** One decision that differs. Values as they are decoded; null for none. */
export interface DecisionDifference {
  readonly topic: string;
  /** Of the record: an order, a product. */
  readonly key: string;
  /** When it was decided, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** `OrderPlaced -> OrderRejected`; `nothing` where there is none. */
  readonly kind: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface DecisionReport {
  /** Records of the log that were compared. */
  readonly compared: number;
  readonly different: number;
  /** `<topic>: <kind>` to how often. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first, in order of time. */
  readonly differences: readonly DecisionDifference[];
}

type Sent = Pick<BatchRecord, 'timestamp' | 'key' | 'value'>;

/** Of one topic. */
interface Compared {
  /** Where all is kept: fingerprint to how often it is in the log and was not decided again. */
  readonly onlyThen: Map<string, number>;
  /** Decided now, and not in the log. */
  readonly onlyNow: Sent[];
  /** Of a compacted one: key to its last record. */
  readonly lastThen: Map<string, Sent>;
  readonly lastNow: Map<string, Sent>;
}

export interface DiffOptions {
  readonly log: Log;
  readonly outputs: readonly Topic<unknown>[];
  /** Whose records are compared: see `committers`. */
  readonly producers: ReadonlySet<number>;
  /** What was decided before isn't compared. */
  readonly from: number;
  /** How many differences are shown. */
  readonly limit: number;
}

export class DecisionDiff {
  readonly #options: DiffOptions;
  readonly #topics: ReadonlyMap<string, Compared & { readonly topic: Topic<unknown> }>;
  #compared = 0;

  private constructor(options: DiffOptions) {
    this.#options = options;
    const empty = () => ({ onlyThen: new Map(), onlyNow: [], lastThen: new Map(), lastNow: new Map() });
    this.#topics = new Map(options.outputs.map((topic) => [topic.name, { topic, ...empty() }]));
  }

  /** Reads what the log has. */
  static async open(options: DiffOptions): Promise<DecisionDiff> {
    const diff = new DecisionDiff(options);
    for (const { topic, lastThen, onlyThen } of diff.#topics.values()) {
      await diff.#read(topic, (record) => {
        diff.#compared++;
        if (topic.cleanup === 'compact') lastThen.set(keyOf(record), copyOf(record));
        else onlyThen.set(fingerprintOf(record), (onlyThen.get(fingerprintOf(record)) ?? 0) + 1);
      });
    }
    return diff;
  }

  /** Takes what was decided now. */
  take({ outputs }: Pick<DecidedCommit, 'outputs'>): void {
    for (const { topic: name, batch } of outputs) {
      const compared = this.#topics.get(name);
      if (compared === undefined) continue;
      for (const record of batch.records()) {
        if (record.timestamp < this.#options.from) continue;
        if (compared.topic.cleanup === 'compact') compared.lastNow.set(keyOf(record), copyOf(record));
        else if (!takeOne(compared.onlyThen, fingerprintOf(record))) compared.onlyNow.push(copyOf(record));
      }
    }
  }

  /** How many differ in topics of which nothing can be taken back, by topic. */
  appended(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const [name, { onlyThen, onlyNow }] of this.#topics) {
      const count = onlyNow.length + [...onlyThen.values()].reduce((sum, each) => sum + each, 0);
      if (count > 0) found.set(name, count);
    }
    return found;
  }

  /** What the log has from this time on isn't held against what is decided: it may be of commits that came meanwhile. */
  endAt(until: number): void {
    for (const { onlyThen, lastThen, lastNow } of this.#topics.values()) {
      for (const fingerprint of onlyThen.keys()) {
        if (timeOfFingerprint(fingerprint) >= until) onlyThen.delete(fingerprint);
      }
      for (const [key, { timestamp }] of lastThen) {
        if (timestamp < until) continue;
        lastThen.delete(key);
        lastNow.delete(key);
      }
    }
  }

  /** Of compacted topics: keys whose last value differs, with what it is now; null for none. */
  *corrections(): Generator<{ readonly topic: Topic<unknown>; readonly key: string; readonly value: Buffer | null }> {
    for (const { topic, ...compared } of this.#topics.values()) {
      for (const [key, , now] of differingLast(compared)) yield { topic, key, value: now?.value ?? null };
    }
  }

  /** Reads what differs in the log once more. */
  async report(): Promise<DecisionReport> {
    const found: DecisionDifference[] = [];
    for (const { topic, ...compared } of this.#topics.values()) {
      const missing: Sent[] = [];
      if (compared.onlyThen.size > 0) {
        const left = new Map(compared.onlyThen);
        await this.#read(topic, (record) => {
          if (takeOne(left, fingerprintOf(record))) missing.push(copyOf(record));
        });
      }
      const [then, now] = [byKey(missing), byKey(compared.onlyNow)];
      for (const key of new Set([...then.keys(), ...now.keys()])) {
        const [before = [], after = []] = [then.get(key), now.get(key)];
        for (let index = 0; index < Math.max(before.length, after.length); index++) {
          found.push(difference(topic, key, before[index], after[index]));
        }
      }
      for (const [key, before, after] of differingLast(compared)) found.push(difference(topic, key, before, after));
    }
    found.sort((a, b) => a.at - b.at);
    const counts: { [kind: string]: number } = {};
    for (const { topic, kind } of found) counts[`${topic}: ${kind}`] = (counts[`${topic}: ${kind}`] ?? 0) + 1;
    const differences = found.slice(0, this.#options.limit);
    return { compared: this.#compared, different: found.length, counts, differences };
  }

  async #read(topic: Topic<unknown>, visit: (record: BatchRecord) => void): Promise<void> {
    const { log, from, producers } = this.#options;
    for (let partition = 0; partition < topic.partitions; partition++) {
      const place = { topic: topic.name, partition };
      const [first] = from > 0 ? await log.admin.offsets([place], { timestamp: from }) : [];
      for await (const { batch } of batchesOf(log, place, first)) {
        if (!producers.has(batch.producerId)) continue;
        for (const record of batch.records()) if (record.timestamp >= from) visit(record);
      }
    }
  }
}

/** Key, then, now. */
function* differingLast({ lastThen, lastNow }: Compared): Generator<[string, Sent | undefined, Sent | undefined]> {
  for (const key of new Set([...lastThen.keys(), ...lastNow.keys()])) {
    const [before, after] = [lastThen.get(key), lastNow.get(key)];
    // A deleted key may have been forgotten by now.
    const isSame = (before?.value ?? null) === null ? (after?.value ?? null) === null : equal(before, after);
    if (!isSame) yield [key, before, after];
  }
}

function equal(one: Sent | undefined, other: Sent | undefined): boolean {
  return one?.value != null && other?.value != null && one.value.equals(other.value);
}

/** Its batch may be large. */
function copyOf({ timestamp, key, value }: BatchRecord): Sent {
  return { timestamp, key: key && Buffer.from(key), value: value && Buffer.from(value) };
}

function keyOf({ key }: Sent): string {
  return key?.toString() ?? '';
}

/** In order of time. */
function byKey(records: readonly Sent[]): Map<string, Sent[]> {
  const found = new Map<string, Sent[]>();
  for (const record of [...records].sort((a, b) => a.timestamp - b.timestamp)) {
    const key = keyOf(record);
    const same = found.get(key);
    if (same === undefined) found.set(key, [record]);
    else same.push(record);
  }
  return found;
}

function difference(
  { name: topic, serde }: Topic<unknown>,
  key: string,
  then: Sent | undefined,
  now: Sent | undefined,
): DecisionDifference {
  const [before, after] = [then, now].map((each) => (each?.value == null ? null : serde.decode(each.value)));
  const at = Math.min(then?.timestamp ?? Number.POSITIVE_INFINITY, now?.timestamp ?? Number.POSITIVE_INFINITY);
  return { topic, key, at, kind: `${kindOf(before)} -> ${kindOf(after)}`, before, after };
}

/** What happened or was asked for, where a record says it in a union of named records; else just that there is one. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value !== 'object') return 'a value';
  for (const part of [value, ...Object.values(value)]) {
    const { type } = (part ?? {}) as { readonly type?: unknown };
    if (typeof type === 'string') return type;
  }
  return 'a value';
}
