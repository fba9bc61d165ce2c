// The audit: what was set right outside of the usual course of things, the newest first, as the log has it.
import type { Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { AuditEntry } from '../schemas/types.generated.ts';
import { readRange } from './read-range.ts';
import { Refusal } from './refusal.ts';

/** What it was and what it is, as JSON that somebody wrote. */
export type AuditRecord = Omit<AuditEntry, 'before' | 'after'> & { readonly before: unknown; readonly after: unknown };

export interface AuditPage {
  readonly entries: readonly AuditRecord[];
  readonly cursor?: string;
}

const pageBytes = 16 * 1024 * 1024;

/** A page; `cursor` is what the page before gave. @throws REQUEST_INVALID for a made-up one */
export async function readAudit(log: Log, limit: number, cursor?: string): Promise<AuditPage> {
  // The topic has one partition, so that offsets are the order of writing.
  const place = { topic: topics.audit.name, partition: 0 };
  const [start = 0] = await log.admin.offsets([place], 'earliest');
  const [end = 0] = await log.admin.offsets([place], 'latest');
  let to = cursor === undefined ? end : Math.min(end, readCursor(cursor));
  const entries: AuditRecord[] = [];
  // Offsets have gaps, so a stretch may give less than it is long.
  while (entries.length < limit && to > start) {
    const from = Math.max(start, to - (limit - entries.length));
    const found: AuditRecord[] = [];
    await readRange(log, { ...place, from, to, maxBytes: pageBytes }, (record) => {
      const value = record.value();
      if (value !== null) found.push(recordOf(topics.audit.serde.decode(value)));
      return false;
    });
    entries.push(...found.toReversed());
    to = from;
  }
  return { entries, ...(to > start && { cursor: String(to) }) };
}

function recordOf({ before, after, ...entry }: AuditEntry): AuditRecord {
  return { ...entry, before: parsed(before), after: parsed(after) };
}

/** Null for what isn't known. */
function parsed(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}

function readCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  const faults = [{ path: 'cursor', message: 'is not one of a page before' }];
  throw new Refusal('REQUEST_INVALID', { details: { problems: 'cursor is not one of a page before' }, faults });
}
