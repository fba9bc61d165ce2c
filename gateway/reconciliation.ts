// What the gateway asks of whoever reconciles: to look whether everything agrees, to say what was found, and to set
// findings right. The app implements it; the rules are processors/reconcile/.

/** `recent` looks at all state and at the end of each topic; `full` at everything that the log has. */
export type Depth = 'recent' | 'full';

export interface ReportedFinding {
  /** The same for the same finding in every run. */
  readonly id: string;
  readonly check: string;
  readonly severity: 'error' | 'warning';
  /** The order, product or document that it is about. */
  readonly subject: string;
  /** Where it was found, in words. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  /** What would mend it, null where only a person can. */
  readonly repair: string | null;
}

export interface CheckReport {
  readonly check: string;
  /** What is held against what. */
  readonly compares: string;
  readonly checked: number;
  /** Of these, what was moving too much to be compared. */
  readonly unsettled: number;
  readonly errors: number;
  readonly warnings: number;
}

export interface ReconciliationReport {
  readonly id: string;
  readonly depth: Depth;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `clean`: no error. `incomplete`: it could not look at everything, and found no error in the rest. */
  readonly verdict: 'clean' | 'wrong' | 'incomplete';
  readonly checks: readonly CheckReport[];
  /** At most a thousand, errors first; `checks` counts all. */
  readonly findings: readonly ReportedFinding[];
  /** What could not be looked at, and why. */
  readonly notes: readonly string[];
}

export interface ReconciliationState {
  /** The run that goes on, if one does. */
  readonly running: {
    readonly id: string;
    readonly depth: Depth;
    readonly startedAt: number;
    /** What is being looked at, in words. */
    readonly step: string;
  } | null;
  /** Of the last run of this process. */
  readonly last: ReconciliationReport | null;
}

/** `asked`: its answer stands where it will be given; `refused`: nothing was changed, `detail` says why. */
export interface RepairOutcome {
  readonly id: string;
  readonly outcome: 'asked' | 'done' | 'refused';
  readonly detail: string;
}

export interface RepairRequest {
  /** Ids of findings of the last run. */
  readonly findings: readonly string[];
  /** The user id of who asks. */
  readonly actor: string;
  /** The operator's words. */
  readonly reason: string;
}

export interface Reconciliation {
  /** Holds one view against the log. Undefined if there is no such view. @throws RECONCILIATION_INCOMPLETE if it lags */
  checkView(name: string, repair: boolean): Promise<ViewCheck | undefined>;
  state(): ReconciliationState;
  /** Starts a run; gives its id, or that of the one that goes on. */
  start(depth: Depth): string;
  /** One after the other, each told in the audit. */
  repair(request: RepairRequest): Promise<readonly RepairOutcome[]>;
}

export interface ViewDifference {
  /** `stock/lamp` */
  readonly subject: string;
  /** As the log says. */
  readonly expected: string;
  readonly found: string;
}

/** What came out when a view was held against a fold of its topic. */
export interface ViewCheck {
  readonly view: string;
  readonly compared: number;
  readonly differences: number;
  /** The first of them. */
  readonly examples: readonly ViewDifference[];
  /** `rebuild`: only starting it over mends it. `passing`: it ends by itself within a minute. */
  readonly outcome: 'same' | 'different' | 'repaired' | 'rebuild' | 'passing';
}
