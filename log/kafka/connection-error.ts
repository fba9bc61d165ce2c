// Why a connection failed, told apart so that an operator knows what to mend: nobody there, no answer, TLS, credentials.
import { AuthenticationError, GenericError, TimeoutError } from '@platformatic/kafka';
import { reasonOf, StockstreamError } from '../../base/errors.ts';

/** What was tried. */
export interface Attempt {
  /** `host:port` */
  readonly broker: string;
  readonly tls: boolean;
  readonly milliseconds: number;
}

/** The error for what a connection to a broker, or a request on it, threw. */
export function connectionError(error: unknown, { broker, tls, milliseconds }: Attempt): StockstreamError {
  if (error instanceof StockstreamError) return error;
  const causes = [...causesOf(error)];
  const reason = reasonOf(causes.at(-1));
  const text = causes.map(reasonOf).join('; ');
  const misunderstood = { action: 'be understood', reason, broker };
  if (causes.some(isUnreadable)) return new StockstreamError('LOG_UNAVAILABLE', misunderstood, error);
  if (causes.some((each) => each instanceof AuthenticationError)) {
    return new StockstreamError('LOG_AUTHENTICATION_FAILED', { broker, reason }, error);
  }
  if (/TLS/.test(text) || (tls && causes.some(isTlsFault))) {
    return new StockstreamError('LOG_TLS_FAILED', { broker, reason }, error);
  }
  if (causes.some((each) => each instanceof TimeoutError)) {
    return new StockstreamError('LOG_TIMED_OUT', { broker, milliseconds }, error);
  }
  if (!causes.some((each) => each instanceof GenericError || codeOf(each) !== '')) {
    return new StockstreamError('LOG_UNAVAILABLE', misunderstood, error);
  }
  return new StockstreamError('LOG_UNREACHABLE', { broker, reason }, error);
}

/** The error, its causes and those of its parts, the innermost last. */
function* causesOf(error: unknown): Generator<unknown> {
  yield error;
  if (error instanceof AggregateError) for (const part of error.errors) yield* causesOf(part);
  if (error instanceof Error && error.cause !== undefined) yield* causesOf(error.cause);
}

const networkFaults = /^(E(CONN|HOST|NET|ADDR|PIPE|TIMEDOUT|NOTFOUND|AI_)|PLT_KFK_)/;

/** An answer came, and ends where more of it was expected. */
function isUnreadable(error: unknown): boolean {
  return /^ERR_(OUT_OF_RANGE|BUFFER_OUT_OF_BOUNDS)$/.test(codeOf(error)) || reasonOf(error).startsWith('Out of bounds');
}

/** Node gives certificates' faults codes of OpenSSL, such as DEPTH_ZERO_SELF_SIGNED_CERT or ERR_TLS_CERT_ALTNAME_INVALID. */
function isTlsFault(error: unknown): boolean {
  const code = codeOf(error);
  return code !== '' && !networkFaults.test(code);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
