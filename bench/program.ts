// Runs a contender as a program of its own and takes the lines of JSON that it prints. Asked to end, it ends the
// contender first, which clears up after itself.
import { spawn } from 'node:child_process';

const signals = ['SIGINT', 'SIGTERM'] as const;
const keptOfErrors = 4_000;

/** @throws if it printed no line of JSON, with the end of what it said instead */
export async function linesOf<Line>(command: string, args: readonly string[]): Promise<Line[]> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.withResolvers<string>();
  let [output, errors, isStopped] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-keptOfErrors);
  });
  child.once('error', ended.reject);
  child.once('close', (code, signal) => ended.resolve(String(signal ?? code)));
  const stop = () => {
    isStopped = true;
    child.kill('SIGTERM');
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    const end = await ended.promise;
    if (isStopped) throw new Error('stopped');
    const lines = output.split('\n').filter((line) => line.startsWith('{'));
    if (lines.length === 0) throw new Error(`${[command, ...args].join(' ')}\nended with ${end}: ${errors.trim()}`);
    return lines.map((line) => JSON.parse(line) as Line);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
