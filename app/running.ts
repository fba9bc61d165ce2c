// A note in the data directory that says which process uses it and where its gateway answers, so that the tools of the
// command line can talk to it instead of opening what it has open. A note whose process is gone counts as none.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config-schema.ts';

export interface Running {
  readonly pid: number;
  readonly url: string;
}

export function noteRunning({ data }: Config, url: string): void {
  mkdirSync(data, { recursive: true });
  writeFileSync(noteIn(data), JSON.stringify({ pid: process.pid, url } satisfies Running));
}

export function forgetRunning({ data }: Config): void {
  rmSync(noteIn(data), { force: true });
}

/** The process that uses this data directory, if it lives. */
export function findRunning({ data }: Config): Running | undefined {
  try {
    const running = JSON.parse(readFileSync(noteIn(data), 'utf8')) as Running;
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}

function noteIn(data: string): string {
  return join(data, 'running.json');
}
