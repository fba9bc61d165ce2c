// The command line: verbs over settings. A fault ends it with exit code 1, the message and what to do about it on
// standard error; it prints no stack for errors of the catalogue, since those aren't faults of the program.
import { Command } from 'commander';
import { isStockstreamError } from '../base/errors.ts';
import { addCheckpoints } from './commands/checkpoints.ts';
import { addDeadLetters } from './commands/dead-letters.ts';
import { addImport } from './commands/import.ts';
import { addPrograms } from './commands/programs.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addReplay } from './commands/replay.ts';
import { addSearch } from './commands/search.ts';
import { addSeed } from './commands/seed.ts';
import { addStart } from './commands/start.ts';
import { addState } from './commands/state.ts';
import { addTopics } from './commands/topics.ts';
import { addTopology } from './commands/topology.ts';
import { addUsers } from './commands/users.ts';
import { addViews } from './commands/views.ts';
import { readConfig } from './config.ts';
import { addSettings } from './flags.ts';
import { description, version } from './manifest.ts';
import { printJson } from './output.ts';

const program = new Command('stockstream')
  .description(description)
  .version(version)
  .showHelpAfterError('(--help shows all options)');

addStart(program);
addTopics(program);
addTopology(program);
addSeed(program);
addImport(program);
addReplay(program);
addReconcile(program);
addState(program);
addCheckpoints(program);
addDeadLetters(program);
addViews(program);
addSearch(program);
addUsers(program);
addPrograms(program);
addSettings(program.command('config'))
  .description('Check the settings and print them, secrets hidden.')
  .action((flags) => printJson(readConfig({ flags, parts: ['gateway', 'worker'] })));

try {
  await program.parseAsync();
} catch (error) {
  if (!isStockstreamError(error)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`);
  // What was opened before the fault must not keep the process alive.
  process.exit(1);
}
