// One run of reconciliation: a snapshot of all tasks, the log against it, a second snapshot behind all that was on its
// way at the first, the views against the log, the provider's books against the orders. Nothing is changed.
import { isStockstreamError, reasonOf } from '../../base/errors.ts';
import type { Log } from '../../log/log.ts';
import { compareHolds } from '../../processors/reconcile/compare-holds.ts';
import { comparePayments, type PaymentFact, type PaymentLook } from '../../processors/reconcile/compare-payments.ts';
import type { OrderFact, TaskFacts } from '../../processors/reconcile/examine-task.ts';
import { type Finding, Findings, type FoundPart } from '../../processors/reconcile/finding.ts';
import type { Topics } from '../../schemas/topics.ts';
import { shopTopology } from '../../topologies/shop.ts';
import type { Archive } from '../../views/archive/archive.ts';
import { collections } from '../../views/collections.ts';
import type { Documents, StoredDocument } from '../../views/documents/documents.ts';
import { viewsInto } from '../views.ts';
import { clock } from '../wire/places.ts';
import { compareLog, endsOf } from './compare-log.ts';
import { compareView } from './compare-view.ts';
import { forgottenOrders, lastStepsIn } from './order-documents.ts';
import { snapshotAfterInputs, snapshotFromNow } from './snapshots.ts';
import { wholeOrders } from './whole-orders.ts';

/** `recent` looks at all state, and at the end of each topic; `full` at everything that the log has. */
export type Depth = 'recent' | 'full';

export interface ReconcileParts {
  readonly log: Log;
  readonly topics: Topics;
  readonly documents: Documents;
  /** Which set of views the documents are of. */
  readonly generation: string;
  readonly appId: string;
  /** The tasks of this process, as their state stands. */
  readonly observe: () => Promise<readonly TaskFacts[]>;
  /** The provider's payments since then; gives undefined where nobody here can ask it. Undefined: there is no provider. */
  readonly payments: ((since: number) => Promise<readonly PaymentFact[] | undefined>) | undefined;
  /** How long tasks and views that lag are waited for, in milliseconds; default 30 s. */
  readonly patienceMs?: number | undefined;
  /** A payment that the provider changed less than so long ago isn't judged yet; milliseconds, default two minutes. */
  readonly paymentQuietMs?: number | undefined;
  /** For one run, which closes it. */
  readonly openArchive: () => Promise<Archive>;
}

export interface RunOptions {
  readonly depth: Depth;
  readonly signal: AbortSignal;
  /** Told what is being looked at, in words. */
  readonly onStep: (step: string) => void;
}

export interface RunResult extends FoundPart {
  /** What could not be looked at, and why. */
  readonly notes: readonly string[];
}

/** Records of each partition at a `recent` look, and what the provider changed since then. */
const recentRecords = 5_000;
const recentPaymentsMs = 2 * 86_400_000;
const usualPatienceMs = 30_000;
/** News of a payment comes at once, or within so long. */
const usualPaymentQuietMs = 120_000;
/** For how long a provider may be silent, and a parcel, in milliseconds. */
const stuckMs = { provider: 15 * 60_000, parcel: 14 * 86_400_000 } as const;
/** So many orders that wait are looked up at most. */
const mostWaiting = 5_000;

/** @throws RECONCILIATION_INCOMPLETE, or what a port throws: it may be tried again */
export async function runReconciliation(parts: ReconcileParts, options: RunOptions): Promise<RunResult> {
  const archive = await parts.openArchive();
  try {
    return await run({ ...parts, archive }, options);
  } finally {
    await archive.close();
  }
}

type OpenParts = ReconcileParts & { readonly archive: Archive };

