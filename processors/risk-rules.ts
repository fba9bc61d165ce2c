// What makes an order look like fraud: a named list of rules, each with its weight. Weights add up; an order that reaches
// `reviewFrom` (saga/before-payment.ts) waits for an operator. Adding a rule is a function, an entry in a list, a test.
import type { RecentPayment, RiskCheck } from '../schemas/types.generated.ts';

interface Case {
  readonly check: RiskCheck;
  /** Other orders of the same customer or token, oldest first. */
  readonly recent: readonly RecentPayment[];
}

export interface RiskRule {
  /** As the operator reads it. */
  readonly name: string;
  readonly weight: number;
  readonly speaks: (asked: Case) => boolean;
}

const hour = 3_600_000;
const day = 24 * hour;

/** In the minor unit of the currency, whichever it is: a person looks, so rough is good enough. */
const largeAmount = 500_000;
const veryLargeAmount = 2_000_000;

export const customerRules: readonly RiskRule[] = [
  {
    name: 'many_orders_by_customer',
    weight: 40,
    speaks: ({ check, recent }) => within(recent, check, hour).length >= 10,
  },
  {
    name: 'very_many_orders_by_customer',
    weight: 40,
    speaks: ({ check, recent }) => within(recent, check, hour).length >= 30,
  },
  { name: 'large_amount', weight: 20, speaks: ({ check }) => check.amount >= largeAmount },
  { name: 'very_large_amount', weight: 40, speaks: ({ check }) => check.amount >= veryLargeAmount },
  { name: 'address_mismatch', weight: 30, speaks: hasOtherAddress },
  {
    name: 'new_account',
    weight: 20,
    speaks: ({ check }) => check.customerSince > 0 && check.at - check.customerSince < day,
  },
];

export const tokenRules: readonly RiskRule[] = [
  { name: 'many_orders_by_token', weight: 30, speaks: ({ check, recent }) => within(recent, check, hour).length >= 10 },
  {
    name: 'token_of_several_customers',
    weight: 60,
    speaks: ({ check, recent }) => customersOf(within(recent, check, day)) >= 3,
  },
];

export function findingsOf(rules: readonly RiskRule[], asked: Case): RiskRule[] {
  return rules.filter(({ speaks }) => speaks(asked));
}

function hasOtherAddress({ check }: Case): boolean {
  const { billingCountry, billingPostalCode, shipToCountry, shipToPostalCode } = check;
  if (billingCountry === '') return false;
  return billingCountry !== shipToCountry || (billingPostalCode !== '' && billingPostalCode !== shipToPostalCode);
}

function within(recent: readonly RecentPayment[], { at }: RiskCheck, millis: number): readonly RecentPayment[] {
  return recent.filter((order) => at - order.at < millis);
}

function customersOf(orders: readonly RecentPayment[]): number {
  return new Set(orders.map(({ customerId }) => customerId)).size;
}
