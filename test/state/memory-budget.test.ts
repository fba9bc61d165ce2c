// One budget for all of a worker's stores, as a limit that is held: a process whose state is several times as large takes no
// more than what it had at the beginning, the budget, and a constant that does not grow with the state.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leastMemory, splitMemory } from '../../state/memory-split.ts';
import type { Footprint } from './memory-budget-worker.ts';

const worker = fileURLToPath(new URL('./memory-budget-worker.ts', import.meta.url));
const mebibyte = 1 << 20;

const budget = leastMemory;
const stateBytes = 8 * budget;
/** What V8's heap keeps between collections, the young generation above all, and allocators of what was given back. */
const constant = 224 * mebibyte;
/** Of that, outside of V8: also the engine's indexes and filters. */
const nativeConstant = 96 * mebibyte;

test('the memory of a process levels off below its budget for state and a constant, whatever the state', async (t) => {
  const footprints = await fill(t);
  const [first, last] = [footprints.at(0)!, footprints.at(-1)!];
  assert.ok(last.written >= stateBytes);
  const peak = (of: (footprint: Footprint) => number, among = footprints) => Math.max(...among.map(of));
  const inMebibytes = (bytes: number) => `${Math.round(bytes / mebibyte)} MB`;

  const resident = peak(({ rss }) => rss) - first.rss;
  assert.ok(resident <= budget + constant, `${inMebibytes(resident)} for a budget of ${inMebibytes(budget)}`);

  const { blockCache, memtables, cache } = splitMemory(budget);
  // Allocators keep what buffers gave back, so that these count with the most that they ever took, not with what they take now.
  const outside = peak(({ rss, heapTotal }) => rss - heapTotal) - (first.rss - first.heapTotal);
  const native = outside - (peak(({ external }) => external) - first.external);
  const allowed = blockCache + memtables + nativeConstant;
  assert.ok(native <= allowed, `${inMebibytes(native)} for the engine's ${inMebibytes(blockCache + memtables)}`);
  const cached = peak((footprint) => footprint.cached);
  assert.ok(cached <= cache + mebibyte, `${inMebibytes(cached)} decoded, of ${inMebibytes(cache)}`);

  // While the last quarter of the state came memory grew by no more than a quarter of that.
  const [from, to] = [stateBytes / 2, (stateBytes * 3) / 4];
  const late = footprints.filter(({ written }) => written >= to);
  const middle = footprints.filter(({ written }) => written >= from && written < to);
  const growth = peak(({ rss }) => rss, late) - peak(({ rss }) => rss, middle);
  const more = stateBytes - to;
  assert.ok(growth <= more / 4, `${inMebibytes(growth)} more for ${inMebibytes(more)} more of state`);
  t.diagnostic(
    `${inMebibytes(resident)} for ${inMebibytes(last.written)} of state, ${inMebibytes(native)} outside of V8`,
  );
});

async function fill(t: { after(work: () => Promise<void>): void }): Promise<Footprint[]> {
  const directory = await mkdtemp(join(tmpdir(), 'stockstream-memory-'));
  t.after(() => rm(directory, { recursive: true }));
  const args = [worker, directory, String(budget), String(stateBytes)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [told, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  assert.equal(code, 0);
  return told
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Footprint);
}
