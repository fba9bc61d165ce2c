// `npm run reliability`: the shop on three Kafka brokers through everything that the matrix names, one row after the other.
// Writes the table into docs/reliability.md and ends with 1 if anything was lost, doubled, oversold or left open.
import { arch, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { writeSection } from '../../bench/section.ts';
import type { Brokers } from './brokers.ts';
import type { OrdealResult } from './run-ordeal.ts';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: process.env.STOCKSTREAM_SERVICES ?? '../shared/services' },
    rate: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '30' },
    'warm-up': { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});

const { Brokers: Cluster } = await import('./brokers.ts');
const brokers: Brokers = await Cluster.start(values.services);
// Read when the modules below are loaded.
process.env.STOCKSTREAM_TEST_BROKERS = brokers.addresses.join(',');
const { matrix } = await import('./matrix.ts');
const { runOrdeal } = await import('./run-ordeal.ts');

const options = {
  rate: Number(values.rate),
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values['warm-up']),
  seed: Number(values.seed),
};
const results: OrdealResult[] = [];
try {
  for (const ordeal of matrix.filter(({ name }) => name.includes(values.only))) {
    const cleanups: (() => Promise<void>)[] = [];
    try {
      const result = await runOrdeal(ordeal, options, {
        brokers,
        later: { after: (work) => void cleanups.push(work) },
      });
      results.push(result);
      console.log(rowOf(result));
      for (const problem of result.problems) console.log(`  ${problem}`);
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  }
} finally {
  await brokers.stop();
}
if (values.write) write();
process.exitCode = results.every(({ problems }) => problems.length === 0) ? 0 : 1;

function rowOf({ name, orders, done, problems, ...times }: OrdealResult): string {
  const what = Object.entries(done).map(([each, count]) => `${count} × ${each}`);
  const latencies = [times.p50ms, times.p99ms, times.worstSecondMs].map(Math.round);
  const quiet = results.find((result) => result.name === matrix[0]!.name)?.p99ms;
  const ratio = quiet === undefined ? '-' : (times.worstSecondMs / quiet).toFixed(1);
  const others = [times.silenceMs, times.restMs].map(Math.round);
  const verdict = problems.length === 0 ? 'nothing' : problems.length;
  return `| ${[name, what.join(', ') || '-', orders, ...latencies, ratio, ...others, verdict].join(' | ')} |`;
}

function write(): void {
  const heading = [
    '| ordeal | done | orders | p50 ms | p99 ms | worst second, p99 ms | of quiet p99 | longest silence ms | to rest ms | wrong |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const made = `${cpus().length} cores (${arch()}) for brokers, workers and servers together; ${options.rate} orders a second for ${options.seconds} s, after ${options.warmUpSeconds} s that don't count.`;
  const page = new URL('../../docs/reliability.md', import.meta.url);
  writeSection(page, 'table', [made, '', ...heading, ...results.map(rowOf)]);
}
