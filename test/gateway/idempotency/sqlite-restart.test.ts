// What a killed process had claimed is free when the next one, alone on its file, starts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemRandom } from '../../../base/random.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { openSqliteIdempotency } from '../../../gateway/idempotency/sqlite/sqlite-idempotency.ts';

test('a request that was running when its process was killed may run again at once, if nobody else has the file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'idempotency-'));
  const options = {
    file: join(directory, 'answers.db'),
    clock: new SteppedClock(),
    random: systemRandom,
    windowMs: 1e6,
  };
  const request = { scope: 'customer', key: 'key', fingerprint: 'body' };
  const killed = openSqliteIdempotency(options);
  assert.equal((await killed.claim(request, 60_000)).kind, 'claimed');
  await new Promise(setImmediate);
  const next = openSqliteIdempotency({ ...options, isAlone: true });
  assert.equal((await next.claim(request, 60_000)).kind, 'claimed');
  for (const each of [killed, next]) await each.close();
  rmSync(directory, { recursive: true });
});
