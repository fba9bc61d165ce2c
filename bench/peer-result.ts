// What every contender of the bench takes and prints, so that they can be put into one table.
import { parseArgs } from 'node:util';
import { oneOf, orExit, serverUrl, span, whole } from './flags.ts';
import { loads, type WorkloadOptions } from './workload.ts';

/** Of latencies, in milliseconds. */
export interface Quantiles {
  readonly p50ms: number;
  readonly p99ms: number;
  readonly p999ms: number;
}

/** One line of JSON on standard output. */
export interface Result extends WorkloadOptions {
  readonly contender: string;
  readonly ordersPerSecond: number;
  /** Of the contender's own process: a server of its own, database or broker, is not in it. */
  readonly ordersPerCpuSecond: number;
  readonly peakRssMb: number;
  /** What the run did wrong, in words. */
  readonly problems: readonly string[];
  /** Share of the orders that were refused for want of stock. */
  readonly refused?: number;
  /** As `ordersPerCpuSecond`, without what the process used before it took the first order. */
  readonly ordersPerCpuSecondRunning?: number;
  /** Of a run at a steady rate, in orders a second. */
  readonly rate?: number;
  readonly p50ms?: number;
  readonly p99ms?: number;
  readonly p999ms?: number;
  /** The same from the sending to OrderPlaced, where orders are paid. */
  readonly placed?: Quantiles;
  /** The worst delay of a send against its schedule: what the generator itself added, unseen by the latencies. */
  readonly behindMs?: number;
}

export const workloadFlags = {
  orders: { type: 'string', default: '100000' },
  products: { type: 'string', default: '10000' },
  load: { type: 'string', default: 'uniform' },
  seed: { type: 'string', default: '1' },
  lines: { type: 'string' },
} as const;

const most = 2 ** 31 - 1;
const mostLines = 5;

/** @throws FlagError */
export function workloadOf(values: {
  orders: string;
  products: string;
  load: string;
  seed: string;
  lines?: string | undefined;
}): WorkloadOptions {
  const [minLines, maxLines] = span('lines', values.lines ?? '1-3', [1, mostLines]);
  return {
    orders: whole('orders', values.orders, [1, most]),
    products: whole('products', values.products, [1, 10_000_000]),
    load: oneOf('load', values.load, loads),
    seed: whole('seed', values.seed, [0, most]),
    minLines,
    maxLines,
  };
}

/** The arguments of a peer that is a server. Ends the program if they are wrong. */
export function peerArguments<Variant extends string>(
  defaultUrl: string,
  variants: readonly [Variant, ...Variant[]],
): WorkloadOptions & { url: string; variant: Variant } {
  const options = {
    ...workloadFlags,
    url: { type: 'string', default: defaultUrl },
    variant: { type: 'string', default: variants[0] as string },
  } as const;
  return orExit(
    `--orders N --products N --load NAME --seed N --lines N|N-N --url URL --variant ${variants.join('|')}`,
    () => {
      const { values } = parseArgs({ options });
      return {
        ...workloadOf(values),
        url: serverUrl('url', values.url, [new URL(defaultUrl).protocol]),
        variant: oneOf('variant', values.variant, variants),
      };
    },
  );
}

/** What one run took. */
export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

/** Of this process, since `started` and since it used `cpu`. */
export function measuredHere(cpu: NodeJS.CpuUsage, started: number): Measured {
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: secondsOf(process.cpuUsage(cpu)),
    peakRssMb: peakRssMb(),
  };
}

export function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000_000;
}

export function peakRssMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

export function printResult(
  contender: string,
  { orders, products, load, seed, minLines, maxLines }: WorkloadOptions,
  { seconds, cpuSeconds, ...more }: Measured & Partial<Result> & Pick<Result, 'problems'>,
): void {
  const result: Result = {
    contender,
    orders,
    products,
    load,
    seed,
    ...(minLines !== undefined && { minLines }),
    ...(maxLines !== undefined && { maxLines }),
    ordersPerSecond: Math.round(orders / seconds),
    ordersPerCpuSecond: Math.round(orders / cpuSeconds),
    ...more,
    peakRssMb: Math.round(more.peakRssMb),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}
