// One line of a bulk upload or a feed: what it says, or why nothing can be made of it.
import { Refusal } from './refusal.ts';

/** `line` counts from 1; a row of CSV that takes several has the number of its first. */
export type BulkLine = { readonly line: number; readonly text: string } & (
  | { readonly value: unknown }
  | { readonly refusal: Refusal }
);

export function invalidLine(problems: string): Refusal {
  return new Refusal('BULK_LINE_INVALID', { details: { problems } });
}

export function tooLong(limit: number): Refusal {
  return new Refusal('BULK_LINE_TOO_LONG', { details: { limit } });
}
