// The bench's results as text: a table with medians and ranges, the ratio of each round, then latencies. A ratio compares
// runs that stood next to each other, which on a busy machine is worth more than either figure.
import type { Quantiles, Result } from './peer-result.ts';

export interface Results {
  /** Contenders that run in processes of our own, so that what they take of the processor is all theirs. */
  readonly ours: ReadonlySet<string>;
  /** By contender, ours first; a run a round. */
  readonly rounds: ReadonlyMap<string, readonly Result[]>;
  /** At a steady rate, as often as there are rounds. */
  readonly steady: readonly Result[];
}

/** A line for a run as it ends. */
export function roundLine(round: number, name: string, result: Result): string {
  const { ordersPerSecond, refused } = result;
  const share = refused === undefined ? '' : `, ${(refused * 100).toFixed(1)} % refused`;
  return `  round ${round}  ${name.padEnd(52)}${grouped(ordersPerSecond).padStart(10)} orders/s${share}`;
}

/** `comparesCpu`: the peers are applications like ours, so that what they take of processor and memory compares. */
export function table(results: Results, comparesCpu: boolean): string[] {
  const { ours, rounds } = results;
  const [own = []] = rounds.values();
  const lines = aligned(tableRows(results, comparesCpu));
  if (comparesCpu) return lines;
  const used = [...rounds].flatMap(([name, runs]) => (ours.has(name) ? usedLine(name, runs, own) : []));
  return [...lines, '', ...used];
}

/** Cells, a row a contender, heads first. */
export function tableRows({ rounds }: Results, comparesCpu: boolean): string[][] {
  const [own = []] = rounds.values();
  const columns: Column[] = [
    { title: 'orders/s: median [range]', figure: ({ ordersPerSecond }) => ordersPerSecond, ratios: true },
  ];
  if (comparesCpu) {
    columns.push(
      { title: 'orders a CPU second', figure: ({ ordersPerCpuSecond }) => ordersPerCpuSecond, ratios: true },
      { title: 'without its start', figure: ({ ordersPerCpuSecondRunning = 0 }) => ordersPerCpuSecondRunning },
      { title: 'peak MB', figure: ({ peakRssMb }) => peakRssMb },
    );
  }
  const head = ['contender', ...columns.flatMap(({ title, ratios }) => [title, ...(ratios ? [ratioTitle] : [])])];
  const rows = [...rounds].map(([name, runs]) => [
    name,
    ...columns.flatMap(({ figure, ratios }) => [
      range(runs.map(figure)),
      ...(ratios ? [ratiosOf(own, runs, figure)] : []),
    ]),
  ]);
  return [head, ...rows];
}

function usedLine(name: string, runs: readonly Result[], own: readonly Result[]): string {
  const cpu = (run: Result) => run.ordersPerCpuSecond;
  const memory = Math.max(...runs.map(({ peakRssMb }) => peakRssMb));
  const ratios = runs === own ? '' : ` (${ratioTitle}: ${ratiosOf(own, runs, cpu)})`;
  return `${name}: ${range(runs.map(cpu))} orders a CPU second${ratios}, ${memory} MB at most`;
}

/** The figure of the first contender's run over that of the other's next to it. */
function ratiosOf(own: readonly Result[], runs: readonly Result[], figure: (result: Result) => number): string {
  return runs.map((run, index) => (figure(own[index]!) / figure(run)).toFixed(2)).join('  ');
}

export function latencyLines({ steady }: Results): string[] {
  return steady.flatMap(({ contender, rate = 0, p50ms = 0, p99ms = 0, p999ms = 0, placed, behindMs, peakRssMb }) => {
    const name = `${contender} at ${grouped(rate)} orders/s`;
    const around = `generator at most ${behindMs} ms late; ${peakRssMb} MB`;
    const answered = `${name}: ${quantilesOf({ p50ms, p99ms, p999ms })}; ${around}`;
    return placed === undefined ? [answered] : [answered, `${name}, to placed: ${quantilesOf(placed)}`];
  });
}

/** Cells, a row a contender and rate, heads first; of the rounds the median, and the range. */
export function latencyRows({ steady }: Results): string[][] {
  const groups = Map.groupBy(steady, ({ contender, rate = 0 }) => `${contender} at ${grouped(rate)} orders/s`);
  const row = (name: string, quantiles: readonly Quantiles[], behind: string) => {
    const figures = [quantiles.map(({ p50ms }) => p50ms), quantiles.map(({ p99ms }) => p99ms)];
    return [
      name,
      ...[...figures, quantiles.map(({ p999ms }) => p999ms)].map((each) => range(each.map(tenths))),
      behind,
    ];
  };
  const rows = [...groups].flatMap(([name, runs]) => {
    const answered = runs.map(({ p50ms = 0, p99ms = 0, p999ms = 0 }) => ({ p50ms, p99ms, p999ms }));
    const placed = runs.flatMap(({ placed }) => placed ?? []);
    const behind = String(Math.max(...runs.map(({ behindMs = 0 }) => behindMs)));
    return [row(name, answered, behind), ...(placed.length === 0 ? [] : [row(`${name}, to placed`, placed, behind)])];
  });
  return [['latency in ms: median [range]', 'p50', 'p99', 'p99.9', 'generator late by at most'], ...rows];
}

function quantilesOf({ p50ms, p99ms, p999ms }: Quantiles): string {
  return `p50 ${ms(p50ms)}, p99 ${ms(p99ms)}, p99.9 ${ms(p999ms)}`;
}

export function problemLines({ rounds, steady }: Results): string[] {
  const runs = [...[...rounds.values()].flat(), ...steady];
  return runs.flatMap(({ contender, problems }) => problems.map((each) => `${contender}: ${each}`));
}

interface Column {
  readonly title: string;
  readonly figure: (result: Result) => number;
  readonly ratios?: boolean;
}

const ratioTitle = 'the first to it, by round';

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('   ')
      .trimEnd(),
  );
}

function range(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const median = grouped(sorted[Math.floor(sorted.length / 2)]!);
  return `${median} [${grouped(sorted[0]!)} to ${grouped(sorted.at(-1)!)}]`;
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}

function tenths(number: number): number {
  return Math.round(number * 10) / 10;
}

export function grouped(number: number): string {
  return number.toLocaleString('en');
}
