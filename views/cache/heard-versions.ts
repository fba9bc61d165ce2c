// The versions that this process heard of lately, so that it gives out nothing older, whatever its cache has. Bounded in
// number and in time: beyond that a cache is believed, which drops what is old by itself.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { cacheTimes } from './cache.ts';

interface Heard {
  readonly version: number;
  readonly until: number;
}

/** About 5 MB. */
const most = 50_000;

export class HeardVersions {
  readonly #clock: Clock;
  /** By id. */
  readonly #heard = new LRUCache<string, Heard>({ max: most });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(id: string, version: number): void {
    const known = this.#heard.peek(id);
    if (known !== undefined && known.version > version) return;
    // By then whatever had been read before has gone from the cache.
    this.#heard.set(id, { version, until: this.#clock.monotonic() + cacheTimes.kept });
  }

  /** Whether nothing newer was heard of. */
  allow(id: string, version: number): boolean {
    const known = this.#heard.peek(id);
    return known === undefined || version >= known.version || known.until <= this.#clock.monotonic();
  }
}
