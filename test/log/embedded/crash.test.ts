// kill -9 at random moments, many times over: every acknowledged transaction is in the reopened log, whole, once and in
// order; none is there by half; offsets and compacted values agree with it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../../base/clock.ts';
import { seededRandom } from '../../../base/random.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { group, lanes, partitions } from './crash-writer.ts';
import { temporaryDirectory } from './kit.ts';
import { readBatches } from './records.ts';

const kills = 10;

/** Runs the writer for about so long after its first commit; gives the lines of all that it was told is committed. */
async function writeUntilKilled(
  directory: string,
  options: { seed: number; first: number; ms: number },
): Promise<string[]> {
  const script = new URL('./crash-writer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, directory, String(options.seed), String(options.first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const ended = new Promise<string | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
  const begun = new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    }),
  );
  await Promise.race([begun, ended]);
  await setTimeout(options.ms);
  child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL');
  return output.split('\n').slice(0, -1);
}

/** How often each transaction is in the log, and that each has all of its parts. */
async function readTransactions(log: EmbeddedLog): Promise<string[]> {
  const parts = new Map<string, number>();
  for (let partition = 0; partition < partitions; partition++) {
    const last = new Map<string, number>();
    for (const batch of await readBatches(log, { topic: 'whole', partition }, 0, 2 ** 20)) {
      const [first] = batch.records();
      const [lane = '', n = ''] = String(first?.key).split('/');
      assert.ok(Number(n) > (last.get(lane) ?? -1), 'in order, and once');
      last.set(lane, Number(n));
      parts.set(String(first?.key), (parts.get(String(first?.key)) ?? 0) + 1);
    }
  }
  for (const [transaction, count] of parts)
    assert.equal(count, Number(transaction.split('/')[2]), `${transaction} is whole`);
  return [...parts.keys()];
}

/** For each lane, the number of its last transaction. */
function lastOf(transactions: readonly string[]): number[] {
  const last = Array.from({ length: lanes }, () => -1);
  for (const transaction of transactions) {
    const [lane = 0, n = 0] = transaction.split('/').map(Number);
    last[lane] = Math.max(last[lane] ?? -1, n);
  }
  return last;
}

describe('the embedded log', { timeout: 60_000 }, () => {
  it('survives kill -9 at any moment', async () => {
    const directory = temporaryDirectory();
    const random = seededRandom(20261121);
    const acknowledged = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      const seed = random.int(2 ** 31);
      const lines = await writeUntilKilled(directory, { seed, first: kill * 100_000, ms: random.int(120) });
      for (const line of lines) acknowledged.add(line);

      const log = await openEmbeddedLog({ directory, clock: systemClock });
      const found = await readTransactions(log);
      const present = new Set(found);
      for (const transaction of acknowledged) assert.ok(present.has(transaction), `${transaction} was acknowledged`);
      const last = lastOf(found);
      const inputs = Array.from({ length: lanes }, (_, partition) => ({ topic: 'whole', partition }));
      assert.deepEqual(
        await log.admin.committedOffsets(group, inputs),
        last.map((n) => (n < 0 ? undefined : n + 1)),
      );
      const latest = new Map<string, string>();
      for (const batch of await readBatches(log, { topic: 'latest', partition: 0 }, 0, 2 ** 20)) {
        for (const { key, value } of batch.records()) latest.set(String(key), String(value));
      }
      for (const [lane, n] of last.entries()) if (n >= 0) assert.equal(latest.get(String(lane)), `${lane}:${n}`);
      await log.close();
    }
    assert.ok(acknowledged.size > kills, `${acknowledged.size} transactions were acknowledged`);
  });
});
