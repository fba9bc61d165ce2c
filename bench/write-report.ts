// Writes what a run measured into docs/performance.md: a table between its comments, and charts beside it.
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { barChart } from './plot.ts';
import { latencyLines, type Results, tableRows } from './report.ts';
import { writeSection } from './section.ts';

const docs = new URL('../docs/', import.meta.url);

export interface About {
  readonly log: 'embedded' | 'kafka';
  /** What was run, in words. */
  readonly what: string;
  /** Load averages before and after. */
  readonly load: readonly [string, string];
}

export function writeReport(results: Results, { log, what, load }: About): void {
  const comparesCpu = log === 'kafka';
  const charts = [chart(`orders-${log}`, 'Orders a second', results, ({ ordersPerSecond }) => ordersPerSecond)];
  if (comparesCpu) {
    charts.push(
      chart(`orders-a-cpu-second-${log}`, 'Orders a CPU second of the application', results, (run) => {
        return run.ordersPerCpuSecond;
      }),
      chart(`memory-${log}`, 'Peak memory of the application, MB', results, ({ peakRssMb }) => peakRssMb),
    );
  }
  const [head = [], ...rows] = tableRows(results, comparesCpu);
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  writeSection(new URL('performance.md', docs), `bench ${log}`, [
    `${machine}; load average ${load[0]} before, ${load[1]} after. ${what}.`,
    '',
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...latencyLines(results).map((line) => `- ${line}`),
    '',
    ...charts,
  ]);
}

function chart(
  name: string,
  title: string,
  { rounds }: Results,
  figure: (run: NonNullable<ReturnType<Results['rounds']['get']>>[number]) => number,
): string {
  const bars = [...rounds].map(([contender, runs]) => ({ name: contender, figures: runs.map(figure) }));
  writeFileSync(new URL(`performance-${name}.svg`, docs), barChart(title, bars));
  return `![${title}](performance-${name}.svg)`;
}
