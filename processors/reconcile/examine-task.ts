// Looks through one snapshot of one task's state: the laws that hold within a task are checked at once, and what other
// tasks, the log and the payment provider are held against is gathered as plain facts, small enough to be sent around.
import type {
  Allocation,
  CustomerPurchases,
  HoldState,
  OrderState,
  StockState,
} from '../../schemas/types.generated.ts';
import { Findings, type FoundPart } from './finding.ts';
import { claimsOf, type LineClaim, type MoneyClaim, type OrderPhase } from './order-claims.ts';

/** How far a task was: its last commit, that commit's time, and the offsets that it reads next. */
export interface TaskPosition {
  readonly task: string;
  readonly partition: number;
  readonly commit: number;
  /** Milliseconds since the Unix epoch; what the task said with a later time isn't in the snapshot, earlier things are. */
  readonly now: number;
  /** Topic to offset. */
  readonly inputs: { readonly [topic: string]: number };
}

/** A line of an order whose product another task may own. */
export interface LineFact {
  readonly line: number;
  readonly productId: string;
  readonly claim: LineClaim;
}

export interface OrderFact {
  readonly orderId: string;
  readonly phase: OrderPhase['type'];
  /** The last event's, where the phase remembers it. */
  readonly sequence: number | undefined;
  readonly customerId: string | undefined;
  readonly attempt: number;
  /** All but the lead; empty for most orders. */
  readonly lines: readonly LineFact[];
  readonly money: MoneyClaim;
  readonly waitsFor: 'provider' | 'parcel' | undefined;
  /** Undefined for an order that isn't paid through us. */
  readonly price: { readonly amount: number; readonly currency: string } | undefined;
  readonly paymentReference: string | undefined;
}

/** A hold of an order whose lead is another product. */
export interface HoldFact {
  readonly productId: string;
  readonly orderId: string;
  readonly line: number;
  readonly phase: HoldState['phase']['type'];
  readonly attempt: number;
  readonly units: number;
  /** Whether its units count against a limit a customer. */
  readonly limited: boolean;
}

export interface StockFact {
  readonly productId: string;
  readonly version: number;
  readonly takenIn: number;
  readonly committed: number;
  readonly warehouses: readonly { readonly warehouseId: string; readonly onHand: number; readonly held: number }[];
}

export interface TaskFacts extends TaskPosition {
  readonly found: FoundPart;
  readonly orders: readonly OrderFact[];
  readonly holds: readonly HoldFact[];
  readonly stocks: readonly StockFact[];
}

export interface ExamineOptions {
  /** The time of whoever looks, in milliseconds since the Unix epoch. */
  readonly now: number;
}

/** An order may be a little late: its task has other things to do. */
const lateMs = 60_000;

/** Takes every entry of a snapshot, in any order, then tells. */
export class TaskExaminer {
  readonly #findings = new Findings();
  readonly #now: number;
  readonly #orders: OrderFact[] = [];
  readonly #holds: HoldFact[] = [];
  readonly #stocks: StockFact[] = [];
  /** By product and warehouse: what open holds add up to. */
  readonly #held = new Map<string, Map<string, number>>();
  /** By product and customer: what counts against a limit, as far as it is known here. */
  readonly #bought = new Map<string, number>();
  readonly #purchases = new Map<string, number>();

  constructor({ now }: ExamineOptions) {
    this.#now = now;
  }

