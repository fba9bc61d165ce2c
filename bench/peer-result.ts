// What every contender of the bench takes and prints, so that they can be put into one table.
import { parseArgs } from 'node:util';
import type { Load, WorkloadOptions } from './workload.ts';

/** One line of JSON on standard output. */
export interface Result extends WorkloadOptions {
  readonly contender: string;
  readonly ordersPerSecond: number;
  /** Of the contender's own process: a database's server is not in it. */
  readonly ordersPerCpuSecond: number;
  readonly peakRssMb: number;
  /** What the run did wrong, in words. */
  readonly problems: readonly string[];
  /** Of a run at a steady rate. */
  readonly rate?: number;
  readonly p50ms?: number;
  readonly p99ms?: number;
  readonly p999ms?: number;
}

export const workloadFlags = {
  orders: { type: 'string', default: '100000' },
  products: { type: 'string', default: '10000' },
  load: { type: 'string', default: 'uniform' },
  seed: { type: 'string', default: '1' },
} as const;

export function workloadOf(values: { orders: string; products: string; load: string; seed: string }): WorkloadOptions {
  const { orders, products, load, seed } = values;
  return { orders: Number(orders), products: Number(products), load: load as Load, seed: Number(seed) };
}

/** The arguments of a peer that is a server. @throws if the variant is none of `variants` */
export function peerArguments(
  defaultUrl: string,
  variants: readonly string[],
): WorkloadOptions & { url: string; variant: string } {
  const options = {
    ...workloadFlags,
    url: { type: 'string', default: defaultUrl },
    variant: { type: 'string', default: variants[0]! },
  } as const;
  const { values } = parseArgs({ options });
  if (!variants.includes(values.variant)) throw new Error(`--variant is one of ${variants.join(', ')}`);
  return { ...workloadOf(values), url: values.url, variant: values.variant };
}

export function printResult(
  contender: string,
  { orders, products, load, seed }: WorkloadOptions,
  {
    seconds,
    cpu,
    problems,
    ...more
  }: { seconds: number; cpu: NodeJS.CpuUsage; problems: readonly string[] } & Partial<Result>,
): void {
  const result: Result = {
    contender,
    orders,
    products,
    load,
    seed,
    ordersPerSecond: Math.round(orders / seconds),
    ordersPerCpuSecond: Math.round(orders / ((cpu.user + cpu.system) / 1_000_000)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    problems,
    ...more,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
