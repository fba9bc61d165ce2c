// `stockstream bench growth`: what an order costs, and what the shop takes of memory, as the catalogue grows. The sizes run in
// turn, a round after the other, each in a process of its own.
import { parseArgs } from 'node:util';
import { runOurs } from './contenders.ts';
import { FlagError, oneOf, orExit, whole } from './flags.ts';
import { machineNow, nameOf } from './machine.ts';
import type { Result } from './peer-result.ts';
import { markdownTable, writeSection } from './section.ts';
import { loads, type WorkloadOptions } from './workload.ts';

const usage = `stockstream bench growth [options]
  --sizes LIST  counts of products, the smallest first (10000,100000,1000000)
  --orders N    of a run (50000)    --load NAME  uniform, zipf or hot (uniform)
  --rounds N    (2)
  --write       what came out into docs/performance.md`;

const mostProducts = 10_000_000;

interface GrowthOptions {
  readonly sizes: readonly number[];
  readonly workload: Omit<WorkloadOptions, 'products'>;
  readonly rounds: number;
  readonly isWritten: boolean;
}

function readOptions(args: readonly string[]): GrowthOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '10000,100000,1000000' },
      orders: { type: 'string', default: '50000' },
      load: { type: 'string', default: 'uniform' },
      rounds: { type: 'string', default: '2' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const sizes = values.sizes.split(',').map((size) => whole('sizes', size, [1, mostProducts]));
  if (new Set(sizes).size !== sizes.length) throw new FlagError(`--sizes ${values.sizes}: give each once`);
  const load = oneOf('load', values.load, loads);
  const orders = whole('orders', values.orders, [1_000, 10_000_000]);
  return {
    sizes,
    workload: { orders, load, seed: 1 },
    rounds: whole('rounds', values.rounds, [1, 100]),
    isWritten: values.write,
  };
}

export async function benchGrowth(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const { sizes, workload, rounds, isWritten } = options;
  const runs = new Map<number, Result[]>(sizes.map((size) => [size, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const products of sizes) {
      const run = await runOurs({ ...workload, products });
      runs.get(products)!.push(run);
      process.stdout.write(`round ${round}: ${products.toLocaleString('en')} products: ${lineOf(run)}\n`);
    }
  }
  const problems = [...runs.values()].flat().flatMap((run) => run.problems);
  for (const problem of problems) process.stderr.write(`WRONG: ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
  if (isWritten && problems.length === 0) write(runs, options);
}

function lineOf({ ordersPerSecond, ordersPerCpuSecond, peakRssMb }: Result): string {
  return `${ordersPerSecond} orders/s, ${micros(ordersPerCpuSecond)} us of processor an order, ${peakRssMb} MB at most`;
}

function write(runs: ReadonlyMap<number, readonly Result[]>, { workload, sizes }: GrowthOptions): void {
  const smallest = runs.get(sizes[0]!)!;
  const rows = [...runs].map(([products, results]) => [
    products.toLocaleString('en'),
    each(results, ({ ordersPerSecond }) => ordersPerSecond.toLocaleString('en')),
    each(results, ({ ordersPerCpuSecond }) => micros(ordersPerCpuSecond)),
    each(results, ({ ordersPerCpuSecond }, round) => {
      return (smallest[round]!.ordersPerCpuSecond / ordersPerCpuSecond).toFixed(2);
    }),
    each(results, ({ peakRssMb }) => String(peakRssMb)),
  ]);
  const head = ['products', 'orders/s', 'us of processor an order', 'to the smallest', 'MB at most'];
  const machine = machineNow();
  const orders = `${workload.orders.toLocaleString('en')} orders, ${workload.load}`;
  writeSection(new URL('../docs/performance.md', import.meta.url), 'bench growth', [
    `${nameOf(machine)}, load average ${machine.load} at the end. ${orders}; a figure a round.`,
    '',
    ...markdownTable([head, ...rows]),
  ]);
}

function each(results: readonly Result[], text: (run: Result, round: number) => string): string {
  return results.map(text).join(', ');
}

function micros(perSecond: number): string {
  return (1e6 / perSecond).toFixed(0);
}
