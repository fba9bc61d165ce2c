// Kills the worker of `bench restore` in the middle of its work, and starts it again on what it left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Served, ServeOptions } from './serve.ts';

export interface Killed {
  /** From the signal to all tasks running again, in seconds: the start of the process is in it. */
  readonly seconds: number;
  /** Changelog records that were read again. */
  readonly restored: number;
}

const program = fileURLToPath(new URL('./serve.ts', import.meta.url));
const workMs = 3_000;

export async function killOften(options: ServeOptions, times: number): Promise<Killed[]> {
  const killed: Killed[] = [];
  let worker = await start(options);
  for (let count = 0; count < times; count++) {
    await new Promise((resolve) => setTimeout(resolve, workMs));
    const began = performance.now();
    worker.child.kill('SIGKILL');
    await once(worker.child, 'exit');
    worker = await start(options);
    killed.push({ seconds: (performance.now() - began) / 1000, restored: worker.served.restored });
  }
  worker.child.kill('SIGKILL');
  await once(worker.child, 'exit');
  return killed;
}

/** As bin/stockstream.js begins. */
const runtime = new URL('../../bin/runtime.js', import.meta.url).href;

async function start(options: ServeOptions) {
  const child = spawn(process.execPath, ['--import', runtime, program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    return { child, served: JSON.parse(line) as Served };
  }
  throw new Error('the worker ended by itself');
}
