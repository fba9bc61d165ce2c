// Writes what a run measured into docs/performance.md: a table between its comments, and charts beside it.
import { writeFileSync } from 'node:fs';
import { type Machine, nameOf } from './machine.ts';
import type { Result } from './peer-result.ts';
import { barChart } from './plot.ts';
import { latencyLines, type Results, tableRows } from './report.ts';
import { markdownTable, writeSection } from './section.ts';

const docs = new URL('../docs/', import.meta.url);

export interface About {
  readonly log: 'embedded' | 'kafka';
  /** What was run, in words. */
  readonly what: string;
  /** Before and after. */
  readonly machine: readonly [Machine, Machine];
}

export function writeReport(results: Results, { log, what, machine: [before, after] }: About): void {
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
  writeSection(new URL('performance.md', docs), `bench ${log}`, [
    `${nameOf(before)}; load average ${before.load} before, ${after.load} after. ${what}.`,
    '',
    ...markdownTable(tableRows(results, comparesCpu)),
    '',
    ...latencyLines(results).map((line) => `- ${line}`),
    '',
    ...charts,
  ]);
}

function chart(name: string, title: string, { rounds }: Results, figure: (run: Result) => number): string {
  const bars = [...rounds].map(([contender, runs]) => ({ name: contender, figures: runs.map(figure) }));
  writeFileSync(new URL(`performance-${name}.svg`, docs), barChart(title, bars));
  return `![${title}](performance-${name}.svg)`;
}
