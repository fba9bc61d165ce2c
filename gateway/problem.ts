// Every "no" of the gateway as RFC 9457 problem+json with a stable `code`: the catalogue's, in lower case. What the
// caller can't mend (5xx) is told without details, which stand in the log instead.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorCatalogue } from '../base/error-catalogue.ts';
import { isStockstreamError, reasonOf, type StockstreamError } from '../base/errors.ts';
import { type Fault, Refusal } from './refusal.ts';

export const problemType = 'application/problem+json';

/** The JSON of an error answer. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors: readonly Fault[];
  /** The request's id in the log, for what the caller can't mend. */
  readonly instance?: string;
}

const unavailable = 'Something that this needs cannot be reached now. Try again.';

/** What is unavailable now is soon there again, mostly. */
const defaultRetryAfter = 1;

/** Fastify's own errors by ours. What isn't listed goes by its status. */
const frameworkErrors: { readonly [code: string]: ErrorCode } = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'CONTENT_TYPE_UNSUPPORTED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'REQUEST_MALFORMED',
  FST_ERR_CTP_INVALID_JSON_BODY: 'REQUEST_MALFORMED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'REQUEST_MALFORMED',
  FST_ERR_BAD_URL: 'REQUEST_MALFORMED',
};

/** The code as it stands in an answer: `NOT_OWNER` -> `not_owner`. */
export function codeText(code: ErrorCode): string {
  return code.toLowerCase();
}

/** `NOT_OWNER` -> `Not owner`. */
function titleOf(code: ErrorCode): string {
  const words = codeText(code).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The status that an error of this code is answered with. */
export function statusOf(code: ErrorCode): number {
  const { status, disposition } = errorCatalogue[code];
  return status ?? (disposition === 'retry' || code === 'LOG_CLOSED' ? 503 : 500);
}

export function problemOf(error: StockstreamError): Problem {
  const { code } = error;
  const status = statusOf(code);
  // The messages of our own refusals tell nothing of the inside, whatever their status is.
  const isTold = status < 500 || error instanceof Refusal;
  const detail = isTold ? error.message : status === 503 ? unavailable : errorCatalogue.INTERNAL_ERROR.message;
  const { faults: errors = [], members = {} } = error instanceof Refusal ? error : {};
  return {
    ...members,
    type: `urn:stockstream:problem:${codeText(code)}`,
    title: titleOf(code),
    status,
    detail,
    code: codeText(code),
    errors,
  };
}

/** Anything that was thrown while a request was served, as an error of the catalogue. */
export function asStockstreamError(error: unknown): StockstreamError {
  if (isStockstreamError(error)) return error;
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? frameworkErrors[code] : undefined;
  if (known) return new Refusal(known, { details: { reason: reasonOf(error) }, cause: error });
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new Refusal('REQUEST_MALFORMED', { details: { reason: reasonOf(error) }, cause: error });
  }
  return new Refusal('INTERNAL_ERROR', { cause: error });
}

/** Headers that belong to the answer of an error. */
export function problemHeaders(error: StockstreamError): { [name: string]: string } {
  const headers: { [name: string]: string } = { 'content-type': problemType };
  const status = statusOf(error.code);
  const retryAfter = error instanceof Refusal ? error.retryAfter : undefined;
  if (retryAfter !== undefined || status === 503) headers['retry-after'] = String(retryAfter ?? defaultRetryAfter);
  if (error.code === 'UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer';
  return headers;
}

/** Answers every error and every unknown address of `app` with a problem. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, new Refusal('ROUTE_NOT_FOUND')));
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = asStockstreamError(thrown);
  const told = problemOf(error);
  const problem = told.status < 500 ? told : { ...told, instance: `urn:uuid:${request.id}` };
  if (problem.status >= 500) request.log.error({ err: error.cause ?? error, code: error.code }, 'a request failed');
  // Bytes, for Fastify would add a charset to the type of a text, which JSON doesn't have.
  return reply
    .code(problem.status)
    .headers(problemHeaders(error))
    .send(Buffer.from(JSON.stringify(problem)));
}
