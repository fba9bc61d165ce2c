// An operator whom the command line made can log in, and may make others.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Server } from './server.ts';

const launcher = fileURLToPath(new URL('../../bin/stockstream.js', import.meta.url));
const account = { email: 'first@shop.example', password: 'correct horse battery' };

test('the first operator comes from the command line', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-e2e-'));
  const create = (email: string, input: string) =>
    execFileSync(
      process.execPath,
      [launcher, 'users', 'create', '--email', email, '--role', 'operator', '--data', data],
      {
        input,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
  try {
    // Before anything runs, and beside what runs.
    create(account.email, `${account.password}\n`);
    const server = await Server.start(data, '--no-demo');
    assert.throws(() => create('second@shop.example', 'short\n'), /request_invalid: .*\/password/);
    assert.throws(() => create(account.email, `${account.password}\n`), /email_taken/);
    const session = await server.call('POST', '/v1/sessions', { body: account });
    assert.deepEqual([session.status, session.body.role], [200, 'operator']);
    const seller = { email: 'seller@shop.example', password: 'another long one', role: 'seller' };
    const made = await server.call('POST', '/v1/users', { token: session.body.token, body: seller });
    assert.ok([201, 202].includes(made.status), JSON.stringify(made.body));
    await server.stop();
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
