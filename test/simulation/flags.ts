// The options of `stockstream simulate`, read from a command line. All seeds are 32 bits: the generator takes no more.
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { reasonOf } from '../../base/errors.ts';
import { canaries } from './canaries/list.ts';
import { needsReplay } from './canaries/sabotage.ts';

export interface Flags {
  /** The first seed. */
  readonly seed: number;
  /** How many seeds, each one more than the one before. */
  readonly seeds: number;
  /** Name of a planted bug. */
  readonly canary: string | undefined;
  readonly replay: boolean;
  readonly verbose: boolean;
  /** How many seeds run side by side. */
  readonly jobs: number;
}

type Parsed =
  | { readonly type: 'flags'; readonly flags: Flags }
  | { readonly type: 'help' }
  | { readonly type: 'refused'; readonly problem: string };

const seedLimit = 2 ** 32;

export const usage = `stockstream simulate [options]
  --seed N       the first seed, 0 to ${seedLimit - 1} (drawn at random)
  --seeds N      how many seeds, one after the other (1)
  --jobs N       how many of them side by side (one a core)
  --replay       do all commits of each seed again from its log, too, and compare byte for byte
  --canary NAME  plant a bug, which must be caught
  --verbose      tell what happens in each seed
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
    if (canary !== undefined && planted === undefined) {
      return { type: 'refused', problem: `there is no canary ${JSON.stringify(canary)}` };
    }
    const replay = values.replay || (planted !== undefined && needsReplay(planted));
    return {
      type: 'flags',
      flags: { seed, seeds, canary, replay, verbose, jobs: verbose ? 1 : Math.min(jobs, seeds) },
    };
  } catch (error) {
    return { type: 'refused', problem: reasonOf(error) };
  }
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
export function commandOf({ canary, replay }: Flags, seed: number): string {
  const more = `${replay ? ' --replay' : ''}${canary === undefined ? '' : ` --canary ${JSON.stringify(canary)}`}`;
  return `npx stockstream simulate --seed ${seed}${more} --verbose`;
}
