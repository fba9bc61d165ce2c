// Dead letters as an operator meets them: listed with the newest first, decoded as far as that goes, and replayed into
// the topics that they came from. Replaying one twice is harmless, for processors are idempotent.

import { reasonOf } from '../base/errors.ts';
import type { Log, TopicPartition } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import type { BatchRecord, RecordHeader } from '../log/record-batch.ts';
import { topics } from '../schemas/topics.ts';
import type { LogWriter } from './log-writer.ts';
import { readRange } from './read-range.ts';
import { Refusal } from './refusal.ts';

/** Headers that say why, as Kafka Streams names them (KIP-1034); all others are the record's own. */
const prefix = '__streams.errors.';

export interface DeadLetter {
  /** `<partition>-<offset>` in the dead-letter topic. */
  readonly id: string;
  /** When it was set aside. */
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly processor: string;
  /** Where the record was read. The topic is empty for a timer. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
}

export interface DeadLetterDetails extends DeadLetter {
  /** The value as JSON if it can be decoded. */
  readonly value?: unknown;
  /** Why it can't. */
  readonly undecodable?: string;
  /** The bytes as they are, in base64; null for a tombstone. */
  readonly bytes: string | null;
  readonly stacktrace: string;
  readonly codeVersion: string;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

/** What to replay; all conditions together. Times are of setting aside. */
export interface ReplayFilter {
  readonly topic?: string;
  readonly code?: string;
  readonly processor?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface ReplayReport {
  readonly replayed: number;
  /** Those that have nowhere to go back to. */
  readonly skipped: number;
}

interface Found {
  readonly letter: DeadLetter;
  readonly record: BatchRecord;
}

const pageBytes = 16 * 1024 * 1024;
const replayPortion = 1_000;

export class DeadLetters {
  readonly #log: Log;
  readonly #writer: LogWriter;
  readonly #topic = topics.deadLetters.name;

  constructor(log: Log, writer: LogWriter) {
    this.#log = log;
    this.#writer = writer;
  }

  /** A page, the newest first. `cursor` is what the page before gave. @throws REQUEST_INVALID for a made-up one */
  async list(limit: number, cursor?: string): Promise<{ deadLetters: readonly DeadLetter[]; cursor?: string }> {
    const places = this.#places();
    const starts = await this.#log.admin.offsets(places, 'earliest');
    let ends =
      cursor === undefined ? await this.#log.admin.offsets(places, 'latest') : readCursor(cursor, places.length);
    const page: DeadLetter[] = [];
    // One partition after the other, back from its end; offsets have gaps, so a stretch may give less than it is long.
    for (const [partition, place] of places.entries()) {
      const start = starts[partition] ?? 0;
      while (page.length < limit && (ends[partition] ?? 0) > start) {
        const to = ends[partition] ?? 0;
        const from = Math.max(start, to - (limit - page.length));
        const found = await this.#read(place, from, to);
        page.push(...found.map(({ letter }) => letter).toReversed());
        ends = ends.with(partition, from);
      }
    }
    const isMore = ends.some((end, partition) => end > (starts[partition] ?? 0));
    return { deadLetters: page, ...(isMore && { cursor: ends.join('.') }) };
  }

  /** @throws DEAD_LETTER_NOT_FOUND */
  async get(id: string): Promise<DeadLetterDetails> {
    const { letter, record } = await this.#one(id);
    const errors = errorHeaders(record.headers);
    const headers = ownHeaders(record.headers).map(({ key, value }) => ({ key, value: value.toString() }));
    return {
      ...letter,
      ...decoded(letter.topic, record.value),
      bytes: record.value?.toString('base64') ?? null,
      stacktrace: errors.get('stacktrace') ?? '',
      codeVersion: errors.get('code.version') ?? '',
      headers,
    };
  }

  /** @throws DEAD_LETTER_NOT_FOUND, DEAD_LETTER_NOT_REPLAYABLE */
  async replay(id: string): Promise<void> {
    const found = await this.#one(id);
    const reason = this.#obstacle(found.letter);
    if (reason) throw new Refusal('DEAD_LETTER_NOT_REPLAYABLE', { details: { id, reason } });
    await this.#append(found);
  }