async function run(parts: OpenParts, options: RunOptions): Promise<RunResult> {
  const { depth, signal, onStep } = options;
  const { paymentQuietMs = usualPaymentQuietMs, patienceMs = usualPatienceMs } = parts;
  const topology = shopTopology(parts.topics);
  const findings = new Findings();
  const notes: string[] = [];
  const reading = { ...parts, patienceMs, signal, tail: depth === 'full' ? Number.POSITIVE_INFINITY : recentRecords };
  const looking = { ...parts, topology, signal };

  onStep('state');
  const ends = await endsOf(reading);
  const first = await snapshotFromNow(looking, patienceMs);
  if (first === undefined) return { ...findings.part, notes: ['tasks were not settled: nothing was looked at'] };
  for (const { found } of first) findings.take(found);

  onStep('log');
  const { found, lastStepOf } = await compareLog(reading, ends, first);
  findings.take(found);

  onStep('orders and holds');
  const books = await lookAtBooks(parts, first, depth);
  const second = await snapshotAfterInputs(looking, patienceMs);
  if (second === undefined) notes.push('tasks lag behind their inputs: holds and payments were not compared');
  else {
    findings.take(compareHolds(first, second));
    onStep('payments');
    const again = await lookAtBooks(parts, second, depth);
    if (typeof books === 'string' || typeof again === 'string') {
      const reason = typeof books === 'string' ? books : again;
      if (parts.payments !== undefined) notes.push(`payments were not compared: ${reason}`);
    } else {
      const looks = { first: books, second: again };
      findings.take(comparePayments({ ...looks, isWhole: depth === 'full', quietSince: clock.now() - paymentQuietMs }));
    }
  }
  findings.take(await findStuck(parts, first, lastStepOf));

  for (const view of viewsInto(parts.documents, parts.topics, parts.generation)) {
    onStep(`view ${view.name}`);
    const complete = (ids: readonly string[], found: readonly (StoredDocument | undefined)[]) =>
      wholeOrders(parts, ids, found);
    const isOfOrders = view.name === collections.orders.name;
    const compared = await compareView({ ...reading, ...(isOfOrders && { complete }) }, view);
    if (compared === undefined) notes.push(`view ${view.name} lags behind: it was not compared`);
    else findings.take(compared);
  }
  return { ...findings.part, notes };
}

/** Or why they can't be seen: the shop is looked at all the same. */
async function lookAtBooks(parts: OpenParts, tasks: readonly TaskFacts[], depth: Depth): Promise<PaymentLook | string> {
  let payments: readonly PaymentFact[] | undefined;
  try {
    payments = await parts.payments?.(depth === 'full' ? 0 : clock.now() - recentPaymentsMs);
  } catch (error) {
    if (!isStockstreamError(error)) throw error;
    return reasonOf(error);
  }
  if (payments === undefined) return 'the provider is asked by workers, and none runs here';
  const known = new Set(tasks.flatMap(({ orders }) => orders.map(({ orderId }) => orderId)));
  const unknown = new Set(payments.map(({ orderId }) => orderId).filter((orderId) => !known.has(orderId)));
  return { tasks, payments, forgotten: await forgottenOrders(parts, [...unknown]) };
}

/** Orders that wait too long for somebody else: no promise is broken, but a person should know. */
async function findStuck(
  parts: OpenParts,
  tasks: readonly TaskFacts[],
  lastStepOf: (orderId: string) => number | undefined,
): Promise<FoundPart> {
  const findings = new Findings();
  const waiting = tasks.flatMap(({ orders }) => orders.filter(({ waitsFor }) => waitsFor !== undefined));
  const looked = waiting.slice(0, mostWaiting);
  const unseen = looked.filter(({ orderId }) => lastStepOf(orderId) === undefined);
  const steps = await lastStepsIn(
    parts,
    unseen.map(({ orderId }) => orderId),
  );
  findings.checked('order-stuck', waiting.length, waiting.length - looked.length);
  for (const order of looked) {
    const finding = stuck(order, lastStepOf(order.orderId) ?? steps.get(order.orderId));
    if (finding !== undefined) findings.add(finding);
  }
  return findings.part;
}

function stuck({ orderId, phase, waitsFor }: OrderFact, lastStep: number | undefined): Omit<Finding, 'id'> | undefined {
  if (waitsFor === undefined || lastStep === undefined) return undefined;
  const silent = clock.now() - lastStep;
  if (silent < stuckMs[waitsFor]) return undefined;
  return {
    check: 'order-stuck',
    severity: 'warning',
    subject: orderId,
    where: 'task state',
    expected: `news of the ${waitsFor} within ${Math.round(stuckMs[waitsFor] / 60_000)} minutes`,
    found: `${phase}, and nothing since ${new Date(lastStep).toISOString()}`,
  };
}
