// Dead letters as an operator reads them: by pages with the newest first, one with all that is known of it, and counted.
// Each question reads the log anew; counting reads all letters that there are.
import type { Log, TopicPartition } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import {
  type DeadLetter,
  type DeadLetterDetails,
  detailsOf,
  type FoundLetter,
  heldBy,
  type LetterFilter,
  letterOf,
  matches,
} from './dead-letter.ts';
import { DeadLetterMarks } from './dead-letter-marks.ts';
import type { QuarantinedKey } from './quarantined-keys.ts';
import { readRange } from './read-range.ts';
import { Refusal } from './refusal.ts';

export interface LetterPage {
  readonly deadLetters: readonly DeadLetter[];
  readonly cursor?: string;
}

/** Of letters with one reason, from one topic, by one processor. */
export interface LetterCount {
  readonly code: string;
  readonly topic: string;
  readonly processor: string;
  readonly count: number;
  /** How many of them a key stands still for. */
  readonly quarantined: number;
  readonly oldestAt: number;
  readonly newestAt: number;
}

export interface ListOptions {
  readonly filter: LetterFilter;
  /** Those that are over, too. */
  readonly all: boolean;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const pageBytes = 16 * 1024 * 1024;
const portion = 1_000;
/** Tasks write letters of their own time: in the topic they are in order but for so much. */
const muddleMs = 60_000;

export class DeadLetters {
  readonly #log: Log;
  readonly #partitions: number;
  readonly #marks: DeadLetterMarks;

  /** @param partitions of the dead letters' topic */
  constructor(log: Log, partitions: number) {
    this.#log = log;
    this.#partitions = partitions;
    this.#marks = new DeadLetterMarks(log);
  }

  /** The newest first. `cursor` is what the page before gave. @throws REQUEST_INVALID for a made-up one */
  async list({ filter, all, limit, cursor }: ListOptions): Promise<LetterPage> {
    await this.#marks.refresh();
    const places = this.#places();
    const starts = await this.#log.admin.offsets(places, 'earliest');
    let ends =
      cursor === undefined ? await this.#log.admin.offsets(places, 'latest') : readCursor(cursor, places.length);
    const page: DeadLetter[] = [];
    // One partition after the other, back from its end.
    for (const [partition, place] of places.entries()) {
      const start = starts[partition] ?? 0;
      while (page.length < limit && (ends[partition] ?? 0) > start) {
        const to = ends[partition] ?? 0;
        const from = Math.max(start, to - portion);
        const found = (await this.#read(place, from, to)).map(({ letter }) => letter).toReversed();
        const wanted = found.filter((letter) => (all || letter.state === 'open') && matches(letter, filter));
        const taken = wanted.slice(0, limit - page.length);
        page.push(...taken);
        const last = taken.length < wanted.length ? taken.at(-1) : undefined;
        ends = ends.with(partition, last === undefined ? from : Number(last.id.split('-')[1]));
      }
    }
    const isMore = ends.some((end, partition) => end > (starts[partition] ?? 0));
    return { deadLetters: page, ...(isMore && { cursor: ends.join('.') }) };
  }

  /** @throws DEAD_LETTER_NOT_FOUND */
  async get(id: string): Promise<DeadLetterDetails> {
    return detailsOf(await this.find(id), this.#marks.of(id));
  }

  /** @throws DEAD_LETTER_NOT_FOUND */
  async find(id: string): Promise<FoundLetter> {
    await this.#marks.refresh();
    const [partition, offset] = /^\d{1,6}-\d{1,15}$/.test(id) ? id.split('-').map(Number) : [];
    const place = this.#places().find((each) => each.partition === partition);
    if (place && offset !== undefined) {
      const [start = 0] = await this.#log.admin.offsets([place], 'earliest');
      const [end = 0] = await this.#log.admin.offsets([place], 'latest');
      const [found] = offset >= start && offset < end ? await this.#read(place, offset, offset + 1) : [];
      if (found) return found;
    }
    throw new Refusal('DEAD_LETTER_NOT_FOUND', { details: { id } });
  }

  /** Of those that are open, the most first. */
  async counts(filter: LetterFilter): Promise<LetterCount[]> {
    const counts = new Map<string, LetterCount>();
    for await (const found of this.open(filter)) for (const { letter } of found) add(counts, letter);
    return [...counts.values()].sort((a, b) => b.count - a.count);
  }

  /** Those that are open now and match, portion by portion, oldest first. */
  async *open(filter: LetterFilter): AsyncGenerator<readonly FoundLetter[]> {
    await this.#marks.refresh();
    for (const place of this.#places()) {
      const [start = 0] = await this.#log.admin.offsets([place], 'earliest');
      const [end = 0] = await this.#log.admin.offsets([place], 'latest');
      for (let from = start; from < end; from += portion) {
        const found = await this.#read(place, from, Math.min(end, from + portion));
        yield found.filter(({ letter }) => letter.state === 'open' && matches(letter, filter));
      }
    }
  }

  /** The newest letter of each key that stands still, as far as it is kept, whatever was done with it. */
  async ofKeys(keys: readonly QuarantinedKey[]): Promise<ReadonlyMap<QuarantinedKey, FoundLetter>> {
    const found = new Map<QuarantinedKey, FoundLetter>();
    const wanted = new Map<string, QuarantinedKey>();
    for (const key of keys) if (key.failedAt !== null) wanted.set(nameOf(key.task, key.place, key.key), key);
    if (wanted.size === 0) return found;
    await this.#marks.refresh();
    const byTime = [...wanted.values()].sort((a, b) => a.failedAt! - b.failedAt!);
    for (const place of this.#places()) {
      const [end = 0] = await this.#log.admin.offsets([place], 'latest');
      let done = 0;
      let seenAt = 0;
      for (const key of byTime) {
        const until = key.failedAt! + muddleMs;
        if (found.has(key) || seenAt > until) continue;
        const [start = 0] = await this.#log.admin.offsets([place], { timestamp: key.failedAt! });
        done = await this.#lookFor(place, { from: Math.max(start, done), to: end, until }, (letter) => {
          seenAt = Math.max(seenAt, letter.letter.at);
          const held = heldBy(letter.record);
          const of = held && wanted.get(nameOf(`${held.topology}_${held.partition}`, held.place, letter.letter.key));
          // It may have failed before, for the same record.
          if (of !== undefined && of.failedAt === letter.letter.at) found.set(of, letter);
        });
      }
    }
    return found;
  }

