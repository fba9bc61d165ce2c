// What a task knows of its orders against the log: every submitted order is known or was decided, the steps of an order
// are numbered without a gap, and the last of them is the one that its state stands at.
import type { OrderEvent } from '../../schemas/types.generated.ts';
import type { IsIn } from './compare-stock.ts';
import type { OrderFact, TaskFacts } from './examine-task.ts';
import { Findings, type FoundPart } from './finding.ts';

interface History {
  readonly first: number;
  last: number;
  at: number;
  /** The last step that certainly is in the snapshot, and the last that may be. */
  lastIn: number;
  lastMaybe: number;
  type: OrderEvent['event']['type'];
  /** Steps that don't follow the one before. */
  readonly breaks: string[];
}

/** A submitted order, where it stands in the log. */
export interface Submitted {
  readonly orderId: string;
  readonly partition: number;
  readonly offset: number;
}

/** After these the task forgets the order some day. */
const ends: ReadonlySet<OrderEvent['event']['type']> = new Set([
  'OrderRejected',
  'OrderCancelled',
  'PaymentReturned',
  'OrderDelivered',
  'OrderRefunded',
]);

/** Takes the steps of orders, and the submitted orders, each in the order of the log. */
export class OrderComparer {
  readonly #orders = new Map<string, { readonly order: OrderFact; readonly task: string }>();
  readonly #histories = new Map<string, History>();
  readonly #submitted = new Map<string, Submitted>();

  constructor(tasks: readonly TaskFacts[]) {
    for (const { task, orders } of tasks) for (const order of orders) this.#orders.set(order.orderId, { order, task });
  }

  event({ orderId, sequence, at, event: { type } }: OrderEvent, isIn: IsIn): void {
    const before = this.#histories.get(orderId);
    const steps = {
      last: sequence,
      at,
      type,
      lastIn: isIn === 'yes' ? sequence : (before?.lastIn ?? 0),
      lastMaybe: isIn === 'no' ? (before?.lastMaybe ?? 0) : sequence,
    };
    if (before === undefined) {
      this.#histories.set(orderId, { first: sequence, breaks: [], ...steps });
      return;
    }
    if (sequence !== before.last + 1) before.breaks.push(`${sequence} after ${before.last}`);
    Object.assign(before, steps);
  }

  /** An order that its task had taken when the snapshot was made, and that it can't have forgotten yet. */
  submitted(order: Submitted): void {
    this.#submitted.set(order.orderId, order);
  }

  /** The time of the last step in the log that was given, in milliseconds since the Unix epoch. */
  lastStepOf(orderId: string): number | undefined {
    return this.#histories.get(orderId)?.at;
  }

  /** `isWhole`: every step that the log has was given; else only late ones. */
  finish(isWhole: boolean): FoundPart {
    const findings = new Findings();
    for (const [orderId, history] of this.#histories) this.#checkHistory({ orderId, history, isWhole, findings });
    for (const [orderId, { order, task }] of this.#orders) {
      if (!isWhole || this.#histories.has(orderId) || order.phase === 'CancelledEarly') continue;
      const expected = `the steps of an order that is ${order.phase}`;
      findings.checked('order-history');
      findings.add({ check: 'order-history', subject: orderId, where: task, expected, found: 'no step in the log' });
    }
    for (const { orderId, partition, offset } of this.#submitted.values()) {
      findings.checked('order-decided');
      if (this.#orders.has(orderId) || this.#histories.has(orderId)) continue;
      findings.add({
        check: 'order-decided',
        subject: orderId,
        where: `the order's record ${partition}@${offset}`,
        expected: 'a decision, or a state on the way to one',
        found: 'neither state nor steps; perhaps it is a dead letter',
        repair: { kind: 'submit-again', orderId, partition, offset },
      });
    }
    return findings.part;
  }

  #checkHistory({ orderId, history, isWhole, findings }: HistoryCheck): void {
    const { first, breaks, lastIn, lastMaybe, type } = history;
    const known = this.#orders.get(orderId);
    const sequence = known?.order.sequence;
    findings.checked('order-history');
    const wrong: string[] = [...breaks];
    if (isWhole && first !== 1) wrong.push(`the first is ${first}`);
    // Late steps alone: what is in the snapshot begins somewhere before them.
    if (sequence !== undefined && lastMaybe > 0 && (sequence < lastIn || sequence > lastMaybe)) {
      wrong.push(`the last is ${lastIn === lastMaybe ? lastIn : `${lastIn} to ${lastMaybe}`}`);
    }
    if (known === undefined && lastIn > 0 && !ends.has(type)) wrong.push(`its last step is ${type}, and no state`);
    if (wrong.length === 0) return;
    findings.add({
      check: 'order-history',
      subject: orderId,
      where: known?.task ?? 'the log',
      expected: sequence === undefined ? 'steps 1, 2, 3 and so on' : `steps 1 to ${sequence}, as its state says`,
      found: wrong.join('; '),
    });
  }
}

interface HistoryCheck {
  readonly orderId: string;
  readonly history: History;
  readonly isWhole: boolean;
  readonly findings: Findings;
}
