// The checkers by name: one promise each. Adding one is a function, an entry here, and a canary that it catches.
import type { Evidence, Violation } from '../evidence.ts';
import type { Incident } from '../worker.ts';
import { checkCancellations } from './cancellations.ts';
import { checkDeadLetters } from './dead-letters.ts';
import { checkIdempotence } from './idempotence.ts';
import { checkLog } from './log.ts';
import { checkOrders } from './orders.ts';
import { checkProgress } from './progress.ts';
import { checkQuarantine } from './quarantine.ts';
import { checkState } from './state.ts';
import { checkStock } from './stock.ts';
import { checkUndersell } from './undersell.ts';
import { checkVariants } from './variants.ts';
import { checkViews } from './views.ts';

type Checker = (evidence: Evidence) => Violation[];

const checkers: readonly Checker[] = [
  checkIncidents,
  checkLog,
  checkProgress,
  checkStock,
  checkUndersell,
  checkOrders,
  checkCancellations,
  checkIdempotence,
  checkState,
  checkDeadLetters,
  checkQuarantine,
  checkVariants,
  checkViews,
];

/** All that is wrong; incidents first, for they tend to be the cause. */
export function checkAll(evidence: Evidence): Violation[] {
  return checkers.flatMap((check) => check(evidence));
}

const promises: Readonly<Record<Incident['kind'], string>> = {
  'wiped state': 'no wipe',
  'read state again': 'no wipe',
  'thread failed': 'threads go on',
  'background error': 'threads go on',
  'stands still': 'all work is done',
};

/** Of every promise that is checked. */
export const checkerNames: readonly string[] = [
  ...Object.values(promises),
  'the log keeps what it acknowledged',
  'progress',
  'no oversell',
  'no undersell',
  'every accepted order ends',
  'idempotent everywhere',
  'state equals its changelog',
  'dead letters are the poison',
  'variants follow',
  'views equal the log',
  'replay gives the same',
  'any disk can come back',
  'checkpoints are what they say',
  'each key in its order, exactly once',
];

/** What was seen while it ran. */
function checkIncidents({ incidents }: Evidence): Violation[] {
  return incidents.map(({ kind, what }) => ({ checker: promises[kind], what: `${kind}: ${what}` }));
}
