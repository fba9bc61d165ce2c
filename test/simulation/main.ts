// `stockstream simulate`: some seeds side by side, one clear line a violation with the command that shows it again, and
// at the end what was done and which faults struck, so that silence means something.
// With `--canary all` it hunts for each planted bug instead, a line a bug.
// Exit code 0: all promises held, or all bugs were caught. 1: a promise was broken, or a bug missed. 2: it was asked for in a way that makes no sense.
import { canaries } from './canaries/list.ts';
import type { Canary } from './canaries/sabotage.ts';
import { everyCanary, type Flags, parseFlags, usage } from './flags.ts';
import { hunt } from './hunt.ts';
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

/** Hunts for one planted bug after the other, until none is left. Returns how many were not caught. */
async function huntAll(bugs: Iterable<Canary>): Promise<number> {
  const thread = new SeedThread();
  let missed = 0;
  for (const bug of bugs) {
    const { caught, seen, milliseconds, canary } = await hunt(bug, thread);
    const how = caught
      ? `caught with seed ${caught.seed} by: ${caught.by}`
      : `MISSED in ${canary.seeds} seeds; seen: ${seen.join(', ') || 'nothing'}`;
    process.stdout.write(`${canary.name.padEnd(33)} ${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${how}\n`);
    if (caught === undefined) missed++;
  }
  await thread.close();
  return missed;
}

const parsed = parseFlags(process.argv.slice(2));
if (parsed.type === 'refused') {
  process.stderr.write(`stockstream simulate: ${parsed.problem}\n\n${usage}\n`);
  process.exitCode = 2;
} else if (parsed.type === 'help') {
  process.stdout.write(`${usage}\n`);
} else if (parsed.flags.canary === everyCanary) {
  const bugs = canaries.values();
  const missed = await Promise.all(Array.from({ length: parsed.flags.jobs }, () => huntAll(bugs)));
  const total = missed.reduce((sum, count) => sum + count, 0);
  process.stdout.write(`${canaries.length} planted bugs, ${total === 0 ? 'all caught' : `${total} MISSED`}\n`);
  process.exitCode = total === 0 ? 0 : 1;
} else {
  const { flags } = parsed;
  const report = new Report(flags, process.stdout);
  // One iterator for all: each takes the next seed when it is done with one.
  const seeds = Array.from({ length: flags.seeds }, (_, index) => flags.seed + index).values();
  await Promise.all(Array.from({ length: flags.jobs }, () => work(seeds, flags, report)));
  process.exitCode = report.finish() ? 0 : 1;
}
