// What a line of an import becomes in the log: a change for the streams, or, if it is none, the event that says so, for a
// line that nobody can act on must be found in the report as surely as any other.
import { hash } from 'node:crypto';
import type { TopicEntry } from '../schemas/topics.ts';
import { topics } from '../schemas/topics.ts';
import type { LineRefused } from '../schemas/types.generated.ts';
import type { BulkLine } from './bulk-line.ts';
import { codeText } from './problem.ts';
import { Refusal } from './refusal.ts';

export interface ImportRecord {
  readonly topic: TopicEntry<unknown>;
  readonly key: string;
  readonly value: unknown;
  /** Of one that never became a change. */
  readonly refusal?: Refusal;
}

/** What all lines of an import have in common. */
export interface ImportOf {
  readonly sellerId: string;
  readonly importId: string;
  /** Of now, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** What is sent for the lines of one kind of import. @throws Refusal if a line is none */
export type LineReader = (line: BulkLine & { readonly value: unknown }, of: ImportOf) => ImportRecord;

const longestMessage = 500;

export function recordOf(line: BulkLine, of: ImportOf, read: LineReader, events: RefusalTopic): ImportRecord {
  if ('refusal' in line) return refused(line, of, line.refusal, events);
  try {
    return read(line, of);
  } catch (error) {
    if (error instanceof Refusal) return refused(line, of, error, events);
    throw error;
  }
}

/** Where refused lines of an import of products, or of stock, are told. */
export type RefusalTopic = typeof topics.catalogEvents | typeof topics.stockEvents;

/**
 * The same for a line that is sent twice, whichever way. With its number: a line that says the same as one before it is a
 * change of its own.
 */
export function lineChangeId({ sellerId, importId }: ImportOf, { line, text }: BulkLine): string {
  return hash('sha256', `${sellerId}/${importId}/${line}/${text}`, 'base64url').slice(0, 22);
}

function refused(line: BulkLine, of: ImportOf, refusal: Refusal, topic: RefusalTopic): ImportRecord {
  const { sellerId, importId, at } = of;
  const outcome: LineRefused & { type: 'LineRefused' } = {
    type: 'LineRefused',
    code: codeText(refusal.code),
    message: refusal.message.slice(0, longestMessage),
  };
  const productId = productIdIn(line);
  const changeId = lineChangeId(of, line);
  const event = { changeId, productId, sellerId, at, importId, importLine: line.line, outcome };
  const value = topic === topics.stockEvents ? { ...event, warehouseId: '' } : event;
  return { topic: topic as TopicEntry<unknown>, key: productId, value, refusal };
}

/** As far as the line says; empty if it doesn't. */
function productIdIn(line: BulkLine): string {
  const { productId } = ('value' in line ? (line.value ?? {}) : {}) as { readonly productId?: unknown };
  return typeof productId === 'string' ? productId.slice(0, 64) : '';
}
