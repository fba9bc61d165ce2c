#!/usr/bin/env node
// Starts the command line on a Node that runs TypeScript: this one if it is new enough, else the one that npm installed
// with us. Plain JavaScript for old versions, so it uses nothing newer than Node 18.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const oldest = 24;

if (Number.parseInt(process.versions.node, 10) >= oldest) {
  stopWithParent();
  await import('./runtime.js');
  await import('../app/cli.ts');
} else {
  runOn(installedNode());
}

/** The executable of the npm package `node`, wherever npm has put that package. */
function installedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    fail('there is no newer one in node_modules');
  }
}

/** Runs this file again on `executable`, and ends as it ends. Signals go through. */
function runOn(executable) {
  const self = fileURLToPath(import.meta.url);
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(executable, [self, ...process.argv.slice(2)], { stdio });
  child.on('error', (error) => fail(error.message));
  // A terminal sends its own signals to both of us: passing them on would count as pressing Ctrl-C twice.
  const fromTerminal = process.stdin.isTTY ? ['SIGINT', 'SIGHUP'] : [];
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGUSR2']) {
    process.on(signal, () => fromTerminal.includes(signal) || child.kill(signal));
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** If the launcher on the old Node is killed outright, no orphan goes on holding the data directory. */
function stopWithParent() {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

function fail(reason) {
  process.stderr.write(
    `Stockstream needs Node ${oldest} or newer; this is ${process.version}, and ${reason}. ` +
      'Run `npm ci` in its folder, or start it with a newer Node.\n',
  );
  process.exit(1);
}
