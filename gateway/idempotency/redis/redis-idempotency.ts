// The idempotency port on Redis: for any number of gateways. Every step is one script, so it is atomic whatever others
// do meanwhile. What Redis forgets (a crash before its disk had it, a fail-over, eviction) is forgotten here, too.
//
//     <prefix><scope>:<key> -> a record, as scripts.ts has it
import { assert, unreachable } from '../../../base/assert.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Random } from '../../../base/random.ts';
import type { Claim, Idempotency, IdempotentRequest, StoredAnswer } from '../idempotency.ts';
import { Connection } from './connection.ts';
import { claimScript, completeScript, releaseScript, renewScript } from './scripts.ts';

export interface RedisIdempotencyOptions {
  /** redis:// or rediss://; its path is the number of the database. Never logged. */
  readonly url: string;
  /** Before every key, so that installations can share a server. */
  readonly prefix: string;
  readonly random: Random;
  readonly logger: Logger;
  /** For how long an answer is kept, in milliseconds. */
  readonly windowMs: number;
  /** Default: the server's own, which is one for all gateways. */
  readonly clock?: Clock;
}

/** When its memory is full Redis forgets the oldest answers, or refuses new requests. Others drop what still runs. */
const goodPolicies: ReadonlySet<string> = new Set(['volatile-ttl', 'noeviction']);

/** @throws IDEMPOTENCY_UNAVAILABLE, IDEMPOTENCY_REFUSED */
export async function openRedisIdempotency(options: RedisIdempotencyOptions): Promise<Idempotency> {
  const { logger } = options;
  const connection = await Connection.open(options);
  const policy = await connection.evictionPolicy();
  if (policy !== undefined && !goodPolicies.has(policy)) {
    logger.warn({ policy }, 'Redis may drop what is new when it is full: set maxmemory-policy to volatile-ttl');
  }
  return new RedisIdempotency(connection, options);
}

class RedisIdempotency implements Idempotency {
  readonly #connection: Connection;
  readonly #options: RedisIdempotencyOptions;

  constructor(connection: Connection, options: RedisIdempotencyOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async claim(request: IdempotentRequest, leaseMs: number): Promise<Claim> {
    const { random, windowMs } = this.#options;
    const token = random.uuid();
    const args = [this.#now(), request.fingerprint, token, leaseMs, windowMs];
    const [kind, ...rest] = (await this.#connection.run(claimScript, this.#keyOf(request), args)) as Reply;
    switch (kind) {
      case 'claimed':
        return { kind, token };
      case 'mismatch':
        return { kind };
      case 'running':
        return { kind, leftMs: Number(rest[0]) };
      case 'done':
        return { kind, answer: answerOf(rest) };
      default:
        return unreachable(kind);
    }
  }

  async renew(request: IdempotentRequest, token: string, leaseMs: number): Promise<boolean> {
    const args = [this.#now(), token, leaseMs, this.#options.windowMs];
    return (await this.#connection.run(renewScript, this.#keyOf(request), args)) === 1;
  }

  async complete(request: IdempotentRequest, token: string, { status, headers, body }: StoredAnswer): Promise<void> {
    const args = [this.#now(), token, this.#options.windowMs, status, JSON.stringify(headers), body];
    await this.#connection.run(completeScript, this.#keyOf(request), args);
  }

  async release(request: IdempotentRequest, token: string): Promise<void> {
    await this.#connection.run(releaseScript, this.#keyOf(request), [this.#now(), token]);
  }

  ping(): Promise<void> {
    return this.#connection.ping();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** A scope has no colon any more then, so that no two requests have one key. */
  #keyOf({ scope, key }: IdempotentRequest): string {
    return `${this.#options.prefix}${encodeURIComponent(scope)}:${key}`;
  }

  /** Nothing for the server's own. */
  #now(): number | '' {
    return this.#options.clock?.now() ?? '';
  }
}

type Reply = readonly [kind: Claim['kind'], ...rest: (string | number)[]];

function answerOf([status, headers, body]: readonly (string | number)[]): StoredAnswer {
  assert(typeof headers === 'string' && typeof body === 'string', 'a record that is done has an answer');
  return { status: Number(status), headers: JSON.parse(headers) as StoredAnswer['headers'], body };
}
