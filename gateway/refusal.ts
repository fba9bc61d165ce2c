// What the gateway says no with: an error of the catalogue, plus the places in the request that are at fault and how
// long to wait. It holds no HTTP; problem.ts turns it into an answer.
import type { ErrorCode } from '../base/error-catalogue.ts';
import { type ErrorDetails, StockstreamError } from '../base/errors.ts';

/** One fault of a request. `path` is a JSON pointer into the body, or the name of a header or parameter. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export interface RefusalOptions {
  readonly details?: ErrorDetails;
  readonly faults?: readonly Fault[];
  /** What Retry-After says, in seconds. */
  readonly retryAfter?: number;
  /** What the answer tells beside that, under names of its own: JSON. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class Refusal extends StockstreamError {
  readonly faults: readonly Fault[];
  readonly retryAfter: number | undefined;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, { details, faults = [], retryAfter, members = {}, cause }: RefusalOptions = {}) {
    super(code, details, cause);
    this.faults = faults;
    this.retryAfter = retryAfter;
    this.members = members;
  }
}
