// `search settings get|put` and `search misses`: what a search goes by, and what was looked for in vain.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { reasonOf, StockstreamError } from '../../base/errors.ts';
import { addSettings } from '../flags.ts';
import { print, printJson, table } from '../output.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

interface Settings {
  readonly version: number;
  readonly synonyms: readonly object[];
  readonly weights: object;
}

interface ZeroResults {
  readonly searches: readonly { readonly text: string; readonly language: string; readonly count: number }[];
}

const settingsPath = '/v1/admin/search/settings';

export function addSearch(program: Command): void {
  const search = program.command('search').description('What searches go by, and what they lack.');
  const settings = search.command('settings').description('Synonyms and ranking weights.');
  addSettings(settings.command('get'), places)
    .description('Print them as JSON.')
    .action((flags: Flags) =>
      withOperator(flags, async (operator) => printJson(await operator.request('GET', settingsPath))),
    );
  addSettings(settings.command('put <file>'), places)
    .description('Replace them by those of a file, as `get` prints them: refused if others were set since.')
    .action(put);
  addSettings(search.command('misses'), places)
    .description('List what was looked for without result within the last day.')
    .option('--limit <n>', 'At most so many', '50')
    .option('--json', 'Print JSON')
    .action(zeroResults);
}

async function put(file: string, flags: Flags): Promise<void> {
  const { version, synonyms, weights } = await read(file);
  await withOperator(flags, async (operator) => {
    const body = { ...(version !== undefined && { version }), synonyms, weights };
    const answer = (await operator.request('PUT', settingsPath, body)) as Partial<Settings>;
    print(answer.version === undefined ? 'accepted: it will show in a moment' : `version ${answer.version}`);
  });
}

async function read(file: string): Promise<Partial<Settings>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Settings>;
  } catch (error) {
    const problems = `  ${file}: ${reasonOf(error)}`;
    throw new StockstreamError('CONFIG_INVALID', { problems }, error);
  }
}

function zeroResults(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const limit = encodeURIComponent(String(flags.limit));
    const page = (await operator.request('GET', `/v1/admin/search/zero-results?limit=${limit}`)) as ZeroResults;
    if (flags.json === true) return printJson(page);
    print(table(page.searches.map(({ count, language, text }) => ({ count, language, text }))));
  });
}
