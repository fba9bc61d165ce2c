// Who takes part: ours first, then its peers. Each runs as a program of its own.
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, EmbeddedOptions, KafkaOptions } from './options.ts';
import type { Result } from './peer-result.ts';
import { catchUp, type Guarantee, keepUp, peerName } from './peers/kafka-streams.ts';
import { ways } from './peers/postgres-ways.ts';
import { linesOf } from './program.ts';
import type { SteadyOptions } from './steady.ts';
import type { WorkloadOptions } from './workload.ts';

export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  /** Why it can't take part, if so. */
  readonly missing: () => Promise<string | undefined>;
  /** All orders at once. */
  readonly catchUp: () => Promise<Result>;
  /** At a steady rate, where that is measured. */
  readonly keepUp?: (steady: SteadyOptions) => Promise<Result>;
}

export function contendersOf(options: BenchOptions): readonly [Contender, ...Contender[]] {
  return options.log === 'kafka' ? onKafka(options) : embedded(options);
}

function onKafka(options: KafkaOptions): readonly [Contender, ...Contender[]] {
  const { workload, brokers, threads, kafkaStreams: script = '' } = options;
  const args = ['--log', 'kafka', '--brokers', brokers.join(','), '--threads', String(threads)];
  const peer = (guarantee: Guarantee): Contender => ({
    name: peerName(guarantee),
    isOurs: false,
    missing: async () => (script === '' ? 'its run script is not given: --kafka-streams PATH' : undefined),
    catchUp: () => catchUp({ script, guarantee }, workload),
    keepUp: (steady) => keepUp({ script, guarantee }, workload, steady),
  });
  return [
    ours('stockstream kafka', { args, brokers, workload }),
    ours('stockstream kafka, at least once', { args: [...args, '--at-least-once'], brokers, workload }),
    peer('exactly once'),
    peer('at least once'),
  ];
}

/** One run of the shop's on the embedded log, with a profile of its thread at `path`. */
export function profileOf({ workload }: EmbeddedOptions, path: string): Promise<Result> {
  return runOurs(workload, '--profile', path);
}

/** One bare run of the shop's; `more` are further flags. */
export function runOurs(workload: WorkloadOptions, ...more: string[]): Promise<Result> {
  return program('./stockstream-run.ts', [...argsOf(workload), ...more]);
}

function embedded({ workload, postgres, redis }: EmbeddedOptions): readonly [Contender, ...Contender[]] {
  const peer = (name: string, file: string, [variant, url]: readonly [string, string]): Contender => ({
    name,
    isOurs: false,
    missing: () => missing([hostOf(url)]),
    catchUp: () => program(file, ['--variant', variant, '--url', url, ...argsOf(workload)]),
  });
  const args = ['--log', 'embedded'];
  return [
    ours('stockstream embedded', { args, brokers: [], workload }),
    ours('stockstream embedded, paid', { args: [...args, '--paid'], brokers: [], workload }),
    ...Object.entries(ways).map(([variant, { name }]) => {
      return peer(`postgres ${name}`, './peers/postgres.ts', [variant, postgres]);
    }),
    ...['everysec', 'always'].map((variant) => peer(`redis Lua, ${variant}`, './peers/redis.ts', [variant, redis])),
  ];
}

interface Ours {
  readonly args: readonly string[];
  readonly brokers: readonly string[];
  readonly workload: WorkloadOptions;
}

function ours(name: string, { args, brokers, workload }: Ours): Contender {
  const run = (...more: string[]) => program('./stockstream-run.ts', [...args, ...argsOf(workload), ...more]);
  const flags = (steady: SteadyOptions) => {
    return Object.entries(steady).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  };
  return {
    name,
    isOurs: true,
    missing: () => missing(brokers),
    catchUp: () => run(),
    keepUp: (steady) => run(...flags(steady)),
  };
}

function argsOf({ orders, products, load, seed, minLines = 1, maxLines = 3 }: WorkloadOptions): string[] {
  const flags = { orders, products, load, seed, lines: `${minLines}-${maxLines}` };
  return Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
}

async function program(file: string, args: readonly string[]): Promise<Result> {
  const [result] = await linesOf<Result>(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args]);
  return result!;
}

const usualPorts: Readonly<Record<string, string>> = {
  'postgres:': '5432',
  'postgresql:': '5432',
  'redis:': '6379',
  'rediss:': '6379',
};

function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? usualPorts[protocol] : port}`;
}

/** That none of the addresses, of which any would do, has anybody who listens. */
export async function missing(hosts: readonly string[]): Promise<string | undefined> {
  const listening = await Promise.all(hosts.map(listens));
  return hosts.length === 0 || listening.includes(true) ? undefined : `nothing listens at ${hosts.join(', ')}`;
}

function listens(host: string): Promise<boolean> {
  const [, name = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(host) ?? [];
  return new Promise((resolve) => {
    const socket = connect(Number(port), name);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
