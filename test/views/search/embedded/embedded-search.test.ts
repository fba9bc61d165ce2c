// The embedded search under the suites: each place a file of its own.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedSearch } from '../../../../views/search/embedded/embedded-search.ts';
import { relevanceSuite } from '../../../conformance/relevance.suite.ts';
import { searchSuite } from '../../../conformance/search.suite.ts';

function makePlace() {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-search-'));
  return {
    open: () => openEmbeddedSearch({ file: join(directory, 'search.sqlite') }),
    remove: () => rm(directory, { recursive: true }),
  };
}

searchSuite('embedded search', makePlace);
relevanceSuite('embedded search', makePlace);
