// The one error class. An error is a code of the catalogue plus the details of the case; it promises no stable wording.
import { type Disposition, type ErrorCode, errorCatalogue } from './error-catalogue.ts';

export type ErrorDetails = Readonly<Record<string, string | number | boolean | bigint | undefined>>;

/** An error with a stable `code`; `message` is the catalogue's text filled with `details`. */
export class StockstreamError extends Error {
  override readonly name = 'StockstreamError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super(fill(errorCatalogue[code].message, details), cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get disposition(): Disposition {
    return errorCatalogue[this.code].disposition;
  }

  get remedy(): string {
    return errorCatalogue[this.code].remedy;
  }

  /** The HTTP status that a gateway answers with. */
  get status(): number {
    return errorCatalogue[this.code].status ?? 500;
  }
}

/** Whether `error` is ours, and of this code if one is given. */
export function isStockstreamError(error: unknown, code?: ErrorCode): error is StockstreamError {
  return error instanceof StockstreamError && (code === undefined || error.code === code);
}

/** A short text for anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '?'));
}
