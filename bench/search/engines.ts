// The search engines under measurement, each with an index of its own that goes with the run.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import { openElasticsearchSearch } from '../../views/search/elasticsearch/elasticsearch-search.ts';
import { openEmbeddedSearch } from '../../views/search/embedded/embedded-search.ts';
import type { Search } from '../../views/search/search.ts';

export const engines = ['embedded', 'elasticsearch'] as const;
export type Engine = (typeof engines)[number];

/** Opened again, it has what it had. */
export interface EnginePlace {
  open(): Promise<Search>;
  /** Once it is closed. */
  remove(): Promise<void>;
}

export function enginePlace(engine: Engine, url: string): EnginePlace {
  if (engine === 'embedded') {
    const directory = mkdtempSync(join(tmpdir(), 'stockstream-bench-search-'));
    return {
      open: () => openEmbeddedSearch({ file: join(directory, 'search.sqlite') }),
      remove: () => rm(directory, { recursive: true }),
    };
  }
  const options = { url, index: `stockstream-bench-${systemRandom.uuid()}`, clock: systemClock, logger: silentLogger };
  const open = () => openElasticsearchSearch(options);
  return { open, remove: async () => (await open()).remove() };
}
