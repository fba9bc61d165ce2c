// A peer of the bench: the same job as a Kafka Streams application in Java, which isn't part of this repository. It is
// given by the path of its run script, starts a broker of its own, and prints a line of JSON a mode.

import { reasonOf } from '../../base/errors.ts';
import type { Result } from '../peer-result.ts';
import { linesOf } from '../program.ts';
import { ordersOf, type SteadyOptions } from '../steady.ts';
import { usualDuplicateShare, type WorkloadOptions, zipfExponent } from '../workload.ts';

/** How the peer commits: exactly once as it is tuned, or at least once as fast as it answers. */
export type Guarantee = 'exactly once' | 'at least once';

const settings: { readonly [guarantee in Guarantee]: readonly string[] } = {
  'exactly once': [],
  'at least once': ['--guarantee=at_least_once', '--streams=producer.linger.ms=0'],
};

export function peerName(guarantee: Guarantee): string {
  return guarantee === 'exactly once' ? 'kafka streams' : `kafka streams, ${guarantee}`;
}

/** What of the peer is run. */
export interface Peer {
  /** Its path. */
  readonly script: string;
  readonly guarantee: Guarantee;
}

/** What both modes print, of what is used here. */
interface Line {
  readonly complete: boolean;
  readonly ordersPerAppCpuSec: number;
  readonly appPeakRssMB: number;
  readonly check: {
    readonly ok: boolean;
    readonly missing: number;
    readonly repeated: number;
    readonly rejected: number;
    readonly oversoldProducts: number;
    readonly wrongProducts: number;
  };
}

interface CatchUpLine extends Line {
  readonly ordersPerSec: number;
  readonly ordersPerAppCpuSecSinceRunning: number;
}

interface SteadyLine extends Line {
  readonly p50ms: number;
  readonly p99ms: number;
  readonly p999ms: number;
  readonly generatorBehindMs: number;
}

/** All orders wait when the application starts. @throws if the script fails */
export async function catchUp(peer: Peer, workload: WorkloadOptions): Promise<Result> {
  const line = await run<CatchUpLine>(peer, ['catchup', `--orders=${workload.orders}`], workload);
  return {
    contender: peerName(peer.guarantee),
    ...common(line, workload),
    ordersPerSecond: Math.round(line.ordersPerSec),
    ordersPerCpuSecondRunning: Math.round(line.ordersPerAppCpuSecSinceRunning),
  };
}

/** @throws if the script fails */
export async function keepUp(peer: Peer, given: WorkloadOptions, steady: SteadyOptions): Promise<Result> {
  const workload = { ...given, orders: ordersOf(steady) };
  const flags = Object.entries(steady).map(([flag, value]) => `--${flag}=${value}`);
  const line = await run<SteadyLine>(peer, ['steady', ...flags], workload);
  const { p50ms, p99ms, p999ms, generatorBehindMs } = line;
  return {
    contender: peerName(peer.guarantee),
    ...common(line, workload),
    ordersPerSecond: steady.rate,
    rate: steady.rate,
    p50ms,
    p99ms,
    p999ms,
    behindMs: Math.round(generatorBehindMs),
  };
}

/** What the peer says of how it got its state back from its changelogs. */
export interface RestoreLine {
  readonly records: number;
  readonly recordMB: number;
  readonly seconds: number;
  readonly launchToRunningSec: number;
  readonly recordMBPerSec: number;
  /** Of the whole process, its launch included. */
  readonly appCpuSec: number;
  readonly check: { readonly ok: boolean };
}

/** The state that so many orders leave is dropped and read again from the changelogs. @throws if the script fails */
export async function readAgain(script: string, orders: number): Promise<RestoreLine> {
  const lines = await linesOf<RestoreLine & { readonly mode: string }>(script, ['restore', `--orders=${orders}`]);
  const line = lines.find(({ mode }) => mode === 'restore');
  if (line === undefined) throw new Error(`${script} restore printed no line of mode "restore"`);
  return line;
}

async function run<Printed>({ script, guarantee }: Peer, mode: readonly string[], { products, load }: WorkloadOptions) {
  const same = [`--products=${products}`, `--dist=${load}`, `--zipf=${zipfExponent}`];
  const flags = [...mode, ...same, `--duplicates=${usualDuplicateShare}`, ...settings[guarantee]];
  const tried = () => linesOf<Printed>(script, flags);
  // Its broker, which has just started, may not know the topics yet that were made a moment ago.
  const [line] = await tried().catch((error: unknown) => {
    if (!/UnknownTopicOrPartition/.test(reasonOf(error))) throw error;
    return tried();
  });
  return line!;
}

function common(
  { complete, check, ordersPerAppCpuSec, appPeakRssMB }: Line,
  { orders, products, load, seed }: WorkloadOptions,
) {
  const { ok, missing, repeated, rejected, oversoldProducts, wrongProducts } = check;
  const problem =
    `${missing} orders were not answered, ${repeated} more than once; ` +
    `${oversoldProducts} products are oversold, ${wrongProducts} do not balance`;
  return {
    orders,
    products,
    load,
    seed,
    ordersPerCpuSecond: Math.round(ordersPerAppCpuSec),
    peakRssMb: Math.round(appPeakRssMB),
    refused: rejected / orders,
    problems: ok && complete ? [] : [problem],
  };
}
