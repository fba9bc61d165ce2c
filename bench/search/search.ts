// `stockstream bench search`: a made-up catalogue taken into a search engine, what each kind of query takes, how large
// the
// index is, and how good the ranking is on the judged cases: nDCG@10, for settings that are compared.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { defaultSearchSettings, type SearchSettings } from '../../views/search/search-settings.ts';
import { FlagError, oneOf, orExit, serverUrl, whole } from '../flags.ts';
import { machineNow, nameOf } from '../machine.ts';
import { engines } from './engines.ts';
import type { CaseResult } from './judged/evaluate.ts';
import { judge, runSearchBench, type SearchBench } from './run.ts';

const usage = `stockstream bench search [options]
  --engine NAME       embedded or elasticsearch (embedded)
  --elasticsearch URL (http://127.0.0.1:9200)
  --listings N        (100000)          --queries N      of each kind (300)
  --concurrency N     at a time (1)     --seed N         (1)
  --settings FILE     synonyms and weights as GET /v1/admin/search/settings gives them
  --judged            the judged cases alone, each that isn't perfect
  --json`;

interface Options extends SearchBench {
  readonly isJudgedAlone: boolean;
  readonly json: boolean;
}

const mostCases = 40;

export async function benchSearch(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  const say = (line: string) => {
    if (!options.json) process.stdout.write(`${line}\n`);
  };
  if (options.isJudgedAlone) return judgeAlone(options, say);
  const machine = machineNow();
  say(`${nameOf(machine)}, load average ${machine.load}`);
  say(`${options.engine}, ${options.listings} listings, ${options.concurrency} at a time\n`);
  const result = await runSearchBench(options, say);
  const { indexMb, openMs, peakRssMb, ndcg, problems, cases, ...rest } = result;
  say(
    `\n  index ${indexMb.toFixed(1)} MB, open again in ${openMs.toFixed(0)} ms, this process ${peakRssMb.toFixed(0)} MB`,
  );
  say(`  nDCG@10 ${ndcg.toFixed(4)} over ${cases.length} judged cases, ${faultsOf(cases).length} faults`);
  say(`  load average ${machineNow().load} at the end`);
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ engine: options.engine, listings: options.listings, indexMb, openMs, peakRssMb, ndcg, problems, ...rest })}\n`,
    );
  }
  for (const problem of problems) process.stderr.write(`WRONG: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

async function judgeAlone(options: Options, say: (line: string) => void): Promise<void> {
  const { ndcg, results } = await judge(options);
  for (const fault of faultsOf(results)) say(`  ${fault}`);
  const worst = results.filter((result) => (result.ndcg ?? 1) < 1).toSorted((a, b) => (a.ndcg ?? 1) - (b.ndcg ?? 1));
  for (const { judged, ndcg: value = 1, found } of worst.slice(0, mostCases)) {
    say(`  ${value.toFixed(2)}  ${judged.name}: ${found.slice(0, 6).join(' ')}`);
  }
  say(`nDCG@10 ${ndcg.toFixed(4)} over ${results.length} judged cases, ${faultsOf(results).length} faults`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ndcg, faults: faultsOf(results) })}\n`);
}

function faultsOf(results: readonly CaseResult[]): readonly string[] {
  return results.flatMap(({ faults }) => faults);
}

/** Undefined if only help is asked for. @throws FlagError, or as parseArgs does */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: 'string', default: 'embedded' },
      elasticsearch: { type: 'string', default: 'http://127.0.0.1:9200' },
      listings: { type: 'string', default: '100000' },
      queries: { type: 'string', default: '300' },
      concurrency: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      settings: { type: 'string' },
      judged: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    engine: oneOf('engine', values.engine, engines),
    elasticsearch: serverUrl('elasticsearch', values.elasticsearch, ['http:', 'https:']),
    listings: whole('listings', values.listings, [10, 10_000_000]),
    queries: whole('queries', values.queries, [1, 100_000]),
    concurrency: whole('concurrency', values.concurrency, [1, 256]),
    seed: whole('seed', values.seed, [0, 2 ** 20]),
    settings: values.settings === undefined ? defaultSearchSettings : settingsIn(values.settings),
    isJudgedAlone: values.judged,
    json: values.json,
  };
}

/** @throws FlagError */
function settingsIn(file: string): SearchSettings {
  try {
    return { ...defaultSearchSettings, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<SearchSettings>) };
  } catch (error) {
    throw new FlagError(`--settings ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
