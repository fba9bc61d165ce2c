// Tells a record by what is in it, wherever it stands: for comparing what was written with what would be.
import { createHash } from 'node:crypto';
import { eventTimeHeader } from '../log/event-time.ts';
import type { BatchRecord } from '../log/record-batch.ts';

/** The time of the record that it was made of. */
export function timeOfFingerprint(fingerprint: string): number {
  const at = fingerprint.lastIndexOf('@');
  return Number(fingerprint.slice(at + 1, fingerprint.indexOf('#', at)));
}

/** The key and the time can be read in it; the rest is a hash. */
export function fingerprintOf({ timestamp, key, value, headers }: Omit<BatchRecord, 'offset'>): string {
  const hash = createHash('sha256').update(`${timestamp}\0`);
  for (const bytes of [key, value]) {
    hash.update(bytes === null ? '-' : `${bytes.length}:`);
    if (bytes !== null) hash.update(bytes);
  }
  // What earlier programs sent carries no event time, and says the same.
  for (const header of headers) {
    if (header.key !== eventTimeHeader) hash.update(`${header.key}\0${header.value.length}:`).update(header.value);
  }
  return `${key?.toString().replaceAll('\0', '/') ?? 'null'}@${timestamp}#${hash.digest('base64url')}`;
}
