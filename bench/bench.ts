// `stockstream bench`: every contender in one run, in turn, so that a noisy machine is noisy for all of them; medians
// and ranges of some rounds, and the ratio of each round. Peers that aren't there are left out, loudly. `bench import` is
// another one: a catalogue taken in.
import { resolve } from 'node:path';
import { type Contender, contendersOf, profileOf } from './contenders.ts';
import { benchDelivery } from './delivery.ts';
import { orExit } from './flags.ts';
import { benchFreshness } from './freshness.ts';
import { benchGateway } from './gateway/gateway.ts';
import { benchGrowth } from './growth.ts';
import { benchImages } from './images.ts';
import { benchImport } from './import.ts';
import { machineNow, nameOf } from './machine.ts';
import { type BenchOptions, type EmbeddedOptions, readOptions, usage } from './options.ts';
import type { Result } from './peer-result.ts';
import { benchPopularity } from './popularity.ts';
import { benchProducts } from './product-cache.ts';
import { grouped, latencyLines, problemLines, type Results, roundLine, table } from './report.ts';
import { benchRestore } from './restore/restore.ts';
import { benchSearch } from './search/search.ts';
import { linesIn, writeReport } from './write-report.ts';

const [kind, ...rest] = process.argv.slice(2);
try {
  if (kind === 'import') await benchImport(rest);
  else if (kind === 'freshness') await benchFreshness(rest);
  else if (kind === 'delivery') await benchDelivery(rest);
  else if (kind === 'search') await benchSearch(rest);
  else if (kind === 'products') await benchProducts(rest);
  else if (kind === 'gateway') await benchGateway(rest);
  else if (kind === 'growth') await benchGrowth(rest);
  else if (kind === 'restore') await benchRestore(rest);
  else if (kind === 'images') await benchImages(rest);
  else if (kind === 'popularity') await benchPopularity(rest);
  else await benchOrders(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function benchOrders(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) process.stdout.write(`${usage}\n`);
  else if (options.log === 'embedded' && options.isProfile) await profile(options);
  else await main(options);
}

async function profile(options: EmbeddedOptions): Promise<void> {
  const path = resolve('bench-orders');
  const result = await profileOf(options, path);
  if (options.json) return void process.stdout.write(`${JSON.stringify(result)}\n`);
  process.stdout.write(`${roundLine(1, result.contender, result)}\n${path}.cpuprofile\n${path}.svg\n`);
}

async function main({ json, ...bench }: BenchOptions): Promise<void> {
  const say = (line: string) => {
    if (!json) process.stdout.write(`${line}\n`);
  };
  const contenders = contendersOf({ json, ...bench });
  const leftOut: Record<string, string> = {};
  const there: Contender[] = [];
  for (const contender of contenders) {
    const reason = await contender.missing();
    if (reason === undefined) there.push(contender);
    else if (contender === contenders[0]) throw new Error(`${contender.name}: ${reason}`);
    else {
      leftOut[contender.name] = reason;
      process.stderr.write(`!! LEFT OUT: ${contender.name}: ${reason}\n`);
    }
  }
  const machine = machineNow();
  say(`${nameOf(machine)}, load average ${machine.load}`);
  const what = describe(bench);
  say(`${what}\n`);

  const results = await measure(there, bench, say);
  const problems = problemLines(results);
  if (json) {
    const { rounds, steady } = results;
    const report = { machine, workload: bench.workload, leftOut, results: Object.fromEntries(rounds), steady };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  say('');
  for (const line of table(results, bench.log === 'kafka')) say(line);
  say('');
  for (const line of latencyLines(results)) say(line);
  const after = machineNow();
  say(`load average ${after.load} at the end`);
  if (bench.isWritten && problems.length === 0) {
    writeReport(results, { log: bench.log, workload: bench.workload, what, machine: [machine, after] });
  }
  for (const problem of problems) process.stderr.write(`WRONG: ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

async function measure(
  contenders: readonly Contender[],
  { rounds: count, steady: { rates, ...plan } }: Pick<BenchOptions, 'rounds' | 'steady'>,
  say: (line: string) => void,
): Promise<Results> {
  const rounds = new Map<string, Result[]>(contenders.map(({ name }) => [name, []]));
  const ours = new Set(contenders.filter(({ isOurs }) => isOurs).map(({ name }) => name));
  for (let round = 1; round <= count; round++) {
    for (const { name, catchUp } of contenders) {
      const result = await catchUp();
      rounds.get(name)!.push(result);
      say(roundLine(round, name, result));
    }
  }
  const steady: Result[] = [];
  for (let round = 1; round <= count; round++) {
    for (const given of rates) {
      for (const { name, keepUp } of contenders) {
        const rate = given === 'half' ? halfOf(rounds.get(name)!) : given;
        if (keepUp !== undefined) steady.push(await keepUp({ rate, ...plan }));
      }
    }
  }
  return { ours, rounds, steady };
}

function describe({ workload, rounds, log }: Pick<BenchOptions, 'workload' | 'rounds' | 'log'>): string {
  const { orders, products, load } = workload;
  const lines = log === 'kafka' ? '' : ` of ${linesIn(workload)}`;
  return `${grouped(orders)} orders${lines} over ${grouped(products)} products, ${load}, rounds in turn: ${rounds}`;
}

/** Half of the median that a contender did when all orders waited. */
function halfOf(runs: readonly Result[]): number {
  const sorted = runs.map(({ ordersPerSecond }) => ordersPerSecond).sort((a, b) => a - b);
  return Math.max(1, Math.round(sorted[Math.floor(sorted.length / 2)]! / 2));
}
