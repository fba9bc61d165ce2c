// The state of a shop that is killed and loses its disk's state: from the checkpoints of its tasks, from the copies of its
// files, put back by the command line, or with all of them damaged, it is what it was.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Server } from './server.ts';

const launcher = fileURLToPath(new URL('../../bin/stockstream.js', import.meta.url));
const quiet = ['--payments', 'off', '--carrier', 'off', '--mail', 'off', '--log-level', 'info'];
const stores = ['stock', 'offers', 'listings', 'ratings'];

async function stateOf(server: Server, token: string): Promise<unknown> {
  const found: unknown[] = [];
  for (const store of stores) {
    const answer = await server.call('GET', `/v1/admin/state/${store}?limit=200`, { token });
    if (answer.status === 200) found.push(...answer.body.entries);
  }
  assert.ok(found.length > 20, `${found.length} entries`);
  return found;
}

function stockstream(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...words]);
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

function damageAll(folder: string): void {
  const files = readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file)));
  for (const file of files.filter((each) => statSync(each).isFile())) {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    // Not through a link: the state itself has the same file.
    unlinkSync(file);
    writeFileSync(file, bytes);
  }
}

test('what was lost comes back from wherever it is kept', { timeout: 280_000 }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-checkpoints-'));
  const place = join(data, 'checkpoints', 'stockstream');
  const state = join(data, 'state');
  let server = await Server.start(data, ...quiet);
  try {
    const token = await server.logIn('operator@demo');
    const created = stockstream('checkpoint', 'create', '--data', data, '--json');
    assert.equal(created.status, 0, created.stderr);
    const before = await stateOf(server, token);
    const refused = stockstream('checkpoint', 'restore', '--data', data);
    assert.deepEqual([refused.status, /^STATE_IN_USE/.test(refused.stderr)], [1, true], refused.stderr);

    const restart = async (prepare: () => void) => {
      await server.kill();
      prepare();
      server = await Server.start(data, ...quiet);
      assert.deepEqual(await stateOf(server, await server.logIn('operator@demo')), before);
      return server.output;
    };
    assert.match(await restart(() => rmSync(state, { recursive: true })), /begins with a copy of its files/);
    const fromTasks = await restart(() => {
      rmSync(state, { recursive: true });
      rmSync(join(place, 'threads'), { recursive: true });
    });
    assert.match(fromTasks, /task begins with a checkpoint/);
    const byCommand = await restart(() => {
      rmSync(state, { recursive: true });
      const restored = stockstream('checkpoint', 'restore', '--data', data);
      assert.equal(restored.status, 0, restored.stderr);
    });
    assert.doesNotMatch(byCommand, /begins with/);
    await server.call('POST', '/v1/admin/checkpoints', { token });
    const fromChangelog = await restart(() => {
      rmSync(state, { recursive: true });
      damageAll(place);
      assert.equal(stockstream('checkpoint', 'verify', '--data', data).status, 1);
    });
    assert.match(fromChangelog, /checkpoint passed over/);
    assert.doesNotMatch(fromChangelog, /task begins with/);
    const figures = await fetch(`${server.url}/metrics`).then((response) => response.text());
    assert.match(figures, /stream_checkpoint_restores_total\{topology="shop",result="passed over"\} [1-9]/);
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
