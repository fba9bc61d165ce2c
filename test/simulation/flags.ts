// The options of `stockstream simulate`, read from a command line. All seeds are 32 bits: the generator takes no more.
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { reasonOf } from '../../base/errors.ts';
import { canaries } from './canaries/list.ts';
import { needsReplay } from './canaries/sabotage.ts';
import { type FaultName, faultNames } from './fault-names.ts';

export interface Flags {
  /** The first seed. */
  readonly seed: number;
  /** How many seeds, each one more than the one before. */
  readonly seeds: number;
  /** Name of a planted bug; `all` hunts for each of them. */
  readonly canary: string | undefined;
  /** None but these faults strike. */
  readonly faults: readonly FaultName[] | undefined;
  /** Of every seed; undefined leaves it to the seed. */
  readonly replay: true | undefined;
  readonly verbose: boolean;
  /** How many seeds run side by side. */
  readonly jobs: number;
}

type Parsed =
  | { readonly type: 'flags'; readonly flags: Flags }
  | { readonly type: 'help' }
  | { readonly type: 'refused'; readonly problem: string };

const seedLimit = 2 ** 32;
/** In place of a canary's name. */
export const everyCanary = 'all';

export const usage = `stockstream simulate [options]
  --seed N       the first seed, 0 to ${seedLimit - 1} (drawn at random)
  --seeds N      how many seeds, one after the other (1)
  --jobs N       how many of them side by side (one a core)
  --replay       do all commits of each seed again from its log, too, and compare byte for byte
  --faults LIST  none but these faults, separated by commas; none at all for "none"
  --canary NAME  plant a bug, which must be caught; "all" plants one after the other, each until it is caught
  --verbose      tell what happens in each seed
The faults:
${faultNames.map((name) => `  ${name}`).join('\n')}
The bugs to plant:
${canaries.map(({ name, bug }) => `  ${JSON.stringify(name).padEnd(34)} ${bug}`).join('\n')}`;

export function parseFlags(args: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        jobs: { type: 'string' },
        canary: { type: 'string' },
        faults: { type: 'string' },
        replay: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { type: 'help' };
    const { canary, verbose } = values;
    const seeds = wholeNumber('seeds', values.seeds, { least: 1, most: seedLimit }) ?? 1;
    const most = seedLimit - seeds;
    const seed = wholeNumber('seed', values.seed, { least: 0, most }) ?? randomInt(Math.min(most + 1, 2 ** 31));
    const jobs = wholeNumber('jobs', values.jobs, { least: 1, most: 64 }) ?? availableParallelism();
    const planted = canaries.find(({ name }) => name === canary);
    if (canary !== undefined && canary !== everyCanary && planted === undefined) {
      return { type: 'refused', problem: `there is no canary ${JSON.stringify(canary)}` };
    }
    const replay = values.replay || (planted !== undefined && needsReplay(planted)) || undefined;
    const work = canary === everyCanary ? canaries.length : seeds;
    const jobsOf = (asked: number) => (verbose ? 1 : Math.min(asked, work));
    return {
      type: 'flags',
      flags: { seed, seeds, canary, faults: faultsOf(values.faults), replay, verbose, jobs: jobsOf(jobs) },
    };
  } catch (error) {
    return { type: 'refused', problem: reasonOf(error) };
  }
}

/** @throws Error if one is unknown */
function faultsOf(list: string | undefined): FaultName[] | undefined {
  if (list === undefined) return undefined;
  const names = list.split(',').map((name) => name.trim());
  return names.flatMap((name) => {
    const fault = faultNames.find((each) => each === name);
    if (fault === undefined && name !== 'none') throw new Error(`there is no fault ${JSON.stringify(name)}`);
    return fault ?? [];
  });
}

/** @throws Error if it is no whole number in its range */
function wholeNumber(
  name: string,
  text: string | undefined,
  { least, most }: { least: number; most: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
}

/** The command that runs one seed again, and tells what happens. */
export function commandOf({ canary, replay, faults }: Flags, seed: number): string {
  const more = [
    replay ? ' --replay' : '',
    faults === undefined ? '' : ` --faults ${JSON.stringify(faults.join(',') || 'none')}`,
    canary === undefined ? '' : ` --canary ${JSON.stringify(canary)}`,
  ];
  return `npx stockstream simulate --seed ${seed}${more.join('')} --verbose`;
}
