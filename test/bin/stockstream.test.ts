// The launcher, over a stand-in command line: starts on this Node, moves to the installed one from an older Node, passes
// signals and exit codes through, and says what is missing.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../arch/tree.ts';

const standIn = `
const [mode] = process.argv.slice(2);
if (mode === 'exit') process.exitCode = 7;
if (mode === 'wait') {
  const timer = setInterval(() => {}, 1000);
  process.on('SIGTERM', () => {
    clearInterval(timer);
    process.stdout.write('stopped\\n');
    process.exitCode = 3;
  });
}
process.stdout.write([...process.argv.slice(2), process.channel ? 'moved' : 'stayed'].join(' ') + '\\n');
if (mode === 'die') process.kill(process.pid, 'SIGKILL');
`;
/** Makes the launcher believe in an old Node; the one that it moves to isn't told. */
const oldNode = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.1.0'}})`;

let directory = '';
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'stockstream-bin-'));
  for (const folder of ['app', 'node_modules/node/bin'])
    mkdirSync(join(directory, 'shop', folder), { recursive: true });
  cpSync(join(root, 'bin'), join(directory, 'shop/bin'), { recursive: true });
  writeFileSync(join(directory, 'shop/package.json'), '{"type":"module"}');
  writeFileSync(join(directory, 'shop/app/cli.ts'), standIn);
  writeFileSync(join(directory, 'shop/node_modules/node/package.json'), '{}');
  symlinkSync(process.execPath, join(directory, 'shop/node_modules/node/bin/node'));
});
after(() => rmSync(directory, { recursive: true }));

function launch(version: 'old' | 'new', ...words: string[]): { child: ChildProcess; output: () => string } {
  const faked = version === 'old' ? ['--import', oldNode] : [];
  const child = spawn(process.execPath, [...faked, join(directory, 'shop/bin/stockstream.js'), ...words]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return { child, output: () => output };
}

async function run(version: 'old' | 'new', ...words: string[]) {
  const { child, output } = launch(version, ...words);
  const [code, signal] = await once(child, 'close');
  return { code, signal, output: output() };
}

describe('on a new Node', () => {
  test('starts the command line right here', async () => {
    assert.deepEqual(await run('new', 'start', '--port', '1'), {
      code: 0,
      signal: null,
      output: 'start --port 1 stayed\n',
    });
  });
});

describe('on an old Node', () => {
  test('moves to the installed one, with its words and exit code', async () => {
    assert.deepEqual(await run('old', 'exit', 'now'), { code: 7, signal: null, output: 'exit now moved\n' });
  });

  test('dies of the same signal', async () => {
    assert.deepEqual(await run('old', 'die'), { code: null, signal: 'SIGKILL', output: 'die moved\n' });
  });

  test('passes a signal on and waits for the end', async () => {
    const { child, output } = launch('old', 'wait');
    await once(child.stdout ?? child, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [3, null]);
    assert.equal(output(), 'wait moved\nstopped\n');
  });

  test('leaves no orphan when it is killed outright', async () => {
    const { child, output } = launch('old', 'wait');
    await once(child.stdout ?? child, 'data');
    child.kill('SIGKILL');
    // The pipes close only when the process that it moved to has ended as well.
    assert.deepEqual(await once(child, 'close'), [null, 'SIGKILL']);
    assert.equal(output(), 'wait moved\nstopped\n');
  });

  test('says what to do if there is no newer one', async () => {
    const installed = join(directory, 'shop/node_modules/node');
    const refusal = /^Stockstream needs Node 24 or newer; this is v\d+.*Run `npm ci`/;
    rmSync(join(installed, 'bin'), { recursive: true });
    const withoutBinary = await run('old', 'start');
    assert.equal(withoutBinary.code, 1);
    assert.match(withoutBinary.output, refusal);
    // A package that gives nothing away, rather than none: a folder above the temporary one may hold another.
    writeFileSync(join(installed, 'package.json'), '{"exports":{}}');
    const withoutPackage = await run('old', 'start');
    assert.equal(withoutPackage.code, 1);
    assert.match(withoutPackage.output, refusal);
  });
});
