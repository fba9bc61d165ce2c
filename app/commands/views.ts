// `views`: what is read from, folded from the log. One view emptied and filled again; or all of them a second time, beside
// those that answer, compared and switched to.
import type { Command } from 'commander';
import { sleep } from '../../base/clock.ts';
import type { ViewCheck } from '../../gateway/reconciliation.ts';
import type { GenerationCheckState, GenerationList } from '../../gateway/view-generations.ts';
import { addSettings } from '../flags.ts';
import type { Operator } from '../operator.ts';
import { print, printJson, table, working } from '../output.ts';
import { clock } from '../wire/places.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

const path = '/v1/admin/views/generations';
const lookAgainMs = 200;

export function addViews(program: Command): void {
  const views = program
    .command('views')
    .description('What is read from: documents, search, caches, folded from the log.');
  addSettings(views.command('rebuild <name>'), places)
    .description('Empty a view and fill it again from the log.')
    .action(rebuild);
  addSettings(views.command('list'), places)
    .description('Which generations of the views there are, which one answers, how far the other is.')
    .option('--json', 'Print JSON')
    .action((flags: Flags) => withOperator(flags, async (operator) => show(await list(operator), flags)));
  addSettings(views.command('begin'), places)
    .description('Fill another generation of all views beside the one that answers, and wait until it has caught up.')
    .action(begin);
  addSettings(views.command('check <view>'), places)
    .description(
      'Compare a view with the log, or a generation of all with the one that answers. Ends with 1 if they differ.',
    )
    .option('--repair', 'Set the view right: documents one by one, the search and ranks by a rebuild')
    .option('--json', 'Print JSON')
    .action((name: string, flags: Flags) => (/^g[1-9]\d*$/.test(name) ? check(name, flags) : checkView(name, flags)));
  addSettings(views.command('switch <generation>'), places)
    .description('Let it answer; the one before is filled further, to switch back to.')
    .option('--force', 'Even if it was not compared, or lags')
    .action(activate);
  addSettings(views.command('drop <generation>'), places)
    .description('Fill it no more, and drop what it stored.')
    .action(drop);
}

function rebuild(name: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    await operator.request('POST', `/v1/admin/views/${encodeURIComponent(name)}/rebuild`);
    print(`View ${name} is emptied, and fills again from the log while a worker runs.`);
  });
}

function begin(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const { generation } = (await operator.request('POST', path, {})) as { generation: string };
    await working(`Filling ${generation}`, caughtUp(operator, generation));
    print(`${generation} has caught up with the log. Next: stockstream views check ${generation}`);
  });
}

/** As soon as it lags no more at one moment: records come all the time. */
async function caughtUp(operator: Operator, generation: string): Promise<void> {
  for (;;) {
    const { generations } = await list(operator);
    const lag = generations.find(({ name }) => name === generation)?.lag;
    if (lag === 0 || lag === undefined) return;
    await sleep(clock, lookAgainMs);
  }
}

function check(generation: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    await operator.request('POST', `${path}/${encodeURIComponent(generation)}/check`, {});
    const result = await working('Comparing', checked(operator));
    if (result.state === 'failed' || result.differences > 0) process.exitCode = 1;
    if (flags.json === true) return printJson(result);
    if (result.state === 'failed') return print(`It was not finished: ${result.reason}`);
    for (const { subject, expected, found } of result.examples) {
      print(`${subject}\n  expected: ${expected || 'nothing'}\n  found:    ${found || 'nothing'}`);
    }
    const verdict = result.differences === 0 ? 'all the same' : `${result.differences} differ`;
    print(`${result.compared} were compared: ${verdict}.`);
  });
}

function checkView(name: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const place = `/v1/admin/views/${encodeURIComponent(name)}/check`;
    const asked = operator.request('POST', place, { repair: flags.repair === true });
    const found = (await working('Comparing', asked)) as ViewCheck;
    if (found.outcome === 'different' || found.outcome === 'passing') process.exitCode = 1;
    if (flags.json === true) return printJson(found);
    for (const { subject, expected, found: there } of found.examples) {
      print(`${subject}\n  expected: ${expected || 'nothing'}\n  found:    ${there || 'nothing'}`);
    }
    const verdict = found.differences === 0 ? 'all the same' : `${found.differences} differ`;
    print(`${found.compared} were compared with the log: ${verdict}.${outcomes[found.outcome]}`);
  });
}

const outcomes: { readonly [Outcome in ViewCheck['outcome']]: string } = {
  same: '',
  different: '',
  repaired: ' They are set right.',
  rebuild: ' The view is emptied, and fills again from the log while a worker runs.',
  passing: ' They end by themselves within a minute.',
};

async function checked(operator: Operator): Promise<GenerationCheckState> {
  for (;;) {
    const { check: state } = await list(operator);
    if (state !== null && state.state !== 'running') return state;
    await sleep(clock, lookAgainMs);
  }
}

function activate(generation: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const body = { force: flags.force === true };
    show(
      (await operator.request('POST', `${path}/${encodeURIComponent(generation)}/activate`, body)) as GenerationList,
      flags,
    );
  });
}

function drop(generation: string, flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    show((await operator.request('DELETE', `${path}/${encodeURIComponent(generation)}`)) as GenerationList, flags);
  });
}

async function list(operator: Operator): Promise<GenerationList> {
  return (await operator.request('GET', path)) as GenerationList;
}

function show({ generations, ...rest }: GenerationList, flags: Flags): void {
  if (flags.json === true) {
    printJson({ generations, ...rest });
    return;
  }
  const rows = generations.map(({ name, state, lag, checked: found }) => {
    const verdict = found ? `${found.differences} of ${found.compared} differ from ${found.against}` : 'never';
    return { generation: name, state, lag, checked: verdict };
  });
  print(table(rows));
}
