// Takes and gives back units of a product that this task owns: stock, limits a customer and the level move together.
// Whether it was done before is for the caller to know.
import { assert } from '../base/assert.ts';
import type {
  Allocation,
  CustomerPurchases,
  StockHeld,
  StockLevel,
  StockRefused,
  StockState,
} from '../schemas/types.generated.ts';
import type { Context } from '../streams/api.ts';
import { decideHold, type HoldRequest } from './hold-rules.ts';
import { commit, hold, levelOf, release, restock } from './stock.ts';

export interface HoldStores {
  readonly stock: StockState;
  readonly purchases: CustomerPurchases;
}

export interface HoldOutputs {
  readonly stockLevels: StockLevel;
}

type HoldContext = Context<{ stores: HoldStores; outputs: HoldOutputs; timers: never }>;

export interface Buyer {
  readonly productId: string;
  readonly customerId: string;
}

/** Units that are set aside. `limited`: they count against the product's limit a customer. */
export interface Held {
  readonly allocations: readonly Allocation[];
  readonly limited: boolean;
}

export interface HoldDecision {
  readonly outcome: StockHeld | StockRefused;
  readonly limited: boolean;
}

/** Holds the whole quantity, or refuses and changes nothing. */
export function takeHold(context: HoldContext, buyer: Buyer, request: HoldRequest): HoldDecision {
  const { stock, purchases } = context.stores;
  const before = stock.get(buyer.productId);
  const limited = before !== undefined && before.offer.customerLimit !== null;
  const bought = limited ? (purchases.get(purchasesKey(buyer))?.quantity ?? 0) : 0;
  const outcome = decideHold(request, before, bought);
  if (before === undefined || outcome.type === 'StockRefused') return { outcome, limited: false };
  putStock(context, buyer.productId, hold(before, outcome.allocations));
  if (limited) purchases.put(purchasesKey(buyer), { quantity: bought + request.quantity });
  return { outcome, limited };
}

/** The order has ended: what it held is free again, and no longer counts as bought. */
export function giveBack(context: HoldContext, buyer: Buyer, { allocations, limited }: Held): void {
  putStock(context, buyer.productId, release(known(context, buyer.productId), allocations));
  if (limited) forgetPurchase(context, buyer, allocations);
}

function forgetPurchase(context: HoldContext, buyer: Buyer, allocations: readonly Allocation[]): void {
  const { purchases } = context.stores;
  const quantity = allocations.reduce((sum, allocation) => sum + allocation.quantity, 0);
  const left = (purchases.get(purchasesKey(buyer))?.quantity ?? 0) - quantity;
  assert(left >= 0, 'a customer never bought less than nothing');
  if (left === 0) purchases.delete(purchasesKey(buyer));
  else purchases.put(purchasesKey(buyer), { quantity: left });
}

/** The order is paid: what it held leaves. */
export function commitHeld(context: HoldContext, productId: string, allocations: readonly Allocation[]): void {
  putStock(context, productId, commit(known(context, productId), allocations));
}

/** The paid order came back: its units are on hand again, and no longer count as bought. */
export function restockHeld(context: HoldContext, buyer: Buyer, { allocations, limited }: Held): void {
  putStock(context, buyer.productId, restock(known(context, buyer.productId), allocations));
  if (limited) forgetPurchase(context, buyer, allocations);
}

function purchasesKey({ productId, customerId }: Buyer): string {
  return `${productId}/${customerId}`;
}

function known(context: HoldContext, productId: string): StockState {
  const stock = context.stores.stock.get(productId);
  assert(stock, 'what is held has a stock');
  return stock;
}

function putStock(context: HoldContext, productId: string, stock: StockState): void {
  context.stores.stock.put(productId, stock);
  context.forward('stockLevels', productId, levelOf(productId, stock, context.now));
}
