// `stockstream bench import`: a catalogue uploaded to a shop of its own, in one request. How fast the log takes it, how
// fast it is decided, and how fast everything shows it; and what memory that takes. It checks that every row counts once.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually, Server } from '../test/e2e/server.ts';
import { FlagError, orExit, whole } from './flags.ts';
import { rowId, rowsOf } from './import-rows.ts';
import { measureStages } from './import-stages.ts';
import { grouped } from './report.ts';
import { figuresOf } from './server-figures.ts';
import { upload } from './upload.ts';

const usage = `stockstream bench import [options]
  --rows N   products (100000)   --rounds N  (1)
  --stages   what each stage costs by itself
  --profile  with --stages: bench-import-<stage>.cpuprofile and .svg, a flame graph
  --data DIR where the shops keep their data (the system's temporary directory)
  --node FLAGS for the shop's Node, such as --cpu-prof
  --json`;

interface ImportBench {
  readonly rows: number;
  readonly rounds: number;
  readonly data: string;
  readonly node: string;
  readonly json: boolean;
  readonly stages: boolean;
  readonly isProfile: boolean;
}

interface Result {
  readonly rows: number;
  /** Rows a second until the log had all, until all were decided, and until every view showed them. */
  readonly taken: number;
  readonly decided: number;
  readonly shown: number;
  readonly cpuSecondsPer100k: number;
  readonly peakRssMb: number;
  readonly problems: readonly string[];
}

const lookMs = 200;

export async function benchImport(args: readonly string[]): Promise<void> {
  const options = orExit(usage, () => readOptions(args));
  if (options === undefined) return void process.stdout.write(`${usage}\n`);
  if (options.stages) return await tellStages(options);
  const results: Result[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const result = await measure(options);
    results.push(result);
    const { taken, decided, shown, cpuSecondsPer100k, peakRssMb, problems } = result;
    const load = loadavg()[0]!.toFixed(1);
    const figures = `taken ${grouped(taken)}, decided ${grouped(decided)}, shown ${grouped(shown)} rows/s`;
    const cost = `${cpuSecondsPer100k.toFixed(1)} CPU s per 100,000 rows; ${peakRssMb} MB at most; load ${load}`;
    if (!options.json) process.stdout.write(`round ${round}: ${figures}; ${cost}\n`);
    for (const problem of problems) process.stderr.write(`WRONG: ${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
}

async function tellStages({ rows, data, json, isProfile }: ImportBench): Promise<void> {
  const stages = await measureStages(rows, data, isProfile ? resolve('bench-import') : undefined);
  if (json) return void process.stdout.write(`${JSON.stringify(stages)}\n`);
  for (const { name, cpu, wall } of stages) {
    const [processor, clock] = [cpu, wall].map((each) => each.toFixed(0).padStart(5));
    process.stdout.write(`${name.padEnd(40)}${processor} us of the processor a row,${clock} us of the clock\n`);
  }
}

function readOptions(args: readonly string[]): ImportBench | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '1' },
      data: { type: 'string', default: tmpdir() },
      node: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      stages: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { data, node, json, stages, profile: isProfile } = values;
  if (isProfile && !stages) throw new FlagError('--profile is for --stages');
  return {
    rows: whole('rows', values.rows, [1, 9_999_999]),
    rounds: whole('rounds', values.rounds, [1, 100]),
    data,
    node,
    json,
    stages,
    isProfile,
  };
}

async function measure({ rows, data: parent, node }: ImportBench): Promise<Result> {
  const data = mkdtempSync(join(parent, 'stockstream-import-'));
  if (node !== '') process.env.NODE_OPTIONS = node;
  const server = await Server.start(data, '--payments', 'off', '--carrier', 'off', '--mail', 'off');
  delete process.env.NODE_OPTIONS;
  try {
    return await run(server, rows);
  } finally {
    if (node === '') await server.kill();
    else await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function run(server: Server, rows: number): Promise<Result> {
  const token = await server.logIn('seller@demo');
  let peak = 0;
  const look = async () => {
    const figures = await figuresOf(server);
    peak = Math.max(peak, figures.rssMb);
    return figures;
  };
  const until = async (isReached: () => Promise<boolean>) => {
    while (!(await isReached())) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    return performance.now();
  };
  const { cpuSeconds: cpuBefore } = await look();
  const watching = setInterval(() => look().catch(() => {}), 1_000);
  const began = performance.now();
  await upload(server, { path: '/v1/products:bulk?import=bench', token, lines: rowsOf(rows) });
  const takenAt = performance.now();
  clearInterval(watching);
  const state = async () => {
    const { status, body } = await answered(server, '/v1/products/imports/bench', token);
    if (status !== 200) throw new Error(`how the import goes on: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const decidedAt = await until(async () => (await state()).status === 'done');
  const shownAt = await until(async () => (await look()).lag === 0);
  const cpu = (await look()).cpuSeconds - cpuBefore;
  const { applied, refused } = await state();
  const last = await answered(server, `/v1/products/${rowId(rows - 1)}`, token);
  const problems = [
    ...(applied === rows && refused === 0 ? [] : [`of ${rows} rows ${applied} were applied and ${refused} refused`]),
    ...(last.status === 200 ? [] : ['the last product does not show']),
  ];
  const rate = (at: number) => Math.round((rows * 1000) / (at - began));
  return {
    rows,
    taken: rate(takenAt),
    decided: rate(decidedAt),
    shown: rate(shownAt),
    cpuSecondsPer100k: (cpu * 100_000) / rows,
    peakRssMb: peak,
    problems,
  };
}

/** A gateway that has too much to do, or was asked too often within a minute, says so, and is asked again. */
async function answered(server: Server, path: string, token: string) {
  const ask = () => server.call('GET', path, { token });
  return await eventually(ask, ({ status }) => status !== 503 && status !== 429, 90);
}
