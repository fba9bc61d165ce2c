// Gives each request with an idempotency key one answer: does the work once and repeats what was answered. Work that
// threw is forgotten, so that a retry does it; it must be idempotent by itself in case the record is lost.
import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';
import type { IdempotentRequest, StoredAnswer } from './idempotency.ts';
import { keepLease, type LeaseParts, leaseMs } from './lease.ts';

/** What a handler answers with; no body if that is undefined. */
export interface Answer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

export interface OnceOptions extends LeaseParts {
  /** Keeps what is stored from telling the body, which may be guessable. */
  readonly secret: string;
}

export interface OnceRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Whose key it is: a user id. */
  readonly scope: string;
  readonly isKeyRequired?: boolean;
}

const keyShape = /^[\x21-\x7e]{1,255}$/;
const json = 'application/json; charset=utf-8';

/** The request's key, checked. @throws IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_INVALID */
export function idempotencyKeyOf({ headers }: FastifyRequest, isRequired: boolean): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined && isRequired) throw new Refusal('IDEMPOTENCY_KEY_MISSING');
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !keyShape.test(key)) throw new Refusal('IDEMPOTENCY_KEY_INVALID');
  return key;
}

export class AnswerOnce {
  readonly #options: OnceOptions;

  constructor(options: OnceOptions) {
    this.#options = options;
  }

  /**
   * Sends what `work` answers, or what it answered the first time.
   * @throws IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_BUSY,
   * IDEMPOTENCY_UNAVAILABLE, and all of `work`'s
   */
  async send(once: OnceRequest, work: () => Promise<Answer>): Promise<FastifyReply> {
    const { request, reply, scope, isKeyRequired = false } = once;
    const key = idempotencyKeyOf(request, isKeyRequired);
    if (key === undefined) return sendAnswer(reply, storable(reply, await work()));
    const asked = { scope, key, fingerprint: this.#fingerprint(request) };
    const claim = await this.#options.idempotency.claim(asked, leaseMs);
    switch (claim.kind) {
      case 'mismatch':
        throw new Refusal('IDEMPOTENCY_KEY_REUSED');
      case 'running':
        throw new Refusal('IDEMPOTENCY_KEY_BUSY', { retryAfter: 1 });
      case 'done':
        return sendAnswer(reply.header('idempotent-replayed', 'true'), claim.answer);
      case 'claimed':
        return sendAnswer(reply, await this.#run(asked, claim.token, async () => storable(reply, await work())));
    }
  }

  async #run(asked: IdempotentRequest, token: string, work: () => Promise<StoredAnswer>): Promise<StoredAnswer> {
    const { idempotency, logger } = this.#options;
    const note = (err: unknown) => logger.warn({ err }, 'an idempotency record could not be written');
    const stopRenewing = keepLease(this.#options, asked, token);
    let answer: StoredAnswer;
    try {
      answer = await work();
    } catch (error) {
      stopRenewing();
      await idempotency.release(asked, token).catch(note);
      throw error;
    }
    stopRenewing();
    // The work is done: the answer is right even if it can't be kept.
    await idempotency.complete(asked, token, answer).catch(note);
    return answer;
  }

  #fingerprint({ method, url, body }: FastifyRequest): string {
    const text = `${method} ${url}\n${JSON.stringify(body)}`;
    return createHmac('sha256', this.#options.secret).update(text).digest('base64url');
  }
}

function storable(reply: FastifyReply, { status, headers = {}, body }: Answer): StoredAnswer {
  if (body === undefined) return { status, headers, body: '' };
  const text = reply.code(status).serialize(body) as string;
  return { status, headers: { 'content-type': json, ...headers }, body: text };
}

function sendAnswer(reply: FastifyReply, { status, headers, body }: StoredAnswer): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(body === '' ? undefined : body);
}
