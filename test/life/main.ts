// `stockstream life`: a day of random orders, from their submission to their last parcel and back, through a shop that is
// killed again and again; then stock, money and mail must agree for each. Everything follows from the seed but the
// moments of the kills. Exit code 0: all agree. 1: something doesn't. 2: it was asked for in a way that makes no sense.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock as clock, sleep } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import { check } from './check.ts';
import { Postbox } from './postbox.ts';
import type { LifePlan } from './settings.ts';
import { share } from './wishes.ts';

const usage = `stockstream life [options]
  --orders N    how many orders (10000)
  --products N  of how many products (200)
  --seed N      what they want and how their payment goes (drawn at random)
  --kills N     how often the shop is killed with them under way (one every 2000 orders, at least 3)
`;

interface Flags {
  readonly orders: number;
  readonly products: number;
  readonly seed: number;
  readonly kills: number;
}

function flagsIn(args: readonly string[]): Flags | string {
  try {
    const text = { type: 'string' } as const;
    const help = { type: 'boolean', short: 'h', default: false } as const;
    const options = { orders: text, products: text, seed: text, kills: text, help };
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return usage;
    const number = (name: 'orders' | 'products' | 'seed' | 'kills', least: number, otherwise: number) => {
      const value = Number(values[name] ?? otherwise);
      if (!Number.isSafeInteger(value) || value < least) {
        throw new Error(`--${name} ${values[name]}: give a whole number from ${least} on`);
      }
      return value;
    };
    const orders = number('orders', 1, 10_000);
    const kills = number('kills', 0, Math.max(3, Math.floor(orders / 2_000)));
    return { orders, products: number('products', 1, 200), seed: number('seed', 0, randomInt(2 ** 31)), kills };
  } catch (error) {
    return reasonOf(error);
  }
}

/** The shop as a process. Gives how it ended. */
async function run(plan: LifePlan, killAfter: number | undefined): Promise<'done' | 'killed'> {
  const file = fileURLToPath(new URL('shop.ts', import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(plan)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let isDone = false;
  let isKilled = false;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line === 'done') isDone = true;
    else if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line} at rest`);
    const [atRest] = line.split(' ');
    if (killAfter === undefined || isKilled || Number(atRest) < killAfter) return;
    isKilled = true;
    void kill(child, plan);
  });
  const [code] = (await ended) as [number | null];
  if (isDone) return 'done';
  if (isKilled) return 'killed';
  throw new Error(`the shop ended by itself with code ${code}`);
}

/** In the middle of something: a little after it said how far it is. */
async function kill(child: ChildProcess, { seed }: LifePlan): Promise<void> {
  await sleep(clock, share(seed, `${child.pid}`, 'kill') * 400);
  child.kill('SIGKILL');
}

async function live({ kills, ...flags }: Flags): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-life-'));
  const postbox = new Postbox();
  const plan = { ...flags, directory, smtp: await postbox.open() };
  const began = clock.monotonic();
  process.stdout.write(`stockstream life --seed ${flags.seed} --orders ${flags.orders} --kills ${kills}\n`);
  let killed = 0;
  for (let at = 1; at <= kills; at++) {
    if ((await run(plan, Math.floor((flags.orders * at) / (kills + 1)))) === 'killed') killed++;
  }
  if (killed === kills) await run(plan, undefined);
  const seconds = (clock.monotonic() - began) / 1000;
  const { problems, ends, mails } = await check(plan, postbox.arrived);
  await postbox.close();
  const again = [...postbox.arrived.values()].reduce((sum, times) => sum + times - 1, 0);
  const lines = [...ends].sort().map(([end, count]) => `  ${String(count).padStart(8)}  ${end}`);
  const speed = `${Math.round(flags.orders / seconds)} orders/s from submission to rest`;
  process.stdout.write(`\n${lines.join('\n')}\n${killed} kills, ${Math.round(seconds)} s (${speed}); ${mails} mails, `);
  process.stdout.write(`${again} of them sent again with the same Message-ID\n`);
  for (const problem of problems.slice(0, 30)) process.stdout.write(`WRONG ${problem}\n`);
  if (problems.length > 0) {
    process.stdout.write(`${problems.length} disagreements; what the shop left is in ${directory}\n`);
    return false;
  }
  rmSync(directory, { recursive: true, force: true });
  process.stdout.write('Stock, money and mail agree for every order.\n');
  return true;
}

const flags = flagsIn(process.argv.slice(2));
if (typeof flags !== 'string') {
  process.exitCode = (await live(flags)) ? 0 : 1;
} else if (flags === usage) {
  process.stdout.write(usage);
} else {
  process.stderr.write(`stockstream life: ${flags}\n\n${usage}`);
  process.exitCode = 2;
}
