// `dead-letters`: records that could not be processed: list, show and count them, replay, edit and drop them. The keys
// that stand still for some of them are in quarantined-keys.ts.
import type { Command } from 'commander';
import type { LetterCount, LetterPage } from '../../gateway/dead-letters.ts';
import { addSettings } from '../flags.ts';
import { print, printJson, table } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';
import { addKeys } from './quarantined-keys.ts';
import { given, queryOf, readFile, readJson } from './request-parts.ts';

interface Counts {
  readonly total: number;
  readonly quarantined: number;
  readonly counts: readonly LetterCount[];
}

const path = '/v1/admin/dead-letters';
const conditions = ['topic', 'code', 'processor', 'key', 'from', 'to', 'quarantined'] as const;

export function addDeadLetters(program: Command): void {
  const letters = program.command('dead-letters').description('Records that could not be processed.');
  withConditions(addSettings(letters.command('list'), places))
    .description('List those that are open, the newest first.')
    .option('--all', 'Those that were replayed, edited or dropped, too')
    .option('--limit <n>', 'At most so many', '50')
    .option('--cursor <cursor>', 'Go on after a page')
    .option('--json', 'Print JSON')
    .action(list);
  addSettings(letters.command('show <id>'), places).description('Tell all that is known of one.').action(show);
  withConditions(addSettings(letters.command('counts'), places))
    .description('Count those that are open, by reason, topic and processor.')
    .option('--json', 'Print JSON')
    .action(counts);
  withConditions(addSettings(letters.command('replay [id]'), places))
    .description('Send one, or all that match, to where it came from again.')
    .option('--reason <words>', 'Why: it goes into the audit')
    .action(replay);
  addSettings(letters.command('edit <id>'), places)
    .description('Replay one with another value, in the shape in which `show` prints it.')
    .option('--value <json>', 'The value', readJson)
    .option('--file <path>', 'The value, from a file', (file) => readJson(readFile(file)))
    .requiredOption('--reason <words>', 'Why: it goes into the audit')
    .action(edit);
  withConditions(addSettings(letters.command('drop [id]'), places))
    .description('Let one, or all that match, be over: neither listed nor replayed any more.')
    .requiredOption('--reason <words>', 'Why: it goes into the audit')
    .action(drop);
  addKeys(letters);
}

function withConditions(command: Command): Command {
  return command
    .option('--topic <name>', 'Only those that were read from this topic')
    .option('--code <code>', 'Only those with this error code')
    .option('--processor <name>', 'Only those that this processor failed on')
    .option('--key <key>', 'Only those with this key')
    .option('--from <moment>', 'Only those set aside at this moment or later')
    .option('--to <moment>', 'Only those set aside before this moment')
    .option('--quarantined', 'Only those for which a key stands still');
}

function list(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const query = queryOf({ ...given(flags, [...conditions, 'all', 'limit', 'cursor']) });
    const page = (await operator.request('GET', `${path}${query}`)) as LetterPage;
    if (flags.json === true) return printJson(page);
    const rows = page.deadLetters.map(({ id, state, quarantined, at, code, topic, key, message }) => {
      const what = quarantined ? 'key stands still' : state;
      return { id, state: what, at: new Date(at).toISOString(), code, topic, key, message };
    });
    print(table(rows));
    if (page.cursor !== undefined) print(`More with --cursor ${page.cursor}`);
  });
}

function show(id: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    printJson(await operator.request('GET', `${path}/${encodeURIComponent(id)}`));
  });
}

function counts(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const found = (await operator.request('GET', `${path}/counts${queryOf(given(flags, conditions))}`)) as Counts;
    if (flags.json === true) return printJson(found);
    const rows = found.counts.map(({ code, topic, processor, count, quarantined, oldestAt }) => {
      return { code, topic, processor, count, 'stand still': quarantined, oldest: new Date(oldestAt).toISOString() };
    });
    print(table(rows));
    print(`${found.total} open, of which ${found.quarantined} have a key stand still`);
  });
}

function replay(id: string | undefined, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const report =
      id === undefined
        ? await operator.request('POST', `${path}/replay`, given(flags, [...conditions, 'reason']))
        : await operator.request('POST', `${path}/${encodeURIComponent(id)}/replay`);
    const { replayed, skipped } = report as { replayed: number; skipped: number };
    print(`${replayed} replayed, ${skipped} skipped`);
  });
}

function edit(id: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const { value = flags.file, reason } = flags;
    await operator.request('POST', `${path}/${encodeURIComponent(id)}/edit`, { value, reason });
    print('1 replayed with another value');
  });
}

function drop(id: string | undefined, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const place = id === undefined ? `${path}/drop` : `${path}/${encodeURIComponent(id)}/drop`;
    const body = given(flags, id === undefined ? [...conditions, 'reason'] : ['reason']);
    const { dropped } = (await operator.request('POST', place, body)) as { dropped: number };
    print(`${dropped} dropped`);
  });
}
