// `stockstream bench`: every contender in one run, in turn, so that a noisy machine is noisy for all of them; medians
// and ranges of some rounds, and the ratio of each round. Peers whose server doesn't answer are left out, loudly.
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Result, workloadFlags } from './peer-result.ts';

const { values } = parseArgs({
  options: {
    ...workloadFlags,
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '1000' },
    postgres: { type: 'string', default: 'postgres://postgres@127.0.0.1:5433/postgres' },
    redis: { type: 'string', default: 'redis://127.0.0.1:6379/9' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `stockstream bench [options]
  --orders N      orders of a run (100000)          --products N  (10000)
  --load NAME     uniform, zipf or hot (uniform)    --rounds N    (3)
  --rate N        orders a second of the latency run (1000)
  --postgres URL  --redis URL                       --json`;

interface Contender {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Where its server listens; none for ours. */
  readonly url?: string;
}

const workloadArgs = ['orders', 'products', 'load', 'seed'].flatMap((name) => [
  `--${name}`,
  String(values[name as 'orders']),
]);
const ours: Contender = { name: 'stockstream embedded', file: 'embedded-run.ts', args: [] };
const contenders: readonly Contender[] = [
  ours,
  ...['call', 'batch'].map((variant) => {
    const args = ['--variant', variant, '--url', values.postgres];
    return { name: `postgres ${variant}`, file: 'peers/postgres.ts', args, url: values.postgres };
  }),
  ...['everysec', 'always'].map((variant) => {
    const args = ['--variant', variant, '--url', values.redis];
    return { name: `redis ${variant}`, file: 'peers/redis.ts', args, url: values.redis };
  }),
];

function say(line: string): void {
  if (!values.json) process.stdout.write(`${line}\n`);
}

async function run({ file, args }: Contender, extra: readonly string[] = []): Promise<Result> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...workloadArgs, ...args, ...extra]);
  return JSON.parse(stdout) as Result;
}

/** Whether something listens where the contender's server should be. */
function isThere({ url }: Contender): Promise<boolean> {
  if (url === undefined) return Promise.resolve(true);
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function range(numbers: readonly number[]): string {
  return `${median(numbers).toLocaleString('en')} [${Math.min(...numbers).toLocaleString('en')} to ${Math.max(...numbers).toLocaleString('en')}]`;
}

async function main(): Promise<void> {
  if (values.help) return say(usage);
  const there: Contender[] = [];
  for (const contender of contenders) {
    if (await isThere(contender)) there.push(contender);
    else say(`!! LEFT OUT: ${contender.name}: nothing listens at ${new URL(contender.url!).host}`);
  }
  say(`${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`);
  say(`${values.orders} orders over ${values.products} products, ${values.load}, ${values.rounds} rounds in turn\n`);
  const results = new Map<string, Result[]>(there.map(({ name }) => [name, []]));
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const contender of there) {
      const result = await run(contender);
      results.get(contender.name)!.push(result);
      say(
        `  round ${round}  ${contender.name.padEnd(22)}${result.ordersPerSecond.toLocaleString('en').padStart(10)} orders/s`,
      );
    }
  }
  const steady = await run(ours, [
    '--rate',
    values.rate,
    '--orders',
    String(Math.min(Number(values.orders), Number(values.rate) * 20)),
  ]);
  report(results, steady);
}

function report(results: ReadonlyMap<string, readonly Result[]>, steady: Result): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ results: Object.fromEntries(results), steady })}\n`);
  } else {
    const own = results.get(ours.name)!;
    say(`\n${'contender'.padEnd(22)}  orders/s: median [range]           stockstream to it, a round each`);
    for (const [name, runs] of results) {
      const ratios = runs.map(({ ordersPerSecond }, round) =>
        (own[round]!.ordersPerSecond / ordersPerSecond).toFixed(2),
      );
      say(
        `${name.padEnd(22)}  ${range(runs.map(({ ordersPerSecond }) => ordersPerSecond)).padEnd(34)} ${ratios.join('  ')}`,
      );
    }
    say(
      `\nstockstream: ${range(own.map(({ ordersPerCpuSecond }) => ordersPerCpuSecond))} orders a CPU second, ${Math.max(...own.map(({ peakRssMb }) => peakRssMb))} MB at most`,
    );
    say(
      `stockstream at ${values.rate} orders/s: p50 ${steady.p50ms} ms, p99 ${steady.p99ms} ms, p99.9 ${steady.p999ms} ms`,
    );
  }
  const problems = [...results.values()]
    .flat()
    .concat(steady)
    .flatMap(({ contender, problems: all }) => all.map((each) => `${contender}: ${each}`));
  for (const problem of problems) process.stderr.write(`WRONG: ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

await main();
