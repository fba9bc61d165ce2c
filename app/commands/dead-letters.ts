// `dead-letters list` and `dead-letters replay`: records that could not be processed.
import type { Command } from 'commander';
import { addSettings } from '../flags.ts';
import { print, printJson, table } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

interface Page {
  readonly deadLetters: readonly {
    readonly id: string;
    readonly at: number;
    readonly code: string;
    readonly topic: string;
    readonly key: string | null;
    readonly message: string;
  }[];
  readonly cursor?: string;
}

export function addDeadLetters(program: Command): void {
  const deadLetters = program.command('dead-letters').description('Records that could not be processed.');
  addSettings(deadLetters.command('list'), places)
    .description('List them, the newest first.')
    .option('--limit <n>', 'At most so many', '50')
    .option('--cursor <cursor>', 'Go on after a page')
    .option('--json', 'Print JSON')
    .action(list);
  addSettings(deadLetters.command('replay [id]'), places)
    .description('Send one, or all that match, to its topic again.')
    .option('--topic <name>', 'Only those that were read from this topic')
    .option('--code <code>', 'Only those with this error code')
    .option('--processor <name>', 'Only those that this processor failed on')
    .action(replay);
}

function list(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const query = new URLSearchParams({ limit: String(flags.limit) });
    if (typeof flags.cursor === 'string') query.set('cursor', flags.cursor);
    const page = (await operator.request('GET', `/v1/admin/dead-letters?${query}`)) as Page;
    if (flags.json === true) return printJson(page);
    const rows = page.deadLetters.map(({ id, at, code, topic, key, message }) => {
      return { id, at: new Date(at).toISOString(), code, topic, key, message };
    });
    print(table(rows));
    if (page.cursor !== undefined) print(`More with --cursor ${page.cursor}`);
  });
}

function replay(id: string | undefined, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const conditions = ['topic', 'code', 'processor'].filter((name) => flags[name] !== undefined);
    const filter = Object.fromEntries(conditions.map((name) => [name, flags[name]]));
    const [path, body] = id === undefined ? ['replay', filter] : [`${encodeURIComponent(id)}/replay`, undefined];
    const report = await operator.request('POST', `/v1/admin/dead-letters/${path}`, body);
    const { replayed, skipped } = report as { replayed: number; skipped: number };
    print(`${replayed} replayed, ${skipped} skipped`);
  });
}
