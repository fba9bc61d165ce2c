// `stockstream simulate`: some seeds side by side, one clear line a violation with the command that shows it again, and
// at the end what was done and which faults struck, so that silence means something.
// Exit code 0: all promises held. 1: a promise was broken. 2: it was asked for in a way that makes no sense.
import { type Flags, parseFlags, usage } from './flags.ts';
import { Report } from './report.ts';
import { SeedThread } from './seed-thread.ts';

/** Takes one seed after the other, until none is left. */
async function work(seeds: Iterable<number>, flags: Flags, report: Report): Promise<void> {
  const thread = new SeedThread();
  for (const seed of seeds) {
    report.begun(seed);
    report.done(await thread.run({ ...flags, seed }, (at, text) => report.told(at, text)));
  }
  await thread.close();
}

const parsed = parseFlags(process.argv.slice(2));
if (parsed.type === 'refused') {
  process.stderr.write(`stockstream simulate: ${parsed.problem}\n\n${usage}\n`);
  process.exitCode = 2;
} else if (parsed.type === 'help') {
  process.stdout.write(`${usage}\n`);
} else {
  const { flags } = parsed;
  const report = new Report(flags, process.stdout);
  // One iterator for all: each takes the next seed when it is done with one.
  const seeds = Array.from({ length: flags.seeds }, (_, index) => flags.seed + index).values();
  await Promise.all(Array.from({ length: flags.jobs }, () => work(seeds, flags, report)));
  process.exitCode = report.finish() ? 0 : 1;
}