  /** Visits letters up to a moment; gives where it ended. */
  async #lookFor(
    place: TopicPartition,
    { from, to, until }: { readonly from: number; readonly to: number; readonly until: number },
    visit: (found: FoundLetter) => void,
  ): Promise<number> {
    for (let at = from; at < to; at = Math.min(at + portion, to)) {
      const found = await this.#read(place, at, Math.min(at + portion, to));
      for (const each of found) visit(each);
      if (found.some(({ letter }) => letter.at > until)) return Math.min(at + portion, to);
    }
    return Math.max(from, to);
  }

  async #read({ topic, partition }: TopicPartition, from: number, to: number): Promise<FoundLetter[]> {
    const found: FoundLetter[] = [];
    const stateOf = (id: string) => this.#marks.of(id)?.outcome ?? 'open';
    for (let at = from; at < to; ) {
      const next = await readRange(this.#log, { topic, partition, from: at, to, maxBytes: pageBytes }, (cursor) => {
        const { offset, timestamp } = cursor;
        const record = { offset, timestamp, key: cursor.key(), value: cursor.value(), headers: cursor.headers() };
        found.push({ letter: letterOf(partition, record, stateOf), record });
        return false;
      });
      if (next <= at) break;
      at = next;
    }
    return found;
  }

  #places(): TopicPartition[] {
    const topic = topics.deadLetters.name;
    return Array.from({ length: this.#partitions }, (_, partition) => ({ topic, partition }));
  }
}

function nameOf(task: string, place: string, key: string | null): string {
  return `${task}\0${place}\0${key}`;
}

function add(counts: Map<string, LetterCount>, { code, topic, processor, quarantined, at }: DeadLetter): void {
  const name = `${code}\0${topic}\0${processor}`;
  const before = counts.get(name) ?? { count: 0, quarantined: 0, oldestAt: at, newestAt: at };
  counts.set(name, {
    code,
    topic,
    processor,
    count: before.count + 1,
    quarantined: before.quarantined + (quarantined ? 1 : 0),
    oldestAt: Math.min(before.oldestAt, at),
    newestAt: Math.max(before.newestAt, at),
  });
}

/** How far each partition is still to be read: offsets joined by dots. */
function readCursor(cursor: string, partitions: number): number[] {
  const ends = /^\d{1,15}(\.\d{1,15})*$/.test(cursor) ? cursor.split('.').map(Number) : [];
  if (ends.length === partitions) return ends;
  const faults = [{ path: 'cursor', message: 'is not one of a page before' }];
  throw new Refusal('REQUEST_INVALID', { details: { problems: 'cursor is not one of a page before' }, faults });
}
