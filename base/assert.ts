// Assertions that stay on in production: an impossible state stops the work at once instead of spreading.

/** Throws when `condition` does not hold. `message` says what must be true. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the `default` of a switch over a union: the compiler refuses a missing case, and so does the program. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable case: ${JSON.stringify(value)}`);
}

/** A broken invariant of our own code, never a mistake of a caller. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
