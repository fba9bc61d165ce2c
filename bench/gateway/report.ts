// What `bench gateway` says, and what it writes into docs/performance.md.
import { type Machine, nameOf } from '../machine.ts';
import { grouped } from '../report.ts';
import { markdownTable, performancePage, writeSection } from '../section.ts';
import type { Checkouts, Promised } from './checkout.ts';
import type { GatewayOptions } from './options.ts';

export interface CheckoutRun extends Checkouts {
  readonly promised: Promised;
  readonly connections: number;
  /** Of the program's processor, milliseconds a request, with all that follows from it. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

export interface ImportRun {
  readonly rows: number;
  /** Rows a second until the answer, and until every task and view had them. */
  readonly taken: number;
  readonly shown: number;
  /** Of the program's processor, a row. */
  readonly cpuMicros: number;
}

export interface GatewayRun {
  readonly stockImport: ImportRun;
  readonly checkouts: readonly CheckoutRun[];
  readonly problems: readonly string[];
}

const words = { safe: '202, safe', decided: '201, stock held' } as const;

export function lineOfImport({ rows, taken, shown, cpuMicros }: ImportRun): string {
  const rates = `taken ${grouped(taken)}, shown ${grouped(shown)} rows/s`;
  return `${grouped(rows)} changes of stock: ${rates}; ${cpuMicros} us of processor a row`;
}

export function lineOfCheckouts(run: CheckoutRun): string {
  const { promised, connections, requestsPerSecond, p50ms, p99ms, cpuMs, rssMb } = run;
  const latency = `p50 ${p50ms.toFixed(1)} ms, p99 ${p99ms.toFixed(1)} ms`;
  const cost = `${cpuMs.toFixed(2)} ms of processor each; ${rssMb} MB`;
  return `checkouts (${words[promised]}) over ${connections} connections: ${grouped(requestsPerSecond)}/s; ${latency}; ${cost}`;
}

/** Cells, a row a count of connections and promise, heads first; a figure a round. */
function checkoutRows(runs: readonly GatewayRun[]): string[][] {
  const [first] = runs;
  const rows = (first?.checkouts ?? []).map(({ promised, connections }, index) => {
    const all = runs.map(({ checkouts }) => checkouts[index]!);
    return [
      words[promised],
      String(connections),
      all.map(({ requestsPerSecond }) => grouped(requestsPerSecond)).join(', '),
      all.map(({ p50ms }) => p50ms.toFixed(1)).join(', '),
      all.map(({ p99ms }) => p99ms.toFixed(1)).join(', '),
      all.map(({ cpuMs }) => cpuMs.toFixed(2)).join(', '),
    ];
  });
  return [['checkout answered', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'ms of processor each'], ...rows];
}

export function writeGateway(
  runs: readonly GatewayRun[],
  options: GatewayOptions,
  machine: readonly [Machine, Machine],
) {
  const [before, after] = machine;
  const { orders, products, load, rows } = options;
  const imports = runs.map(({ stockImport }) => [
    grouped(stockImport.taken),
    grouped(stockImport.shown),
    String(stockImport.cpuMicros),
  ]);
  const inTurn = (column: number) => imports.map((cells) => cells[column]).join(', ');
  writeSection(performancePage, 'bench gateway', [
    `${nameOf(before)}; load average ${before.load} before, ${after.load} after. ${grouped(orders)} checkouts a run over ` +
      `${grouped(products)} products, ${load}; ${grouped(rows)} changes of stock; a figure a round.`,
    '',
    ...markdownTable(checkoutRows(runs)),
    '',
    ...markdownTable([
      ['changes of stock imported', 'rows/s until the answer', 'rows/s until all shows it', 'us of processor a row'],
      [grouped(rows), inTurn(0), inTurn(1), inTurn(2)],
    ]),
  ]);
}
