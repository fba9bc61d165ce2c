// The command line of the bench.
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addresses, FlagError, oneOf, serverUrl, whole } from './flags.ts';
import { workloadFlags, workloadOf } from './peer-result.ts';
import type { SteadyOptions } from './steady.ts';
import type { WorkloadOptions } from './workload.ts';

export const usage = `stockstream bench [options]      stockstream bench gateway --help for HTTP; and import, growth, restore, search,
                             freshness, delivery, products, images, popularity
  --log NAME      embedded or kafka (embedded)
  --orders N      orders of a run (100000)          --products N  (10000)
  --load NAME     uniform, zipf or hot (uniform)    --seed N      (1)
  --rounds N      (3)                               --json
  --write         what came out into docs/performance.md, with charts, a section for each load and count of lines
  --rate LIST     orders a second of the latency runs: numbers, or half of what the contender did at once
                  (half; with Kafka 1000)
  --seconds N     of each (15; with Kafka 20)       --warmup N    seconds before them (0; with Kafka 10)
with --log embedded:
  --lines N, N-N  lines of an order, at most 5 (1-3); with Kafka they are the peer's
  --profile       one run of the shop's, bare: bench-orders.cpuprofile and bench-orders.svg, a flame graph
  --postgres URL  --redis URL                       servers of peers
with --log kafka:
  --brokers LIST  (127.0.0.1:9092)                  --threads N   of the shop (1)
  --kafka-streams PATH                              the peer's run script`;

/** Each rate is a latency run of its own. */
export interface SteadyPlan extends Omit<SteadyOptions, 'rate'> {
  readonly rates: readonly (number | 'half')[];
}

interface Common {
  readonly workload: WorkloadOptions;
  readonly steady: SteadyPlan;
  readonly rounds: number;
  readonly json: boolean;
  readonly isWritten: boolean;
}

export interface EmbeddedOptions extends Common {
  readonly log: 'embedded';
  readonly postgres: string;
  readonly redis: string;
  /** Only where our own time goes. */
  readonly isProfile: boolean;
}

export interface KafkaOptions extends Common {
  readonly log: 'kafka';
  readonly brokers: readonly string[];
  readonly threads: number;
  /** The path of its run script. */
  readonly kafkaStreams: string | undefined;
}

export type BenchOptions = EmbeddedOptions | KafkaOptions;

const only = {
  embedded: ['lines', 'postgres', 'redis', 'profile'],
  kafka: ['brokers', 'threads', 'kafka-streams'],
} as const;

/** Undefined if only help is asked for. @throws FlagError, or as parseArgs does */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...workloadFlags,
      log: { type: 'string', default: 'embedded' },
      rounds: { type: 'string', default: '3' },
      rate: { type: 'string' },
      seconds: { type: 'string' },
      warmup: { type: 'string' },
      postgres: { type: 'string' },
      redis: { type: 'string' },
      profile: { type: 'boolean' },
      brokers: { type: 'string' },
      threads: { type: 'string' },
      'kafka-streams': { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const log = oneOf('log', values.log, ['embedded', 'kafka']);
  const other = log === 'kafka' ? 'embedded' : 'kafka';
  for (const flag of only[other]) {
    if (values[flag] !== undefined) throw new FlagError(`--${flag} is for --log ${other}`);
  }
  const common: Common = {
    workload: workloadOf(values),
    steady: {
      rates: (values.rate ?? (log === 'kafka' ? '1000' : 'half')).split(',').map(rate),
      seconds: whole('seconds', values.seconds ?? (log === 'kafka' ? '20' : '15'), [1, 3600]),
      warmup: whole('warmup', values.warmup ?? (log === 'kafka' ? '10' : '0'), [0, 3600]),
    },
    rounds: whole('rounds', values.rounds, [1, 1000]),
    json: values.json,
    isWritten: values.write,
  };
  const { postgres = 'postgres://postgres@127.0.0.1:5433/postgres', redis = 'redis://127.0.0.1:6379/9' } = values;
  if (log === 'embedded')
    return {
      ...common,
      log,
      postgres: serverUrl('postgres', postgres, ['postgres:', 'postgresql:']),
      redis: serverUrl('redis', redis, ['redis:', 'rediss:']),
      isProfile: values.profile ?? false,
    };
  return {
    ...common,
    log,
    brokers: addresses('brokers', values.brokers ?? '127.0.0.1:9092'),
    threads: whole('threads', values.threads ?? '1', [1, 64]),
    kafkaStreams: program('kafka-streams', values['kafka-streams']),
  };
}

function rate(text: string): number | 'half' {
  return text === 'half' ? text : whole('rate', text, [1, 1_000_000]);
}

/** @throws FlagError if there is none */
function program(flag: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new FlagError(`--${flag} ${path}: there is no program that can be run`);
  }
  // With a folder in front, so that no program of that name on the PATH is meant.
  return resolve(path);
}
