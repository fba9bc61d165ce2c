// The cache port on Redis, for any number of gateways and workers:
//
//     <prefix><product id> -> a record, as scripts.ts has it
//
// What is fresh is read with one MGET; whatever changes something is a script. While Redis is away, or slow, every call
// fails soon: the documents are faster then.
import { randomUUID } from 'node:crypto';
import { type ChainableCommander, Redis } from 'ioredis';
import { assert } from '../../../base/assert.ts';
import type { Clock } from '../../../base/clock.ts';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { redisOptions } from '../../../base/redis-options.ts';
import type { JsonObject } from '../../documents/documents.ts';
import {
  type Cache,
  type CacheEntry,
  type CacheWrite,
  cacheTimes,
  type Fill,
  type Lease,
  type Looked,
  timesOf,
} from '../cache.ts';
import { cacheFailure } from './failures.ts';
import { applyScript, fillScript, headPattern, lookScript, releaseScript, type Script } from './scripts.ts';

export interface RedisCacheOptions {
  /** redis:// or rediss://; its path is the number of the database. Never logged. */
  readonly url: string;
  /** Before every key, so that installations, and generations of views, can share a server. */
  readonly prefix: string;
  readonly logger: Logger;
  /** Default: the server's own, which is one for all. */
  readonly clock?: Clock;
}

/** A command that takes longer has failed. Milliseconds. */
const commandTimeout = 250;
/** Commands of one round trip. */
const atOnce = 500;

/** Resolves when the server answers. @throws CACHE_UNAVAILABLE, CACHE_REFUSED */
export async function openRedisCache(options: RedisCacheOptions): Promise<Cache> {
  const redis = makeRedis(options.url);
  const cache = new RedisCache(redis, options);
  try {
    await redis.connect();
    // Once more, for the library goes on in another database if this one isn't there.
    await redis.select(redis.options.db ?? 0);
    return cache;
  } catch (error) {
    redis.disconnect();
    throw cache.failure(error);
  }
}

interface Call {
  readonly script: Script;
  readonly id: string;
  /** After the time. */
  readonly values: readonly (string | number)[];
}

class RedisCache implements Cache {
  readonly #redis: Redis;
  readonly #options: RedisCacheOptions;
  /** Why the connection isn't open. */
  #away: unknown;

  constructor(redis: Redis, options: RedisCacheOptions) {
    this.#redis = redis;
    this.#options = options;
    redis.on('error', (error) => {
      if (this.#away === undefined) {
        options.logger.warn({ reason: reasonOf(error) }, 'Redis is away: products are read from the documents');
      }
      this.#away = error;
    });
    redis.on('ready', () => {
      this.#away = undefined;
    });
  }

