// Reconciliation as a process has it: one run at a time, on command or at an interval; the last report; its figures; and
// repairs of what the last run found.
import { Gauge, type Registry } from 'prom-client';
import { sleep } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type {
  Depth,
  Reconciliation,
  ReconciliationReport,
  ReconciliationState,
  RepairOutcome,
  RepairRequest,
  ViewCheck,
} from '../../gateway/reconciliation.ts';
import { type CheckName, checkList, type Finding } from '../../processors/reconcile/finding.ts';
import type { ViewSet } from '../view-sets.ts';
import { clock } from '../wire/places.ts';
import { checkView } from './check-view.ts';
import { repairFinding } from './repair.ts';
import { type ReconcileParts, type RunResult, runReconciliation } from './run.ts';

export interface ReconcilerParts extends Omit<ReconcileParts, 'documents' | 'generation'> {
  /** The set of views that answers; a run and a repair look at one. */
  readonly views: () => ViewSet;
  readonly logger: Logger;
  readonly random: Random;
  /** Where its figures go; absent for none. */
  readonly metrics?: Registry | undefined;
}

const mostFindings = 1_000;
const usualPatienceMs = 30_000;
const mostLogged = 20;

export class Reconciler implements Reconciliation {
  readonly #parts: ReconcilerParts;
  readonly #stopping = new AbortController();
  readonly #figures: Figures | undefined;
  #running: ReconciliationState['running'] = null;
  #last: ReconciliationReport | null = null;
  #findings = new Map<string, Finding>();
  #done: Promise<void> = Promise.resolve();

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#figures = parts.metrics && createReconciliationFigures(parts.metrics);
  }

  state(): ReconciliationState {
    return { running: this.#running, last: this.#last };
  }

  start(depth: Depth): string {
    if (this.#running !== null) return this.#running.id;
    const id = this.#parts.random.uuid();
    this.#running = { id, depth, startedAt: clock.now(), step: 'start' };
    this.#done = this.#run(id, depth);
    return id;
  }

  async checkView(name: string, repair: boolean): Promise<ViewCheck | undefined> {
    const { views, openArchive, patienceMs = usualPatienceMs } = this.#parts;
    const archive = await openArchive();
    const parts = { ...this.#parts, set: views(), archive, signal: this.#stopping.signal, patienceMs };
    return await checkView(parts, name, repair).finally(() => archive.close());
  }

  async repair({ findings, actor, reason }: RepairRequest): Promise<RepairOutcome[]> {
    const outcomes: RepairOutcome[] = [];
    for (const id of this.#inOrder(findings)) {
      const finding = this.#findings.get(id);
      if (finding === undefined) {
        outcomes.push({ id, outcome: 'refused', detail: 'the last run has no such finding' });
        continue;
      }
      const parts = { ...this.#parts, ...this.#parts.views(), signal: this.#stopping.signal };
      const why = reason === '' ? id : `${id}: ${reason}`;
      const order = { repairId: this.#parts.random.uuid(), actor, reason: why };
      outcomes.push({ id, ...(await repairFinding(parts, finding, order)) });
    }
    return outcomes;
  }

  /**
   * Runs again and again, `seconds` apart, until it is stopped. `isOurs`: whether this process is the one of the
   * application that does it now.
   */
  async keepOn(seconds: number, isOurs: () => Promise<boolean>): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await sleep(clock, seconds * 1_000, signal);
      if (signal.aborted) return;
      if (!(await isOurs().catch(() => false))) continue;
      this.start('recent');
      await this.#done;
    }
  }

  /** Gives up what runs. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  /** Stocks first: what is done to orders and holds changes them, and then they would be left alone. */
  #inOrder(ids: readonly string[]): string[] {
    const isOfStock = (id: string) => this.#findings.get(id)?.repair?.kind === 'correct-stock';
    return [...ids.filter(isOfStock), ...ids.filter((id) => !isOfStock(id))];
  }

  async #run(id: string, depth: Depth): Promise<void> {
    const { logger } = this.#parts;
    const startedAt = clock.now();
    const onStep = (step: string) => {
      this.#running = { id, depth, startedAt, step };
    };
    let result: RunResult;
    try {
      const parts = { ...this.#parts, ...this.#parts.views() };
      result = await runReconciliation(parts, { depth, signal: this.#stopping.signal, onStep });
    } catch (error) {
      // Whatever it is, the next run may do better; the shop goes on.
      logger.warn({ err: error }, 'reconciliation was not finished');
      result = { counts: {}, findings: [], notes: [`it was not finished: ${reasonOf(error)}`] };
    }
    const report = reportOf({ id, depth, startedAt, endedAt: clock.now() }, result);
    this.#findings = new Map(result.findings.map((finding) => [finding.id, finding]));
    this.#last = report;
    this.#running = null;
    this.#figures?.show(report);
    const wrong = report.findings.filter(({ severity }) => severity === 'error');
    if (wrong.length > 0)
      logger.error(
        { findings: wrong.slice(0, mostLogged).map(({ id: each }) => each) },
        'reconciliation found what must not be',
      );
  }
}

type Frame = Pick<ReconciliationReport, 'id' | 'depth' | 'startedAt' | 'endedAt'>;

function reportOf(frame: Frame, { counts, findings, notes }: RunResult): ReconciliationReport {
  const names = Object.keys(checkList) as CheckName[];
  const checks = names.map((check) => {
    const { checked = 0, unsettled = 0 } = counts[check] ?? {};
    const own = findings.filter((finding) => finding.check === check);
    const errors = own.filter(({ severity }) => severity === 'error').length;
    const { compares } = checkList[check];
    return { check, compares, checked, unsettled, errors, warnings: own.length - errors };
  });
  const sorted = [...findings].sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
  const isWrong = checks.some(({ errors }) => errors > 0);
  return {
    ...frame,
    verdict: isWrong ? 'wrong' : notes.length > 0 ? 'incomplete' : 'clean',
    checks,
    findings: sorted
      .slice(0, mostFindings)
      .map(({ repair, ...finding }) => ({ ...finding, repair: repair?.kind ?? null })),
    notes,
  };
}

interface Figures {
  show(report: ReconciliationReport): void;
}

export function createReconciliationFigures(registry: Registry): Figures {
  const registers = [registry];
  const findings = new Gauge({
    name: 'reconciliation_findings',
    help: 'What the last reconciliation of this process found wrong, by check',
    labelNames: ['check', 'severity'],
    registers,
  });
  const seconds = new Gauge({
    name: 'reconciliation_duration_seconds',
    help: 'How long the last reconciliation of this process took',
    labelNames: ['depth'],
    registers,
  });
  const ended = new Map<string, number>();
  new Gauge({
    name: 'reconciliation_age_seconds',
    help: 'How long ago the last finished reconciliation of this process ended',
    labelNames: ['depth'],
    registers,
    collect() {
      for (const [depth, at] of ended) this.set({ depth }, (clock.monotonic() - at) / 1000);
    },
  });
  return {
    show(report) {
      for (const { check, errors, warnings } of report.checks) {
        findings.set({ check, severity: 'error' }, errors);
        findings.set({ check, severity: 'warning' }, warnings);
      }
      seconds.set({ depth: report.depth }, (report.endedAt - report.startedAt) / 1000);
      ended.set(report.depth, clock.monotonic());
    },
  };
}
