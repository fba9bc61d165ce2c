// What reconciliation says: the list of its checks, what one of them found wrong, and what would mend it. Rules only
// compare facts that they are given; they read nothing and change nothing.
import type { WarehouseStock } from '../../schemas/types.generated.ts';

/**
 * Every check by name: what it holds against what, and how it keeps what is merely on its way from looking wrong.
 * A check over one snapshot of one task is exact. Others compare up to one moment of the task's time, or look twice, with
 * all that was in the log at the first look taken before the second.
 */
export const checkList = {
  'stock-held': {
    compares: 'units held in a warehouse with the holds of open orders',
    tolerance: 'none: both are in one snapshot of a task',
  },
  'stock-law': {
    compares: '0 <= held <= onHand in each warehouse, and takenIn = committed + onHand',
    tolerance: 'none: both are in one snapshot of a task',
  },
  'purchase-limits': {
    compares: 'units that count against a limit a customer with the orders that hold or took them',
    tolerance: 'none: both are in one snapshot of a task; units in excess are not looked for',
  },
  'order-overdue': {
    compares: 'orders that wait for payment with their expiry',
    tolerance: 'a minute past the expiry',
  },
  'order-stuck': {
    compares: 'orders that wait for a provider or a parcel with the time of their last step',
    tolerance: 'a time for each phase; a warning',
  },
  'hold-order': {
    compares: 'open holds with the orders that ask for them, in other tasks',
    tolerance: 'wrong in the same way at two looks',
  },
  'order-hold': {
    compares: 'orders that hold or took units with their holds, in other tasks',
    tolerance: 'wrong in the same way at two looks',
  },
  'order-decided': {
    compares: 'submitted orders that their task has taken with what the task knows',
    tolerance: 'only what the task had taken; not orders that it may have forgotten',
  },
  'order-history': {
    compares: 'the steps of an order in the log with 1, 2, 3 and so on, and the last with its state',
    tolerance: 'steps up to the time of the snapshot',
  },
  'stock-level': {
    compares: 'the stock of a product in its task with what the log says of it',
    tolerance: 'levels up to the time of the snapshot',
  },
  'stock-ledger': {
    compares: 'units ever taken in with the sum of the applied stock changes',
    tolerance: 'changes up to the time of the snapshot; only while the log has all of them',
  },
  view: {
    compares: 'documents of a view with the fold of their topic',
    tolerance: 'each document at the position that it says of itself, once the view has taken what was there',
  },
  'payment-taken': {
    compares: "orders that are paid with the provider's payments",
    tolerance: 'wrong in the same way at two looks, and no news of the payment for a while',
  },
  'payment-left': {
    compares: 'orders that are not paid or have ended with what the provider still has of them',
    tolerance: 'wrong in the same way at two looks, and no news of the payment for a while',
  },
  'payment-unknown': {
    compares: "the provider's payments with the orders",
    tolerance: 'wrong in the same way at two looks, and no news of the payment for a while',
  },
} as const;

export type CheckName = keyof typeof checkList;

export interface Finding {
  /** The same for the same finding in every run. */
  readonly id: string;
  readonly check: CheckName;
  /** A warning needs a person's look; an error breaks a promise. */
  readonly severity: 'error' | 'warning';
  /** The order, product or document that it is about. */
  readonly subject: string;
  /** Where it was found, in words. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  /** What would mend it; absent where only a person can. */
  readonly repair?: Repair;
}

/** What mends a finding. Each is guarded, so that it changes nothing if what it is about has moved on. */
export type Repair =
  | {
      readonly kind: 'correct-stock';
      readonly productId: string;
      /** The stock's, as it was looked at: any other is left alone. */
      readonly version: number;
      readonly warehouses: readonly Pick<WarehouseStock, 'warehouseId' | 'onHand' | 'held'>[];
      readonly takenIn: number;
      readonly committed: number;
    }
  | {
      readonly kind: 'release-hold';
      readonly orderId: string;
      readonly productId: string;
      readonly line: number;
      readonly attempt: number;
      /** Its units count against a limit of its customer, who must be known then. */
      readonly limited: boolean;
    }
  | { readonly kind: 'cancel-order'; readonly orderId: string }
  | { readonly kind: 'submit-again'; readonly orderId: string; readonly partition: number; readonly offset: number }
  | { readonly kind: 'rewrite-document'; readonly collection: string; readonly documentId: string }
  | {
      readonly kind: 'capture-payment';
      readonly orderId: string;
      readonly customerId: string;
      readonly paymentReference: string;
      readonly amount: number;
      readonly currency: string;
    }
  | {
      readonly kind: 'void-payment' | 'refund-payment';
      readonly orderId: string;
      readonly customerId: string;
      readonly amount: number;
      readonly currency: string;
    };

/** What was looked at and what was wrong, gathered over the parts of a run. */
export class Findings {
  readonly #counts = new Map<CheckName, { checked: number; unsettled: number }>();
  readonly #found = new Map<string, Finding>();

  /** `unsettled`: of these, what is moving too much to be compared now. */
  checked(check: CheckName, count = 1, unsettled = 0): void {
    const before = this.#counts.get(check) ?? { checked: 0, unsettled: 0 };
    this.#counts.set(check, { checked: before.checked + count, unsettled: before.unsettled + unsettled });
  }

  add(finding: Omit<Finding, 'id' | 'severity'> & { readonly severity?: Finding['severity'] }): void {
    const id = `${finding.check}:${finding.subject}`;
    this.#found.set(id, { id, severity: 'error', ...finding });
  }

  take(others: FoundPart): void {
    for (const [check, { checked, unsettled }] of Object.entries(others.counts)) {
      this.checked(check as CheckName, checked, unsettled);
    }
    for (const finding of others.findings) this.#found.set(finding.id, finding);
  }

  /** As plain data. */
  get part(): FoundPart {
    return { counts: Object.fromEntries(this.#counts), findings: [...this.#found.values()] };
  }
}

export interface FoundPart {
  readonly counts: { readonly [Name in CheckName]?: { readonly checked: number; readonly unsettled: number } };
  readonly findings: readonly Finding[];
}
