// Ids that are the same for every retry of a request: made of who asks and the idempotency key.
import { createHash } from 'node:crypto';

const bytes = 16;

/** 22 letters, digits, `-` and `_`. */
export function derivedId(userId: string, idempotencyKey: string): string {
  // The length keeps ('ab', 'c') and ('a', 'bc') apart.
  const hash = createHash('sha256').update(`${userId.length}:${userId}${idempotencyKey}`).digest();
  return hash.subarray(0, bytes).toString('base64url');
}
