// `views rebuild`: a view emptied and filled again from the log.
import type { Command } from 'commander';
import { addSettings } from '../flags.ts';
import { print } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

export function addViews(program: Command): void {
  const views = program.command('views').description('What is read from: documents, folded from the log.');
  addSettings(views.command('rebuild <name>'), places)
    .description('Empty a view and fill it again from the log.')
    .action(rebuild);
}

function rebuild(name: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    await operator.request('POST', `/v1/admin/views/${encodeURIComponent(name)}/rebuild`);
    print(`View ${name} is emptied, and fills again from the log while a worker runs.`);
  });
}
