// Secrets in the headers of feeds: put in by the worker, from files that may change.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withSecrets } from '../../app/feed-secrets.ts';
import { isStockstreamError } from '../../base/errors.ts';

test('a secret is what its file says now; one that is missing is named', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-secrets-'));
  const headers = { authorization: 'Bearer {secret:acme}', 'x-both': '{secret:acme}-{secret:other}', accept: '*/*' };
  writeFileSync(join(directory, 'acme'), 'one\n');
  writeFileSync(join(directory, 'other'), '$& two');
  assert.deepEqual(await withSecrets(headers, directory), {
    authorization: 'Bearer one',
    'x-both': 'one-$& two',
    accept: '*/*',
  });
  writeFileSync(join(directory, 'acme'), 'changed');
  assert.equal((await withSecrets(headers, directory)).authorization, 'Bearer changed');
  for (const [given, place] of [
    [{ a: '{secret:nothing}' }, directory],
    [headers, undefined],
  ] as const) {
    await assert.rejects(withSecrets(given, place), (error) => isStockstreamError(error, 'FEED_SECRET_MISSING'));
  }
  assert.deepEqual(await withSecrets({ a: '{secret:../etc}' }, directory), { a: '{secret:../etc}' });
  rmSync(directory, { recursive: true });
});
