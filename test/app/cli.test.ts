// The command line as a process: what it prints, where, and how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../arch/tree.ts';

const launcher = join(root, 'bin/stockstream.js');

/** Runs where no .env of a developer is read. */
function stockstream(...words: string[]) {
  const env = { PATH: process.env.PATH, STOCKSTREAM_JWT_SECRET: 'correct-horse-battery-staple-0123456789' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...words], { cwd: tmpdir(), env });
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

test('config prints the settings without their secrets', () => {
  const { status, stdout, stderr } = stockstream('config', '--port', '81');
  assert.deepEqual([status, stderr], [0, '']);
  const { port, jwtSecret } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([port, jwtSecret], [81, '(hidden)']);
});

test('an error of the catalogue is told with its remedy, without a stack', () => {
  const { status, stdout, stderr } = stockstream('config', '--log', 'kafka', '--port', 'x');
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^CONFIG_INVALID: .*\n.*--port: "x".*\n.*--brokers or .*\nMend every line; .*\n$/);
});
