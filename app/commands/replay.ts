// `replay`: commits done again, apart: to verify the log, to see what today's code would decide, to write that under another
// application id, or to set the own state right in place.
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { sleep } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { CommitReplay, EndedReplay, ReplayMode, ReplayState } from '../../gateway/replays.ts';
import { readConfig } from '../config.ts';
import { addSettings } from '../flags.ts';
import type { Operator } from '../operator.ts';
import { print, printJson, working } from '../output.ts';
import { clock } from '../wire/places.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

const path = '/v1/admin/replay';
const lookAgainMs = 200;

export function addReplay(program: Command): void {
  addSettings(program.command('replay'), places)
    .description(
      'Do commits again, apart, and compare what comes out with the log: byte for byte, or what today’s code decides.',
    )
    .option('--topology <name>', 'Whose commits', 'shop')
    .option(
      '--from <place>',
      'Only what was committed since: a time, an offset of the commit topic, <topic>/<partition>@<offset>, a checkpoint',
    )
    .option('--dry-run', "Tell what today's code would decide otherwise; write nothing")
    .option('--into <application-id>', "Write what today's code decides under a fresh application id")
    .option('--in-place', 'Set the own state right; refused while a worker runs, or if something else would be sent')
    .option('--yes', 'Confirm --in-place')
    .option('--drop <application-id>', 'Delete what was replayed into it')
    .option('--limit <n>', 'Tell so many differences', '100')
    .option('--json', 'Print JSON')
    .action(replay);
}

async function replay(flags: Flags): Promise<void> {
  const mode = modeOf(flags);
  const confirm = mode === 'in-place' ? await confirmed(flags) : undefined;
  return await withOperator(flags, async (operator) => {
    if (typeof flags.drop === 'string') return await drop(operator, flags.drop);
    const { topology, from, into } = flags;
    const request = { topology, from, into, mode, confirm, limit: Number(flags.limit), wait: false };
    const report = await working(says[mode], run(operator, request));
    if (report.differences.length > 0 && mode !== 'in-place') process.exitCode = 1;
    if (flags.json === true) return printJson(report);
    show(report);
  });
}

const says: { readonly [Mode in ReplayMode]: string } = {
  verify: 'Doing commits again',
  'dry-run': 'Deciding again',
  into: 'Deciding again',
  'in-place': 'Setting the state right',
};

/** @throws REPLAY_REQUEST_INVALID */
function modeOf(flags: Flags): ReplayMode {
  const modes: ReplayMode[] = [];
  if (flags.dryRun === true) modes.push('dry-run');
  if (flags.into !== undefined) modes.push('into');
  if (flags.inPlace === true) modes.push('in-place');
  if (modes.length > 1) throw new StockstreamError('REPLAY_REQUEST_INVALID', { reason: `both ${modes.join(' and ')}` });
  return modes[0] ?? 'verify';
}

/** The application id, if the operator agrees. */
async function confirmed(flags: Flags): Promise<string | undefined> {
  const { appId } = readConfig({ flags, parts: [] });
  if (flags.yes === true) return appId;
  if (!process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(`This writes into the state of application ${appId}. Type its id to go on: `);
  } finally {
    lines.close();
  }
}

async function run(operator: Operator, request: object): Promise<CommitReplay> {
  const { id } = (await operator.request('POST', path, request)) as { id: string };
  const { report, failure } = await ended(operator, id);
  if (failure !== undefined) throw new StockstreamError('OPERATION_REFUSED', failure);
  return report;
}

async function ended(operator: Operator, id: string): Promise<EndedReplay> {
  for (;;) {
    const { running, last } = (await operator.request('GET', path)) as ReplayState;
    if (last?.id === id) return last;
    if (running !== null) progress(`${running.step}: ${running.commits} of about ${running.of} commits`);
    await sleep(clock, lookAgainMs);
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function drop(operator: Operator, into: string): Promise<void> {
  const { topics } = (await operator.request('DELETE', `${path}/${encodeURIComponent(into)}`)) as { topics: string[] };
  for (const topic of topics) print(`deleted ${topic}`);
}

function show({ commits, fired, records, compared, differences, decisions, from, written }: CommitReplay): void {
  const since = from === null ? '' : ` since ${new Date(from).toISOString()}`;
  print(`${commits} commits of ${records} records and ${fired} timers${since} were done again.`);
  const verdict = differences.length === 0 ? 'all the same' : 'they differ';
  print(`${compared} records of the log were compared: ${verdict}.`);
  if (decisions === null) for (const difference of differences) print(`  ${difference}`);
  else {
    for (const [kind, count] of Object.entries(decisions.counts)) print(`  ${count} x ${kind}`);
    for (const { topic, key, at, before, after } of decisions.differences) {
      print(`\n${topic} ${key} at ${new Date(at).toISOString()}`);
      print(`  then: ${JSON.stringify(before)}\n  now:  ${JSON.stringify(after)}`);
    }
    const left = decisions.different - decisions.differences.length;
    if (left > 0) print(`\nand ${left} more: --limit`);
  }
  for (const [topic, count] of Object.entries(written)) print(`${count} records written to ${topic}`);
}
