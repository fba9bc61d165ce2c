// A simulated carrier whose process is killed while it works, again and again: every parcel that it accepted is brought.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../../base/logger.ts';
import { seededRandom } from '../../../base/random.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { openSimulatedCarrier } from '../../../effects/shipping/simulator/simulated-carrier.ts';

const rounds = 3;
const worker = fileURLToPath(new URL('./carrier-worker.ts', import.meta.url));

test('a killed carrier tells of every parcel that it accepted', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'carrier-kill-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'carrier.sqlite');
  const lines: string[] = [];
  for (let round = 0; round < rounds; round++) lines.push(...(await linesUntilKilled(file, round)));
  const sent = lines.flatMap((line) => (line.startsWith('sent ') ? [line.slice('sent '.length)] : []));
  const told = new Set(lines.flatMap((line) => (line.startsWith('told ') ? [line.slice('told '.length)] : [])));
  assert.ok(sent.length >= rounds * 30 && told.size > 0);

  const clock = new SteppedClock(Date.now() + 86_400_000);
  const delays = { packed: 1, inTransit: 1, delivered: 1, returned: 1 };
  const tell = async ({ updateId }: { readonly updateId: string }) => void told.add(updateId);
  const carrier = openSimulatedCarrier({ file, clock, tell, delays, random: seededRandom(1), logger: silentLogger });
  for (let before = -1; before < told.size; ) {
    before = told.size;
    clock.step(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await carrier.close();
  const missing = sent.flatMap((shipmentId) =>
    ['packed', 'in_transit', 'delivered'].map((status) => `${shipmentId}/${status}`).filter((id) => !told.has(id)),
  );
  assert.deepEqual(missing, []);
});

/** Kills the worker in the middle of its work, once it has sent some and told of some. What it printed, without a torn end. */
async function linesUntilKilled(file: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [worker, file, `round${round}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    printed += text;
    if (printed.split('sent ').length > 40 + round && printed.includes('/packed')) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL', 'the worker ended by itself');
  return printed.split('\n').slice(0, -1);
}