  order(orderId: string, { phase }: OrderState): void {
    const { facts, held, counts, lineOf, money, expires, waitsFor, paymentReference } = claimsOf(phase);
    const [lead, ...others] = facts?.lines ?? [];
    if (lead !== undefined && facts !== undefined) {
      this.#hold(lead.productId, held);
      if (facts.limited && counts) add(this.#bought, `${lead.productId}/${facts.customerId}`, lead.quantity);
    }
    if (expires && facts !== undefined) this.#mustEnd(orderId, phase.type, facts.expiresAt);
    const { checkout } = facts ?? {};
    this.#orders.push({
      orderId,
      phase: phase.type,
      sequence: facts?.sequence,
      customerId: facts?.customerId,
      attempt: facts?.attempt ?? 0,
      lines: others.map(({ line, productId }) => ({ line, productId, claim: lineOf(productId) })),
      money,
      waitsFor,
      price: checkout ? { amount: checkout.amount, currency: checkout.currency } : undefined,
      paymentReference,
    });
  }

  /** `key`: `<product id>/<order id>`. */
  hold(key: string, { line, phase, attempt }: HoldState): void {
    const [productId, orderId] = split(key);
    const allocations = phase.type === 'HoldOpen' ? phase.allocations : [];
    this.#hold(productId, allocations);
    const units = allocations.reduce((sum, { quantity }) => sum + quantity, 0);
    const limited = phase.type === 'HoldOpen' && phase.limited;
    this.#holds.push({ productId, orderId, line, phase: phase.type, attempt, units, limited });
  }

  stock(productId: string, { version, takenIn, committed, warehouses }: StockState): void {
    const places = warehouses.map(({ warehouseId, onHand, held }) => ({ warehouseId, onHand, held }));
    this.#stocks.push({ productId, version, takenIn, committed, warehouses: places });
  }

  /** `key`: `<product id>/<customer id>`. */
  purchases(key: string, { quantity }: CustomerPurchases): void {
    this.#purchases.set(key, quantity);
  }

  finish(position: TaskPosition): TaskFacts {
    for (const stock of this.#stocks) {
      this.#checkHeld(stock, position.task);
      this.#checkLaws(stock, position.task);
    }
    this.#checkUnknown(position.task);
    this.#checkPurchases(position.task);
    const [orders, holds, stocks] = [this.#orders, this.#holds, this.#stocks];
    return { ...position, found: this.#findings.part, orders, holds, stocks };
  }

  #hold(productId: string, allocations: readonly Allocation[]): void {
    if (allocations.length === 0) return;
    const places = this.#held.get(productId) ?? new Map<string, number>();
    this.#held.set(productId, places);
    for (const { warehouseId, quantity } of allocations) add(places, warehouseId, quantity);
  }

  #mustEnd(orderId: string, phase: string, expiresAt: number): void {
    const check = 'order-overdue';
    this.#findings.checked(check);
    if (expiresAt + lateMs >= this.#now) return;
    this.#findings.add({
      check,
      subject: orderId,
      where: 'task state',
      expected: `ended at ${moment(expiresAt)}`,
      found: `still ${phase} at ${moment(this.#now)}`,
      repair: { kind: 'cancel-order', orderId },
    });
  }

  #checkHeld(stock: StockFact, where: string): void {
    const { productId, version, takenIn, committed, warehouses } = stock;
    const places = this.#held.get(productId) ?? new Map<string, number>();
    const known = new Set(warehouses.map(({ warehouseId }) => warehouseId));
    const strange = [...places.keys()].filter((warehouseId) => !known.has(warehouseId));
    this.#findings.checked('stock-held', known.size + strange.length);
    const right = warehouses.map((each) => ({ ...each, held: places.get(each.warehouseId) ?? 0 }));
    const wrong = right.filter(({ held }, index) => held !== warehouses[index]?.held);
    if (wrong.length === 0 && strange.length === 0) return;
    const told = (each: readonly { warehouseId: string; held: number }[]) =>
      each.map(({ warehouseId, held }) => `${held} held in ${warehouseId}`).join(', ');
    const outside = strange.map((warehouseId) => ({ warehouseId, held: places.get(warehouseId) ?? 0 }));
    const isSound = strange.length === 0 && right.every(({ held, onHand }) => held <= onHand);
    this.#findings.add({
      check: 'stock-held',
      subject: productId,
      where,
      expected: `${told([...wrong, ...outside])}, as its open holds add up`,
      found: told(warehouses.filter(({ warehouseId }) => wrong.some((each) => each.warehouseId === warehouseId))),
      // More holds than units can't be mended by a number.
      ...(isSound && {
        repair: { kind: 'correct-stock', productId, version, warehouses: right, takenIn, committed },
      }),
    });
  }

  #checkLaws({ productId, takenIn, committed, warehouses }: StockFact, where: string): void {
    const check = 'stock-law';
    this.#findings.checked(check);
    const onHand = warehouses.reduce((sum, each) => sum + each.onHand, 0);
    const broken = warehouses.filter(({ held, onHand: units }) => held < 0 || held > units);
    const found = broken.map(({ warehouseId, held, onHand: units }) => `${held} held of ${units} in ${warehouseId}`);
    if (takenIn !== committed + onHand) found.push(`${takenIn} taken in, ${committed} committed, ${onHand} on hand`);
    if (found.length === 0) return;
    const expected = '0 <= held <= onHand in each warehouse, and takenIn = committed + onHand';
    this.#findings.add({ check, subject: productId, where, expected, found: found.join('; ') });
  }

  /** Holds of products that have no stock here at all. */
  #checkUnknown(where: string): void {
    const known = new Set(this.#stocks.map(({ productId }) => productId));
    for (const [productId, places] of this.#held) {
      if (known.has(productId)) continue;
      const found = [...places].map(([warehouseId, units]) => `${units} in ${warehouseId}`).join(', ');
      this.#findings.checked('stock-held', places.size);
      this.#findings.add({
        check: 'stock-held',
        subject: productId,
        where,
        expected: 'no holds: it has no stock',
        found,
      });
    }
  }

  #checkPurchases(where: string): void {
    const check = 'purchase-limits';
    for (const [subject, units] of this.#bought) {
      this.#findings.checked(check);
      const found = this.#purchases.get(subject) ?? 0;
      if (found >= units) continue;
      const expected = `at least ${units} counted, as the customer's orders hold or took`;
      this.#findings.add({ check, subject, where, expected, found: String(found) });
    }
  }
}

function add(sums: Map<string, number>, key: string, more: number): void {
  sums.set(key, (sums.get(key) ?? 0) + more);
}

/** Product ids have no slash. */
function split(key: string): [productId: string, rest: string] {
  const at = key.indexOf('/');
  return [key.slice(0, at), key.slice(at + 1)];
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
