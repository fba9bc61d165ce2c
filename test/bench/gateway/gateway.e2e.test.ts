// The bench over HTTP against a whole program, small: what it sends is taken, and its own checks hold.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

test('stock is imported, and every checkout is answered and held', async () => {
  const bench = fileURLToPath(new URL('../../../bench/bench.ts', import.meta.url));
  const small = ['--orders', '200', '--products', '20', '--rows', '50', '--connections', '4', '--rounds', '1'];
  const { stdout } = await promisify(execFile)(process.execPath, [bench, 'gateway', ...small, '--json']);
  const [run] = JSON.parse(stdout);
  assert.deepEqual(run.problems, []);
  assert.equal(run.stockImport.rows, 50);
  assert.deepEqual(
    run.checkouts.map(({ promised, connections }: Record<string, unknown>) => [promised, connections]),
    [
      ['safe', 4],
      ['decided', 4],
    ],
  );
  for (const { requestsPerSecond, p50ms, p99ms } of run.checkouts) {
    assert.ok(requestsPerSecond > 0 && p50ms > 0 && p50ms <= p99ms, `${requestsPerSecond}/s, ${p50ms}, ${p99ms} ms`);
  }
});
