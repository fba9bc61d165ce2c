// `bench`, `simulate` and `life`: programs of their own beside this one. They run as child processes, with their own options.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

const programs = [
  ['bench', 'bench/bench.ts', 'Measure orders a second and latency, next to PostgreSQL and Redis where they run.'],
  ['simulate', 'test/simulation/main.ts', 'Run the shop through seeded faults in virtual time, with checkers.'],
  ['life', 'test/life/main.ts', 'Run whole lives of random orders with kills in between; check stock, money and mail.'],
] as const;

export function addPrograms(program: Command): void {
  for (const [verb, file, about] of programs) {
    program
      .command(verb)
      .description(about)
      .helpOption(false)
      .allowUnknownOption()
      .argument('[options...]', 'Its own: see --help')
      .action((options: string[]) => run(file, options));
  }
}

/** With this Node; ends as it ends. A supervisor's signal goes on to it; a terminal sends its own to both. */
function run(file: string, options: readonly string[]): Promise<void> {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const runtime = new URL('../../bin/runtime.js', import.meta.url).href;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', runtime, path, ...options], { stdio: 'inherit' });
    process.on('SIGTERM', (signal) => child.kill(signal));
    child.on('error', reject);
    child.on('exit', (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
