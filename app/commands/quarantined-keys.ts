// `dead-letters keys`: keys that stand still for a record that failed: list and show them, and let one go on by its name.
import type { Command } from 'commander';
import type { KeyPage } from '../../gateway/quarantined-keys.ts';
import { addSettings } from '../flags.ts';
import { print, printJson, table } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';
import { given, queryOf, readFile, readJson } from './request-parts.ts';

const path = '/v1/admin/quarantined-keys';

export function addKeys(letters: Command): void {
  const keys = letters
    .command('keys')
    .description('Keys that stand still, whether their dead letter is still kept or not.');
  addSettings(keys.command('list'), places)
    .description('List them by topology and key, as their tasks have them, in whatever process.')
    .option('--topology <name>', 'Of this one alone')
    .option('--partition <n>', 'Of this task alone')
    .option('--key <key>', 'Just this key')
    .option('--limit <n>', 'At most so many', '50')
    .option('--cursor <cursor>', 'Go on after a page')
    .option('--json', 'Print JSON')
    .action(list);
  one(keys, 'show', 'Tell what one stands still for, with the record.').action(show);
  one(keys, 'replay', 'Have the record tried again, and then those that wait.')
    .option('--reason <words>', 'Why: it goes into the audit')
    .action(decide('replay', ['reason']));
  one(keys, 'edit', 'Replay with another value, in the shape in which `show` prints it.')
    .option('--value <json>', 'The value', readJson)
    .option('--file <path>', 'The value, from a file', (file) => readJson(readFile(file)))
    .requiredOption('--reason <words>', 'Why: it goes into the audit')
    .action((topology, key, flags) =>
      decide('edit', ['value', 'reason'])(topology, key, { value: flags.file, ...flags }),
    );
  one(keys, 'drop', 'Pass the record over: those that wait go on.')
    .requiredOption('--reason <words>', 'Why: it goes into the audit')
    .action(decide('drop', ['reason']));
}

function one(keys: Command, verb: string, description: string): Command {
  return addSettings(keys.command(`${verb} <topology> <key>`), places)
    .description(description)
    .option('--partition <n>', 'If several tasks have such a key');
}

function list(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const query = queryOf(given(flags, ['topology', 'partition', 'key', 'limit', 'cursor']));
    const page = (await operator.request('GET', `${path}${query}`)) as KeyPage;
    if (flags.json === true) return printJson(page);
    const rows = page.keys.map(({ task, key, since, waiting, isFull, code, message, letterId, place }) => {
      const stands = since === null ? '' : new Date(since).toISOString();
      return {
        task,
        key,
        since: stands,
        waiting: isFull ? `${waiting}, full` : `${waiting}`,
        code,
        letter: letterId,
        place,
        message,
      };
    });
    print(table(rows));
    if (page.cursor !== undefined) print(`More with --cursor ${page.cursor}`);
  });
}

function show(topology: string, key: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    printJson(await operator.request('GET', placeOf(topology, key, '', flags)));
  });
}

function decide(verb: 'replay' | 'edit' | 'drop', fields: readonly string[]) {
  return (topology: string, key: string, flags: Flags): Promise<void> =>
    withOperator(flags, async (operator) => {
      const answer = await operator.request('POST', placeOf(topology, key, `/${verb}`, flags), given(flags, fields));
      const { task, place } = answer as { task: string; place: string };
      print(`${task} is told to ${verb} ${place}`);
    });
}

function placeOf(topology: string, key: string, verb: string, flags: Flags): string {
  const query = queryOf(given(flags, ['partition']));
  return `${path}/${encodeURIComponent(topology)}/${encodeURIComponent(key)}${verb}${query}`;
}
