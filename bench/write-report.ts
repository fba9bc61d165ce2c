// Writes what a run measured into docs/performance.md: a table between its comments, and charts beside it.
import { writeFileSync } from 'node:fs';
import { type Machine, nameOf } from './machine.ts';
import type { Result } from './peer-result.ts';
import { barChart } from './plot.ts';
import { latencyRows, type Results, tableRows } from './report.ts';
import { markdownTable, performancePage, writeSection } from './section.ts';
import type { WorkloadOptions } from './workload.ts';

const docs = new URL('../docs/', import.meta.url);

export interface About {
  readonly log: 'embedded' | 'kafka';
  readonly workload: WorkloadOptions;
  /** What was run, in words. */
  readonly what: string;
  /** Before and after. */
  readonly machine: readonly [Machine, Machine];
}

export function writeReport(results: Results, { log, workload, what, machine: [before, after] }: About): void {
  const name = nameIn(log, workload);
  const comparesCpu = log === 'kafka';
  const charts = [chart(`orders-${name}`, 'Orders a second', results, ({ ordersPerSecond }) => ordersPerSecond)];
  if (comparesCpu) {
    charts.push(
      chart(`orders-a-cpu-second-${name}`, 'Orders a CPU second of the application', results, (run) => {
        return run.ordersPerCpuSecond;
      }),
      chart(`memory-${name}`, 'Peak memory of the application, MB', results, ({ peakRssMb }) => peakRssMb),
    );
  }
  const title = log === 'kafka' ? workload.load : `${workload.load}, ${linesIn(workload)} an order`;
  const lines = [
    `### ${log === 'kafka' ? 'On Kafka' : 'Embedded'}: ${title}`,
    '',
    `${nameOf(before)}; load average ${before.load} before, ${after.load} after. ${what}.`,
    '',
    ...markdownTable(tableRows(results, comparesCpu)),
    '',
    ...(results.steady.length === 0 ? [] : [...markdownTable(latencyRows(results)), '']),
    ...charts,
  ];
  writeSection(performancePage, `bench ${name}`, lines, `further runs of bench ${log}`);
}

/** `1 line`, `1 to 3 lines`. */
export function linesIn({ minLines = 1, maxLines = 3 }: WorkloadOptions): string {
  if (minLines < maxLines) return `${minLines} to ${maxLines} lines`;
  return minLines === 1 ? '1 line' : `${minLines} lines`;
}

/** Such as `embedded-hot`, and `embedded-uniform-5-lines` where lines are other than usual. */
function nameIn(log: About['log'], workload: WorkloadOptions): string {
  const lines = linesIn(workload);
  const more = log === 'kafka' || lines === linesIn({ ...workload, minLines: 1, maxLines: 3 }) ? [] : [lines];
  return [log, workload.load, ...more].join('-').replaceAll(' ', '-');
}

function chart(name: string, title: string, { rounds }: Results, figure: (run: Result) => number): string {
  const bars = [...rounds].map(([contender, runs]) => ({ name: contender, figures: runs.map(figure) }));
  writeFileSync(new URL(`performance-${name}.svg`, docs), barChart(title, bars));
  return `![${title}](performance-${name}.svg)`;
}
