// The peers that are servers, small: each answers every order once and oversells nothing. Without PostgreSQL, which only
// benchmarks need, its ways are left out.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missing } from '../../../bench/contenders.ts';
import { ways } from '../../../bench/peers/postgres-ways.ts';
import { services } from '../../services.ts';

async function run(file: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../../../bench/peers/${file}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args]);
  return JSON.parse(stdout);
}

for (const load of ['uniform', 'hot'] as const) {
  const small = ['--orders', '2000', '--products', '100', '--load', load, '--lines', '1-5'];
  for (const variant of Object.keys(ways)) {
    test(`PostgreSQL, ${variant}, ${load}`, async (t) => {
      const absent = await missing([new URL(services.postgres).host]);
      if (absent !== undefined) return t.skip(absent);
      const result = await run('postgres.ts', '--variant', variant, '--url', services.postgres, ...small);
      assert.partialDeepStrictEqual(result, { orders: 2000, load, minLines: 1, maxLines: 5, problems: [] });
      assert.ok(result.refused > 0 && result.refused < 1, `${result.refused} refused`);
    });
  }

  test(`Redis, ${load}`, async () => {
    const result = await run('redis.ts', '--variant', 'everysec', '--url', `${services.redis}/9`, ...small);
    assert.partialDeepStrictEqual(result, { orders: 2000, load, problems: [] });
    assert.ok(result.refused > 0 && result.refused < 1, `${result.refused} refused`);
  });
}
