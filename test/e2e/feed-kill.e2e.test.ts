// A supplier's feed of 20,000 lines, taken in by a program that is killed outright three times meanwhile: each line is in
// the log once, and each product is there. Then the same for an upload by the command line, which goes on by itself.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { topicsOf } from '../../app/topics.ts';
import { systemClock } from '../../base/clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { valuesOf } from '../streams/effect-bench.ts';
import { eventually, Server } from './server.ts';

const lines = 20_000;
const kills = 3;
const quiet = ['--payments', 'off', '--carrier', 'off', '--mail', 'off', '--log-level', 'error'];
const launcher = fileURLToPath(new URL('../../bin/stockstream.js', import.meta.url));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function productLines(prefix: string, description = ''): string {
  return Array.from({ length: lines }, (_, index) => {
    const price = { amount: 100 + index, currency: 'EUR' };
    return `${JSON.stringify({ productId: `${prefix}${index}`, title: `Title ${index}`, description, price })}\n`;
  }).join('');
}

/** By the line that each is of; with nobody else at the log. */
async function changesIn(data: string, importId: string): Promise<number[]> {
  const log = await openEmbeddedLog({ directory: join(data, 'log'), clock: systemClock });
  const changes = await topicsOf(log)
    .then(({ catalogChanges }) => valuesOf(log, catalogChanges))
    .finally(() => log.close());
  const own = changes.filter((change) => change.importId === importId);
  return own.map(({ importLine }) => importLine).toSorted((one, other) => one - other);
}

const everyLine = Array.from({ length: lines }, (_, index) => index + 1);

test('a feed is taken in through three kills: each line is in the log once', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-feed-'));
  let server = await Server.start(data, ...quiet);
  try {
    const directory = join(data, 'feeds/acme');
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'catalogue.ndjson');
    writeFileSync(file, productLines('f'));
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    const operator = await server.logIn('operator@demo');
    const feed = { sellerId: 'demo-seller', kind: 'directory', path: 'acme', format: 'ndjson', everySeconds: 1 };
    const entered = await server.call('PUT', '/v1/admin/feeds/acme', { token: operator, body: feed });
    assert.equal(entered.status, 201, JSON.stringify(entered.body));
    const read = async () => (await server.call('GET', '/v1/admin/feeds/acme', { token: operator })).body;
    const taken: number[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      const from = taken.at(-1) ?? 0;
      // On a busy machine it may be through before anybody looks again.
      const isOn = ({ lastRun }: { lastRun?: { import?: { lines: number; status: string } } }) =>
        (lastRun?.import?.lines ?? 0) > from || lastRun?.import?.status === 'done';
      const { lastRun } = await eventually(read, isOn, 60);
      taken.push(lastRun?.import?.lines ?? 0);
      await server.kill();
      server = await Server.start(data, ...quiet);
    }
    const done = await eventually(read, ({ lastRun }) => lastRun?.import?.status === 'done', 120);
    const { lines: count, applied, refused } = done.lastRun.import;
    console.log(`lines shown before each kill: ${taken.join(', ')}`);
    assert.ok(taken[0]! < lines, 'the first kill came in the middle');
    assert.deepEqual([count, applied, refused, done.lastRun.run], [lines, lines, 0, 1]);
    const last = await server.call('GET', `/v1/products/f${lines - 1}`);
    assert.equal(last.status, 200);
    assert.equal(await server.stop(), 0);
    assert.deepEqual(await changesIn(data, 'acme~1'), everyLine);
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
});

test('an upload by the command line goes on through three kills: each line counts once', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-import-'));
  const file = join(data, 'catalogue.ndjson');
  const port = await freePort();
  const start = () => Server.start(data, '--port', String(port), ...quiet);
  let server = await start();
  try {
    // So much that whoever looks finds it in the middle: short lines are all taken within a second.
    writeFileSync(file, productLines('u', 'of many words '.repeat(100)));
    const token = await server.logIn('seller@demo');
    const url = `http://127.0.0.1:${port}`;
    const args = ['import', file, '--data', data, '--import', 'upload', '--url', url, '--json'];
    const upload = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const told = outputOf(upload);
    const read = async () => (await server.call('GET', '/v1/products/imports/upload', { token })).body;
    const taken: number[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      const isOn = ({ nextLine = 1, status }: { nextLine?: number; status?: string }) =>
        nextLine > (taken.at(-1) ?? 1) || status === 'done';
      taken.push((await eventually(read, isOn, 60)).nextLine ?? 1);
      await server.kill();
      await pause(100);
      server = await start();
    }
    if (upload.exitCode === null) await once(upload, 'exit');
    assert.equal(upload.exitCode, 0, told());
    console.log(`next line shown before each kill: ${taken.join(', ')}`);
    assert.ok(taken[0]! <= lines, 'the first kill came in the middle');
    const { status, lines: count, applied, refused, pending } = await read();
    assert.deepEqual([status, count, applied, refused, pending], ['done', lines, lines, 0, 0]);
    assert.equal(await server.stop(), 0);
    // What was under way when it was killed may have come twice, and counted once.
    assert.deepEqual([...new Set(await changesIn(data, 'upload'))], everyLine);
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
});

function outputOf({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout!, stderr!]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  return () => text;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