  /** Of those that are there now. */
  async replayAll(filter: ReplayFilter): Promise<ReplayReport> {
    let [replayed, skipped] = [0, 0];
    for (const place of this.#places()) {
      const [start = 0] = await this.#log.admin.offsets([place], 'earliest');
      const [end = 0] = await this.#log.admin.offsets([place], 'latest');
      for (let from = start; from < end; from += replayPortion) {
        const found = await this.#read(place, from, Math.min(end, from + replayPortion));
        const wanted = found.filter(({ letter }) => matches(letter, filter));
        const able = wanted.filter(({ letter }) => this.#obstacle(letter) === undefined);
        await Promise.all(able.map((each) => this.#append(each)));
        replayed += able.length;
        skipped += wanted.length - able.length;
      }
    }
    return { replayed, skipped };
  }

  async #one(id: string): Promise<Found> {
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

  async #read({ topic, partition }: TopicPartition, from: number, to: number): Promise<Found[]> {
    const found: Found[] = [];
    await readRange(this.#log, { topic, partition, from, to, maxBytes: pageBytes }, (cursor) => {
      const { offset, timestamp } = cursor;
      const record = { offset, timestamp, key: cursor.key(), value: cursor.value(), headers: cursor.headers() };
      found.push({ letter: letterOf(partition, record), record });
      return false;
    });
    return found;
  }

  /** Why it can't go back, or undefined. */
  #obstacle({ topic }: DeadLetter): string | undefined {
    if (topic === '') return 'it is of a timer';
    return topicNamed(topic) ? undefined : `topic ${topic} is not one of the shop's`;
  }

  /** To the partition of its key, which is where a mended producer would have sent it. */
  #append({ letter, record }: Found): Promise<void> {
    const { topic, partition, key } = letter;
    const count = this.#writer.partitionsOf(topic);
    const target = key === null ? partition % count : partitionOf(key, count);
    return this.#writer.appendBytes(topic, target, {
      key: record.key,
      value: record.value,
      headers: ownHeaders(record.headers),
    });
  }

  #places(): TopicPartition[] {
    const count = this.#writer.partitionsOf(this.#topic);
    return Array.from({ length: count }, (_, partition) => ({ topic: this.#topic, partition }));
  }
}

function letterOf(place: number, { offset, timestamp, key, headers }: BatchRecord): DeadLetter {
  const errors = errorHeaders(headers);
  const text = (name: string) => errors.get(name) ?? '';
  return {
    id: `${place}-${offset}`,
    at: timestamp,
    code: text('code'),
    message: text('message'),
    processor: text('processor'),
    topic: text('topic'),
    partition: Number(text('partition')) || 0,
    offset: Number(text('offset')) || 0,
    timestamp: Number(text('timestamp')) || 0,
    key: key?.toString() ?? null,
  };
}

function errorHeaders(headers: readonly RecordHeader[]): ReadonlyMap<string, string> {
  const errors = headers.filter(({ key }) => key.startsWith(prefix));
  return new Map(errors.map(({ key, value }) => [key.slice(prefix.length), value.toString()]));
}

function ownHeaders(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  return headers.filter(({ key }) => !key.startsWith(prefix));
}

function topicNamed(name: string) {
  return Object.values(topics).find((topic) => topic.name === name && name !== topics.deadLetters.name);
}

function decoded(topic: string, value: Buffer | null): { value?: unknown; undecodable?: string } {
  const entry = topicNamed(topic);
  if (!entry || value === null) return {};
  try {
    return { value: entry.serde.decode(value) };
  } catch (error) {
    return { undecodable: reasonOf(error) };
  }
}

function matches(letter: DeadLetter, { topic, code, processor, from, to }: ReplayFilter): boolean {
  return (
    (topic === undefined || letter.topic === topic) &&
    (code === undefined || letter.code === code) &&
    (processor === undefined || letter.processor === processor) &&
    (from === undefined || letter.at >= from) &&
    (to === undefined || letter.at < to)
  );
}

/** How far each partition is still to be read: offsets joined by dots. */
function readCursor(cursor: string, partitions: number): number[] {
  const ends = /^\d{1,15}(\.\d{1,15})*$/.test(cursor) ? cursor.split('.').map(Number) : [];
  if (ends.length === partitions) return ends;
  const faults = [{ path: 'cursor', message: 'is not one of a page before' }];
  throw new Refusal('REQUEST_INVALID', { details: { problems: 'cursor is not one of a page before' }, faults });
}
