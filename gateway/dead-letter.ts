// What a dead letter says: the record that could not be processed, and why, from its headers. Pure reading; where letters
// lie is dead-letters.ts, what is done with them dead-letter-desk.ts.
import { reasonOf } from '../base/errors.ts';
import type { BatchRecord, RecordHeader } from '../log/record-batch.ts';
import { type TopicEntry, topics } from '../schemas/topics.ts';
import type { DeadLetterMark } from '../schemas/types.generated.ts';
import type { QuarantinedKey, QuarantinedRecord } from './quarantined-keys.ts';

/** Headers that say why, as Kafka Streams names them (KIP-1034); all others are the record's own. */
const prefix = '__streams.errors.';

/** `open`: nobody has done anything with it yet. */
export type LetterState = 'open' | DeadLetterMark['outcome'];

export interface DeadLetter {
  /** `<partition>-<offset>` in the dead-letter topic. */
  readonly id: string;
  readonly state: LetterState;
  /** Whether its key stands still for it, if nobody has done anything with it since. */
  readonly quarantined: boolean;
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
  /** What was done with it, if anything. */
  readonly mark: DeadLetterMark | null;
}

/** All conditions together. Times are of setting aside. */
export interface LetterFilter {
  readonly topic?: string;
  readonly code?: string;
  readonly processor?: string;
  readonly key?: string;
  readonly from?: number;
  readonly to?: number;
  /** Only those for which a key stands still. */
  readonly quarantined?: boolean;
}

/** A letter with the record that it is. */
export interface FoundLetter {
  readonly letter: DeadLetter;
  readonly record: BatchRecord;
  /** It isn't in the log any more: this is what the task keeps of it. */
  readonly isLost?: boolean;
}

/** `place`: its partition in the dead letters. */
export function letterOf(place: number, record: BatchRecord, stateOf: (id: string) => LetterState): DeadLetter {
  const { offset, timestamp, key, headers } = record;
  const errors = errorHeaders(headers);
  const text = (name: string) => errors.get(name) ?? '';
  const id = `${place}-${offset}`;
  const state = stateOf(id);
  return {
    id,
    state,
    quarantined: state === 'open' && errors.has('quarantine'),
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

export function detailsOf({ letter, record }: FoundLetter, mark: DeadLetterMark | undefined): DeadLetterDetails {
  const errors = errorHeaders(record.headers);
  return {
    ...letter,
    ...decoded(letter.topic, record.value),
    bytes: record.value?.toString('base64') ?? null,
    stacktrace: errors.get('stacktrace') ?? '',
    codeVersion: errors.get('code.version') ?? '',
    headers: ownHeaders(record.headers).map(({ key, value }) => ({ key, value: value.toString() })),
    mark: mark ?? null,
  };
}

/** Of a key that stands still, with the record as its task has it now: the letter that was `kept`, or what it said. */
export function heldLetter(
  { task, key, place, failedAt, code, message, processor }: QuarantinedKey,
  { value, headers: own, ...from }: QuarantinedRecord,
  kept: FoundLetter | undefined,
): FoundLetter {
  const { topic, partition, offset, timestamp } = from;
  const at = failedAt ?? timestamp;
  const header = (name: string, text: string) => ({ key: `${prefix}${name}`, value: Buffer.from(text) });
  const says = { code: code ?? '', message: message ?? '', processor: processor ?? '' };
  const errors = kept?.record.headers.filter((each) => each.key.startsWith(prefix)) ?? [
    header('task', task),
    header('quarantine', place),
    ...Object.entries(says).map(([name, text]) => header(name, text)),
  ];
  const said = kept?.letter ?? { id: `${task}:${place}`, at, ...says, topic, partition, offset, timestamp, key };
  return {
    letter: { ...said, state: 'open', quarantined: true },
    record: { offset, timestamp: at, key: Buffer.from(key), value, headers: [...ownHeaders(own), ...errors] },
    isLost: kept === undefined || kept.letter.state !== 'open',
  };
}

/** For which a task holds the records of its key back: the topology, its partition, and what a command names it. */
export function heldBy({ headers }: BatchRecord): { topology: string; partition: number; place: string } | undefined {
  const errors = errorHeaders(headers);
  const place = errors.get('quarantine');
  const [, topology, partition] = /^(.+)_(\d{1,6})$/.exec(errors.get('task') ?? '') ?? [];
  if (place === undefined || topology === undefined) return undefined;
  return { topology, partition: Number(partition), place };
}

/** The record's own, without the reasons. */
export function ownHeaders(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  return headers.filter(({ key }) => !key.startsWith(prefix));
}

/** One of the shop's, from which a record can have come. */
export function sourceTopic(name: string): TopicEntry<unknown> | undefined {
  return Object.values(topics).find((topic) => topic.name === name && name !== topics.deadLetters.name);
}

export function matches(letter: DeadLetter, filter: LetterFilter): boolean {
  const { topic, code, processor, key, from, to, quarantined } = filter;
  return (
    (topic === undefined || letter.topic === topic) &&
    (code === undefined || letter.code === code) &&
    (processor === undefined || letter.processor === processor) &&
    (key === undefined || letter.key === key) &&
    (from === undefined || letter.at >= from) &&
    (to === undefined || letter.at < to) &&
    (quarantined === undefined || letter.quarantined === quarantined)
  );
}

function errorHeaders(headers: readonly RecordHeader[]): ReadonlyMap<string, string> {
  const errors = headers.filter(({ key }) => key.startsWith(prefix));
  return new Map(errors.map(({ key, value }) => [key.slice(prefix.length), value.toString()]));
}

function decoded(topic: string, value: Buffer | null): { value?: unknown; undecodable?: string } {
  const entry = sourceTopic(topic);
  if (!entry || value === null) return {};
  try {
    return { value: entry.serde.decode(value) };
  } catch (error) {
    return { undecodable: reasonOf(error) };
  }
}
