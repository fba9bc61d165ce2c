// The payment provider's books against the orders: who is placed has paid, who isn't or has ended has nothing with the
// provider, and no payment is without an order. Questions and answers take their time and news may come late, so what is
// wrong must be wrong in the same way at two looks, and the provider must have been quiet about it for a while.
import type { OrderFact, TaskFacts } from './examine-task.ts';
import { type Finding, Findings, type FoundPart } from './finding.ts';

/** A payment as the provider's own books have it; amounts in the currency's minor unit. */
export interface PaymentFact {
  readonly orderId: string;
  readonly reference: string;
  readonly status: 'pending' | 'authorized' | 'captured' | 'refunded' | 'voided' | 'declined';
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly currency: string;
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number;
}

/** What is known of an order that its task has forgotten, from the view of orders. */
export interface ForgottenOrder {
  readonly customerId: string;
  readonly amount: number;
  readonly currency: string;
  /** Whether it is paid; undefined while it is on its way. */
  readonly isPaid: boolean | undefined;
}

export interface PaymentLook {
  readonly tasks: readonly TaskFacts[];
  readonly payments: readonly PaymentFact[];
  /** By order id; of the payments whose orders are in no task. */
  readonly forgotten: ReadonlyMap<string, ForgottenOrder>;
}

export interface PaymentLooks {
  readonly first: PaymentLook;
  readonly second: PaymentLook;
  /** Whether the payments are all that the provider has: else a missing one says nothing. */
  readonly isWhole: boolean;
  /** The provider must not have changed a payment since, in milliseconds since the Unix epoch. */
  readonly quietSince: number;
}

export function comparePayments({ first, second, isWhole, quietSince }: PaymentLooks): FoundPart {
  const before = new Map(suspicions(first, isWhole, quietSince).found.map((each) => [each.finding.id, each.state]));
  const { found, checked } = suspicions(second, isWhole, quietSince);
  const findings = new Findings();
  for (const check of ['payment-taken', 'payment-left', 'payment-unknown'] as const) findings.checked(check, checked);
  for (const { finding, state } of found) if (before.get(finding.id) === state) findings.add(finding);
  return findings.part;
}

interface Suspicion {
  readonly finding: Finding;
  readonly state: string;
}

/** All payments of one order. */
interface Books {
  readonly orderId: string;
  readonly setAside: number;
  readonly taken: number;
  readonly currencies: ReadonlySet<string>;
  readonly isPending: boolean;
  readonly updatedAt: number;
  readonly references: readonly string[];
}

const none: Omit<Books, 'orderId'> = {
  setAside: 0,
  taken: 0,
  currencies: new Set(),
  isPending: false,
  updatedAt: 0,
  references: [],
};

function suspicions({ tasks, payments, forgotten }: PaymentLook, isWhole: boolean, quietSince: number) {
  const orders = new Map(tasks.flatMap((task) => task.orders).map((order) => [order.orderId, order]));
  const books = new Map(
    [...Map.groupBy(payments, ({ orderId }) => orderId)].map(([orderId, each]) => [orderId, booksOf(orderId, each)]),
  );
  const found: Suspicion[] = [];
  for (const [orderId, kept] of books) {
    if (kept.updatedAt > quietSince || kept.isPending) continue;
    const order = orders.get(orderId);
    const finding = order ? judge(order, kept) : judgeForgotten(kept, forgotten.get(orderId));
    if (finding) found.push({ finding, state: JSON.stringify([order?.phase, order?.sequence, kept]) });
  }
  for (const order of isWhole ? orders.values() : []) {
    if (order.money !== 'taken' || order.price === undefined || books.has(order.orderId)) continue;
    const finding = judge(order, { orderId: order.orderId, ...none });
    if (finding) found.push({ finding, state: JSON.stringify([order.phase, order.sequence]) });
  }
  return { found, checked: new Set([...books.keys(), ...(isWhole ? orders.keys() : [])]).size };
}

