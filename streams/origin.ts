// What a processor is run for: a record, a timer that is due, or either of them out of quarantine. A dead letter or a
// queue of quarantine is made of it only when it is needed: most never fail.
import type { ErrorCode } from '../base/error-catalogue.ts';
import { isStockstreamError, reasonOf } from '../base/errors.ts';
import type { TimeRow } from '../state/keys.ts';
import type { DeadLetterSource } from './dead-letter.ts';
import { HeldInput } from './held-input.ts';
import type { InputRecord } from './input-queue.ts';
import { timerOfStore } from './names.ts';
import type { QuarantineFailure } from './quarantine.ts';

export type Origin = InputRecord | TimeRow | HeldInput;

/** Characters of a fault's words that the state keeps; the dead letter has all. */
const mostReason = 1_000;

export function codeOf(error: unknown): ErrorCode {
  return isStockstreamError(error) ? error.code : 'PROCESSOR_FAILED';
}

/** Why what was run at that time makes its key stand still. */
export function failureOf(error: unknown, at: number, processor: string): QuarantineFailure {
  return { at, code: codeOf(error), message: reasonOf(error).slice(0, mostReason), processor };
}

/** Timers are run with their key. */
export function subjectOf(input: HeldInput): HeldInput | string {
  return input.timer === undefined ? input : input.key;
}

export function sourceOf(from: Origin): DeadLetterSource {
  if (from instanceof HeldInput) return from.source;
  if ('store' in from) {
    return { topic: '', partition: -1, offset: -1, timestamp: from.at, key: from.key, value: null, headers: [] };
  }
  const { topic, partition, offset, timestamp, rawKey: key, rawValue: value, headers } = from;
  return { topic, partition, offset, timestamp, key, value, headers };
}

/** Its name, if it is one. */
export function timerOf(from: Origin): string | undefined {
  if (from instanceof HeldInput) return from.timer;
  return 'store' in from ? timerOfStore(from.store) : undefined;
}
