// A process that is killed while it writes: what it said was applied is there, and the index is what its listings are.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../../../base/random.ts';
import { Engine } from '../../../../views/search/embedded/engine.ts';
import { queryFor } from '../../../conformance/search-listings.ts';
import { facetsOf, scanned, sortedBy } from '../../../conformance/search-scan.ts';
import { listingsAfter } from './endless-writes.ts';

const program = fileURLToPath(new URL('writing-process.ts', import.meta.url));

test('a kill loses nothing that was applied, and leaves no word behind', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-search-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'search.sqlite');
  const random = seededRandom(11);
  let applied = 0;
  for (let round = 0; round < 5; round++) {
    applied = await killedAfter(file, applied, applied + 100 + random.int(600));
    const engine = new Engine(file);
    engine.load();
    // One step may have been applied and not told.
    const states = [applied, applied + 20].map(listingsAfter);
    const all = states.find((state) => isStateOf(engine, state));
    assert.ok(all, `${applied} writes were applied, then it was killed`);
    for (const text of ['', 'anchor', 'copper', 'dahlia ember']) {
      for (const inStock of [true, false]) {
        const query = queryFor(text, { inStock, sort: 'newest', facets: true });
        const expected = sortedBy('newest', scanned(all, query));
        const { hits, total, facets } = engine.search(query);
        assert.equal(total, expected.length);
        assert.deepEqual(
          hits.map(({ content }) => JSON.parse(content)),
          expected.slice(0, query.limit),
        );
        assert.deepEqual(facets, facetsOf(all, query));
      }
    }
    engine.close();
  }
});

/** Writes on from `from` and kills the writer when it has told that it is at `until`. @returns what it told last */
async function killedAfter(file: string, from: number, until: number): Promise<number> {
  const child = spawn(process.execPath, [program, file, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let told = from;
  for await (const line of createInterface(child.stdout)) {
    told = Number(line);
    if (told >= until) child.kill('SIGKILL');
  }
  await exited;
  assert.ok(told >= until, 'it wrote until it was killed');
  return told;
}

function isStateOf(engine: Engine, state: ReturnType<typeof listingsAfter>): boolean {
  const { hits, total } = engine.search(queryFor('', { inStock: false, sort: 'newest', limit: 1 }));
  const [newest] = sortedBy('newest', state);
  return total === state.length && hits.every(({ content }) => JSON.parse(content).createdAt === newest?.createdAt);
}