  async look(ids: readonly string[]): Promise<Looked[]> {
    if (ids.length === 0) return [];
    const stored = await this.#attempt(() => this.#redis.mget(ids.map((id) => this.#keyOf(id))));
    const now = this.#options.clock?.now();
    const found = stored.map((text) => (text === null ? undefined : freshEntry(text, now ?? Date.now())));
    const others = ids.filter((_, index) => found[index] === undefined);
    const looked = (await this.#lookAgain(others)).values();
    return found.map((entry) => (entry ? { kind: 'hit', entry } : (looked.next().value as Looked)));
  }

  async fill(fills: readonly Fill[]): Promise<void> {
    const calls = fills.map(({ id, lease, entry }): Call => {
      const { fresh, kept } = timesOf(entry);
      const kind = entry.value === undefined ? 'n' : 'v';
      return { script: fillScript, id, values: [lease, entry.version, fresh, kept, kind, jsonOf(entry.value)] };
    });
    await this.#run(calls);
  }

  async release(leases: readonly Lease[]): Promise<void> {
    await this.#run(leases.map(({ id, lease }) => ({ script: releaseScript, id, values: [lease] })));
  }

  async apply(writes: readonly CacheWrite[]): Promise<void> {
    const { fresh, kept, floor } = cacheTimes;
    const calls = writes.map(({ id, version, value, at }): Call => {
      return { script: applyScript, id, values: [version, fresh, kept, jsonOf(value), at, floor] };
    });
    await this.#run(calls);
  }

  async flush(): Promise<void> {}

  async ping(): Promise<void> {
    await this.#attempt(() => this.#redis.ping());
  }

  async close(): Promise<void> {
    await this.#redis.quit().catch(() => this.#redis.disconnect());
  }

  failure(error: unknown): StockstreamError {
    // Why the connection is away says more than that a command found it so.
    return cacheFailure(this.#away ?? error);
  }

  /** By the server's clock, and taking the leases. */
  async #lookAgain(ids: readonly string[]): Promise<Looked[]> {
    const leases = ids.map(() => randomUUID());
    const calls = ids.map((id, index): Call => {
      return { script: lookScript, id, values: [leases[index]!, cacheTimes.lease] };
    });
    const replies = (await this.#run(calls)) as (readonly ['hit' | 'wait' | 'fill', string | null | undefined])[];
    return replies.map(([kind, stored], index): Looked => {
      if (kind === 'wait') return { kind };
      if (kind === 'fill') return { kind, lease: leases[index]!, old: stored ? entryOf(stored) : undefined };
      return { kind: 'hit', entry: entryOf(stored ?? '') };
    });
  }

  async #run(calls: readonly Call[]): Promise<unknown[]> {
    const replies: unknown[] = [];
    for (let from = 0; from < calls.length; from += atOnce) {
      replies.push(...(await this.#runSome(calls.slice(from, from + atOnce))));
    }
    return replies;
  }

  /** By their names first: the server has forgotten them only after a start. */
  async #runSome(calls: readonly Call[]): Promise<unknown[]> {
    const named = await this.#pipeline(calls, (pipeline, script, args) => pipeline.evalsha(script.sha1, 1, ...args));
    const unknown = calls.filter((_, index) => isUnknownScript(named[index]?.[0]));
    const whole = await this.#pipeline(unknown, (pipeline, script, args) => pipeline.eval(script.text, 1, ...args));
    const second = whole.values();
    return named.map((first) => {
      const [error, reply] = isUnknownScript(first[0]) ? (second.next().value ?? first) : first;
      if (error) throw this.failure(error);
      return reply;
    });
  }

  async #pipeline(
    calls: readonly Call[],
    add: (pipeline: ChainableCommander, script: Script, args: (string | number)[]) => void,
  ): Promise<[error: Error | null, reply: unknown][]> {
    if (calls.length === 0) return [];
    const pipeline = this.#redis.pipeline();
    const now = this.#options.clock?.now() ?? '';
    for (const { script, id, values } of calls) add(pipeline, script, [this.#keyOf(id), now, ...values]);
    return (await this.#attempt(() => pipeline.exec())) ?? [];
  }

  #keyOf(id: string): string {
    return this.#options.prefix + id;
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(error);
    }
  }
}

function isUnknownScript(error: Error | null | undefined): boolean {
  return error?.message.startsWith('NOSCRIPT') ?? false;
}

/** Undefined unless it is fresh. */
function freshEntry(stored: string, now: number): CacheEntry | undefined {
  const [, , freshUntil, , , , kind] = headPattern.exec(stored) ?? [];
  return kind !== 'f' && Number(freshUntil) > now ? entryOf(stored) : undefined;
}

function entryOf(stored: string): CacheEntry {
  const [head, version] = headPattern.exec(stored) ?? [];
  assert(head !== undefined, 'the record in Redis has a head');
  const json = stored.slice(head.length);
  return { version: Number(version), value: json === '' ? undefined : (JSON.parse(json) as JsonObject) };
}

function jsonOf(value: JsonObject | undefined): string {
  return value === undefined ? '' : JSON.stringify(value);
}

/** @throws CACHE_REFUSED if the URL makes no sense; it isn't told, for it has the password */
function makeRedis(url: string): Redis {
  try {
    return new Redis(url, {
      ...redisOptions(url),
      commandTimeout,
      // After a fail-over the same address may lead to what is a replica now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
  } catch (error) {
    throw new StockstreamError('CACHE_REFUSED', { reason: reasonOf(error) });
  }
}
