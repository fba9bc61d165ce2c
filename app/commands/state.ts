// `state get` and `state scan`: what tasks have committed.
import type { Command } from 'commander';
import type { StateAnswer, StateEntry } from '../../gateway/state-queries.ts';
import { addSettings } from '../flags.ts';
import { print, printJson, table, warn } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

export function addState(program: Command): void {
  const state = program.command('state').description('Look into committed state.');
  consistent(addSettings(state.command('get <store> <key>'), places))
    .description('Print the value of a key, as the worker that owns it has committed it.')
    .action(getState);
  consistent(addSettings(state.command('scan <store>'), places))
    .description('List entries in order of task and key.')
    .option('--from <key>', 'From this key on')
    .option('--to <key>', 'Up to this key, without it')
    .option('--limit <n>', 'At most so many', '50')
    .option('--json', 'Print JSON')
    .action(scanState);
}

function consistent(command: Command): Command {
  return command
    .option('--stale', 'Take any copy, and tell how far it is behind')
    .option('--max-lag <ms>', 'No copy that is further behind')
    .option('--topology <name>', 'For a store that several have, as those of quarantine')
    .option('--partition <n>', 'Of this task alone');
}

async function getState(store: string, key: string, flags: Flags): Promise<void> {
  const entries = await read(store, new URLSearchParams({ key }), flags);
  if (entries.length === 0) process.exitCode = 1;
  for (const { value } of entries) printJson(value);
}

async function scanState(store: string, flags: Flags): Promise<void> {
  const query = new URLSearchParams({ limit: String(flags.limit) });
  for (const name of ['from', 'to']) if (typeof flags[name] === 'string') query.set(name, flags[name]);
  const entries = await read(store, query, flags);
  if (flags.json === true) printJson(entries);
  else print(table(entries));
}

function read(store: string, query: URLSearchParams, flags: Flags): Promise<readonly StateEntry[]> {
  return withOperator(flags, async (operator) => {
    if (flags.stale === true) query.set('consistency', 'stale');
    if (typeof flags.maxLag === 'string') query.set('maxLagMs', flags.maxLag);
    for (const name of ['topology', 'partition']) if (typeof flags[name] === 'string') query.set(name, flags[name]);
    const path = `/v1/admin/state/${encodeURIComponent(store)}?${query}`;
    const { entries, lag } = (await operator.request('GET', path)) as StateAnswer;
    if (lag.records > 0) warn(`${lag.records} records and ${lag.milliseconds} ms behind the owner`);
    return entries;
  });
}
