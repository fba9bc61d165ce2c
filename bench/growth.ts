// `stockstream bench growth`: what an order costs, and what the shop takes of memory, with more products, partitions or
// threads. The sizes run in turn, a round after the other, each in a process of its own.
import { parseArgs } from 'node:util';
import { unreachable } from '../base/assert.ts';
import { runOurs } from './contenders.ts';
import { addresses, FlagError, oneOf, orExit, whole, wholes } from './flags.ts';
import { machineNow, nameOf } from './machine.ts';
import type { Result } from './peer-result.ts';
import { grouped } from './report.ts';
import { markdownTable, performancePage, writeSection } from './section.ts';
import { loads, type WorkloadOptions } from './workload.ts';

const kinds = ['products', 'partitions', 'threads'] as const;
type Kind = (typeof kinds)[number];

const usage = `stockstream bench growth [options]
  --by NAME     products, partitions or threads (products); the last on Kafka, the others on the embedded log
  --sizes LIST  how many, the fewest first (10000,100000,1000000; of partitions 1,8,64; of threads 1,2)
  --orders N    of a run (50000)    --load NAME  uniform, zipf or hot (uniform)
  --rounds N    (2)                 --products N (10000), but not by products
  --brokers LIST  with --by threads (127.0.0.1:9092)
  --write       what came out into docs/performance.md`;

const usualSizes = { products: '10000,100000,1000000', partitions: '1,8,64', threads: '1,2' } as const;
const mostOf = { products: 10_000_000, partitions: 1000, threads: 64 } as const;

export interface GrowthOptions {
  readonly kind: Kind;
  readonly sizes: readonly number[];
  readonly workload: WorkloadOptions;
  readonly brokers: readonly string[];
  readonly rounds: number;
  readonly isWritten: boolean;
}

/** Undefined if only help is asked for. @throws FlagError, or as parseArgs does */
export function readGrowthOptions(args: readonly string[]): GrowthOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      by: { type: 'string', default: 'products' },
      sizes: { type: 'string' },
      orders: { type: 'string', default: '50000' },
      products: { type: 'string' },
      load: { type: 'string', default: 'uniform' },
      rounds: { type: 'string', default: '2' },
      brokers: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const kind = oneOf('by', values.by, kinds);
  if (kind === 'products' && values.products !== undefined) throw new FlagError('--products: give --sizes');
  if (kind !== 'threads' && values.brokers !== undefined) throw new FlagError('--brokers is for --by threads');
  const { sizes: list = usualSizes[kind], products = '10000', brokers = '127.0.0.1:9092' } = values;
  return {
    kind,
    sizes: wholes('sizes', list, [1, mostOf[kind]]),
    workload: {
      orders: whole('orders', values.orders, [1_000, 10_000_000]),
      products: whole('products', products, [1, mostOf.products]),
      load: oneOf('load', values.load, loads),
      seed: 1,
    },
    brokers: addresses('brokers', brokers),
    rounds: whole('rounds', values.rounds, [1, 100]),
    isWritten: values.write,
  };
}

export async function benchGrowth(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readGrowthOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const { kind, sizes, rounds, isWritten } = options;
  const runs = new Map<number, Result[]>(sizes.map((size) => [size, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const size of sizes) {
      const run = await runOf(size, options);
      runs.get(size)!.push(run);
      process.stdout.write(`round ${round}: ${grouped(size)} ${kind}: ${lineOf(run)}\n`);
    }
  }
  const problems = [...runs.values()].flat().flatMap((run) => run.problems);
  for (const problem of problems) process.stderr.write(`WRONG: ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
  if (isWritten && problems.length === 0) write(runs, options);
}

function runOf(size: number, { kind, workload, brokers }: GrowthOptions): Promise<Result> {
  switch (kind) {
    case 'products':
      return runOurs({ ...workload, products: size });
    case 'partitions':
      return runOurs(workload, '--partitions', String(size));
    case 'threads':
      return runOurs(workload, '--log', 'kafka', '--brokers', brokers.join(','), '--threads', String(size));
    default:
      return unreachable(kind);
  }
}

function lineOf({ ordersPerSecond, ordersPerCpuSecond, peakRssMb }: Result): string {
  return `${ordersPerSecond} orders/s, ${micros(ordersPerCpuSecond)} us of processor an order, ${peakRssMb} MB at most`;
}

function write(runs: ReadonlyMap<number, readonly Result[]>, { kind, workload, sizes }: GrowthOptions): void {
  const smallest = runs.get(sizes[0]!)!;
  const rows = [...runs].map(([size, results]) => [
    grouped(size),
    each(results, ({ ordersPerSecond }) => grouped(ordersPerSecond)),
    each(results, ({ ordersPerCpuSecond }) => micros(ordersPerCpuSecond)),
    each(results, ({ ordersPerCpuSecond }, round) => {
      return (smallest[round]!.ordersPerCpuSecond / ordersPerCpuSecond).toFixed(2);
    }),
    each(results, ({ peakRssMb }) => String(peakRssMb)),
  ]);
  const head = [kind, 'orders/s', 'us of processor an order', 'to the smallest', 'MB at most'];
  const machine = machineNow();
  const over = kind === 'products' ? '' : ` over ${grouped(workload.products)} products`;
  const where = kind === 'threads' ? 'on Kafka' : 'on the embedded log';
  const orders = `${grouped(workload.orders)} orders${over}, ${workload.load}, ${where}`;
  writeSection(performancePage, `bench growth-${kind}`, [
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
