// A record that can't be processed, set aside with all that is needed to understand it and to replay it.
// Header names follow Kafka Streams (KIP-1034), so that its tools read them.
import { reasonOf } from '../base/errors.ts';
import type { RecordHeader } from '../log/record-batch.ts';

export const deadLetterHeaders = {
  exception: '__streams.errors.exception',
  message: '__streams.errors.message',
  stacktrace: '__streams.errors.stacktrace',
  topic: '__streams.errors.topic',
  partition: '__streams.errors.partition',
  offset: '__streams.errors.offset',
  timestamp: '__streams.errors.timestamp',
  processor: '__streams.errors.processor',
  code: '__streams.errors.code',
  codeVersion: '__streams.errors.code.version',
  /** Only of what a key stands still for: the task, and what a command calls the record. */
  task: '__streams.errors.task',
  place: '__streams.errors.quarantine',
} as const;

/** Where a record came from. For a timer: the topic is empty and the key is the timer's. */
export interface DeadLetterSource {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** A dead letter ready to be appended: the original key, value and headers, and the reason as further headers. */
export interface DeadLetter {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
  /** A stable code of docs/errors.md. */
  readonly code: string;
}

export interface DeadLetterCause {
  readonly error: unknown;
  readonly code: string;
  readonly processor: string;
  readonly codeVersion: string;
  /** If its key stands still for it. */
  readonly quarantine?: { readonly task: string; readonly place: string } | undefined;
}

export function deadLetter(
  source: DeadLetterSource,
  { error, code, processor, codeVersion, quarantine }: DeadLetterCause,
): DeadLetter {
  const names = deadLetterHeaders;
  const header = (key: string, text: string): RecordHeader => ({ key, value: Buffer.from(text) });
  const headers = [
    ...source.headers.filter(({ key }) => !key.startsWith('__streams.errors.')),
    header(names.exception, error instanceof Error ? error.name : typeof error),
    header(names.message, reasonOf(error)),
    header(names.stacktrace, stackOf(error)),
    header(names.topic, source.topic),
    header(names.partition, String(source.partition)),
    header(names.offset, String(source.offset)),
    header(names.timestamp, String(source.timestamp)),
    header(names.processor, processor),
    header(names.code, code),
    header(names.codeVersion, codeVersion),
    ...(quarantine ? [header(names.task, quarantine.task), header(names.place, quarantine.place)] : []),
  ];
  return { key: source.key, value: source.value, headers, code };
}

/** The frames up to the engine's, without this machine's directories: a replay elsewhere must give the same bytes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return '';
  const frames = error.stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
  const engine = frames.findIndex((line) => line.includes('/streams/'));
  return (engine < 0 ? frames : frames.slice(0, engine))
    .filter((line) => !line.includes('node:') && !line.includes('node_modules'))
    .map((line) => line.replace(/(?:file:\/\/)?[^\s()]*\/([^/\s()]+\/[^/\s()]+:\d+:\d+)/, '$1'))
    .join('\n');
}
