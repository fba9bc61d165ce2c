// `replay`: every commit of a topology done again into an empty state, and compared with the log.
import type { Command } from 'commander';
import type { CommitReplay } from '../../gateway/operations.ts';
import { addSettings } from '../flags.ts';
import { print, printJson, working } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

export function addReplay(program: Command): void {
  addSettings(program.command('replay'), places)
    .description('Do all commits again, apart, and compare what comes out with the log, byte for byte.')
    .option('--topology <name>', 'Whose commits', 'shop')
    .option('--json', 'Print JSON')
    .action(replay);
}

function replay(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const { topology } = flags;
    const report = await working('Doing all commits again', operator.request('POST', '/v1/admin/replay', { topology }));
    const { commits, fired, records, compared, differences } = report as CommitReplay;
    if (differences.length > 0) process.exitCode = 1;
    if (flags.json === true) return printJson(report);
    print(`${commits} commits of ${records} records and ${fired} timers were done again.`);
    const verdict = differences.length === 0 ? 'all the same' : 'they differ';
    print(`${compared} records of the log were compared: ${verdict}.`);
    for (const difference of differences) print(`  ${difference}`);
  });
}
