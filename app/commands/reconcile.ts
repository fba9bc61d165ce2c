// `reconcile` and `audit`: whether stock, orders, payments and views agree; setting right what doesn't; and what was set
// right by whom.
import type { Command } from 'commander';
import { sleep } from '../../base/clock.ts';
import type { AuditPage } from '../../gateway/audit.ts';
import type { ReconciliationReport, ReconciliationState, RepairOutcome } from '../../gateway/reconciliation.ts';
import { addSettings } from '../flags.ts';
import type { Operator } from '../operator.ts';
import { print, printJson, table, working } from '../output.ts';
import { clock } from '../wire/places.ts';
import { type Flags, places, withOperator } from './operator-verb.ts';

const path = '/v1/admin/reconciliation';
const lookAgainMs = 100;
/** As many as one request takes. */
const repairsAtOnce = 100;

export function addReconcile(program: Command): void {
  addSettings(program.command('reconcile'), places)
    .description('Hold stock, orders, payments, views and log against each other. Ends with 1 if something is wrong.')
    .option('--recent', 'Only the end of each topic, not all of it')
    .option('--repair', 'Set right what can be; needs --reason')
    .option('--reason <words>', 'Why it is set right: goes into the audit')
    .option('--json', 'Print JSON')
    .action(reconcile);
  addSettings(program.command('audit'), places)
    .description('List what was set right, by whom and why, the newest first.')
    .option('--limit <n>', 'At most so many', '50')
    .option('--cursor <cursor>', 'Go on after a page')
    .option('--json', 'Print JSON')
    .action(audit);
}

function reconcile(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const depth = flags.recent === true ? 'recent' : 'full';
    const report = await working('Reconciling', run(operator, depth));
    const repairs = flags.repair === true ? await repair(operator, report, flags.reason) : [];
    if (report.verdict !== 'clean') process.exitCode = report.verdict === 'wrong' ? 1 : 2;
    if (flags.json === true) return printJson({ ...report, ...(flags.repair === true && { repairs }) });
    show(report);
    for (const { id, outcome, detail } of repairs) print(`${outcome}: ${id}: ${detail}`);
  });
}

/** One that runs already may look less deep: then another is run after it. */
async function run(operator: Operator, depth: string): Promise<ReconciliationReport> {
  for (;;) {
    const { id } = (await operator.request('POST', path, { depth })) as { id: string };
    let state: ReconciliationState;
    do {
      await sleep(clock, lookAgainMs);
      state = (await operator.request('GET', path)) as ReconciliationState;
    } while (state.running?.id === id);
    if (state.last?.id === id && state.last.depth === depth) return state.last;
  }
}

async function repair(
  operator: Operator,
  { findings }: ReconciliationReport,
  reason: unknown,
): Promise<RepairOutcome[]> {
  const ids = findings.filter((finding) => finding.repair !== null).map(({ id }) => id);
  const outcomes: RepairOutcome[] = [];
  for (let from = 0; from < ids.length; from += repairsAtOnce) {
    const body = { findings: ids.slice(from, from + repairsAtOnce), reason };
    const { repairs } = (await operator.request('POST', `${path}/repair`, body)) as { repairs: RepairOutcome[] };
    outcomes.push(...repairs);
  }
  return outcomes;
}

function show({ depth, startedAt, endedAt, checks, findings, notes, verdict }: ReconciliationReport): void {
  const rows = checks.map(({ check, checked, unsettled, errors, warnings, compares }) => {
    return { check, checked, unsettled, errors, warnings, compares };
  });
  print(table(rows));
  for (const { severity, id, where, expected, found, repair: mends } of findings) {
    print(`\n${severity} ${id} (${where})\n  expected: ${expected}\n  found:    ${found}`);
    print(`  repair:   ${mends ?? 'none: a person must look'}`);
  }
  for (const note of notes) print(`\nnot looked at: ${note}`);
  print(`\n${verdict}: a ${depth} look of ${((endedAt - startedAt) / 1000).toFixed(1)} s`);
}

function audit(flags: Flags): Promise<void> {
  return withOperator(flags, async (operator) => {
    const query = new URLSearchParams({ limit: String(flags.limit) });
    if (typeof flags.cursor === 'string') query.set('cursor', flags.cursor);
    const page = (await operator.request('GET', `/v1/admin/audit?${query}`)) as AuditPage;
    if (flags.json === true) return printJson(page);
    const rows = page.entries.map(({ at, actor, action, subject, outcome, reason }) => {
      return { at: new Date(at).toISOString(), actor, action, subject, outcome, reason };
    });
    print(table(rows));
    if (page.cursor !== undefined) print(`More with --cursor ${page.cursor}`);
  });
}