function booksOf(orderId: string, payments: readonly PaymentFact[]): Books {
  const sum = (of: (payment: PaymentFact) => number) => payments.reduce((total, each) => total + of(each), 0);
  return {
    orderId,
    setAside: sum(({ status, authorized }) => (status === 'authorized' ? authorized : 0)),
    taken: sum(({ captured, refunded }) => captured - refunded),
    currencies: new Set(payments.map(({ currency }) => currency)),
    isPending: payments.some(({ status }) => status === 'pending'),
    updatedAt: Math.max(...payments.map(({ updatedAt }) => updatedAt)),
    references: payments.map(({ reference }) => reference),
  };
}

function judge(order: OrderFact, books: Books): Finding | undefined {
  const { orderId, phase, money, customerId, price, paymentReference } = order;
  switch (money) {
    case 'asked':
      return undefined;
    case 'nothing': {
      // Of an order that goes on, the money may be on its way back by itself: a person looks.
      const mayMend = order.lines.every(({ claim }) => claim === 'ended') && phase.startsWith('Cancelled');
      return left(books, `the order is ${phase}`, mayMend ? customerId : undefined);
    }
    case 'taken': {
      if (price === undefined) return left(books, 'the order is not paid through us', undefined);
      const { amount, currency } = price;
      if (books.taken === amount && isIn(books, currency)) return undefined;
      const mayCapture = books.taken === 0 && books.setAside === amount && isIn(books, currency);
      return {
        id: `payment-taken:${orderId}`,
        check: 'payment-taken',
        severity: 'error',
        subject: orderId,
        where: placeOf(books),
        expected: `${amount} ${currency} taken: the order is ${phase}`,
        found: told(books),
        ...(mayCapture &&
          customerId !== undefined &&
          paymentReference !== undefined && {
            repair: { kind: 'capture-payment', orderId, customerId, paymentReference, amount, currency },
          }),
      };
    }
  }
}

function judgeForgotten(books: Books, order: ForgottenOrder | undefined): Finding | undefined {
  const { orderId } = books;
  if (order === undefined) {
    if (books.taken === 0 && books.setAside === 0) return undefined;
    return {
      id: `payment-unknown:${orderId}`,
      check: 'payment-unknown',
      severity: 'error',
      subject: orderId,
      where: placeOf(books),
      expected: 'no payment: there is no such order',
      found: told(books),
    };
  }
  if (order.isPaid === undefined) return undefined;
  if (!order.isPaid) return left(books, 'the order has ended', order.customerId);
  const { amount, currency } = order;
  if (books.taken === amount && isIn(books, currency)) return undefined;
  return {
    id: `payment-taken:${orderId}`,
    check: 'payment-taken',
    severity: 'error',
    subject: orderId,
    where: placeOf(books),
    expected: `${amount} ${currency} taken, as the order says`,
    found: told(books),
  };
}

/** `customerId`: of an order whose money may be given back without asking anybody. */
function left(books: Books, why: string, customerId: string | undefined): Finding | undefined {
  const { orderId, setAside, taken, currencies } = books;
  if (taken <= 0 && setAside <= 0) return undefined;
  const [currency] = currencies;
  const amount = taken > 0 ? taken : setAside;
  return {
    id: `payment-left:${orderId}`,
    check: 'payment-left',
    severity: 'error',
    subject: orderId,
    where: placeOf(books),
    expected: `nothing set aside or taken: ${why}`,
    found: told(books),
    ...(customerId !== undefined &&
      currency !== undefined && {
        repair: { kind: taken > 0 ? 'refund-payment' : 'void-payment', orderId, customerId, amount, currency },
      }),
  };
}

function isIn({ currencies }: Books, currency: string): boolean {
  return [...currencies].every((each) => each === currency);
}

function told({ setAside, taken, currencies }: Books): string {
  if (currencies.size === 0) return 'no payment';
  return `${taken} taken and ${setAside} set aside (${[...currencies].join(', ')})`;
}

function placeOf({ references }: Books): string {
  return references.length === 0 ? 'the provider' : `the provider's ${references.join(', ')}`;
}
