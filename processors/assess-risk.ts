// Whether an order looks like fraud: asked first where its customer is known, then where its card is, for each task
// remembers the recent orders of the keys that it owns; in one step where both are the same task's. The verdict goes back
// to the order. A provider's test cards are everybody's, so how often they are used says nothing: such an order is looked
// at for itself alone.
import { unreachable } from '../base/assert.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type { RecentPayment, RecentPayments, RiskCheck, RiskVerdict } from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { requireKey } from './require-key.ts';
import { customerRules, findingsOf, tokenRules } from './risk-rules.ts';

export interface RiskStores {
  readonly recentPayments: RecentPayments;
}

type RiskContext = Context<{ stores: RiskStores; outputs: { readonly riskChecks: RiskCheck }; timers: never }>;

interface RiskWiring {
  readonly stores: RiskStores;
  readonly outputs: { readonly riskChecks: RiskCheck; readonly riskVerdicts: RiskVerdict };
  readonly timers: never;
}

/** So many orders are remembered a customer or token: more than any rule counts. */
const mostRemembered = 50;

export const assessRisk: Processor<RiskCheck, RiskWiring> = {
  name: 'assess-risk',

  process(record, context) {
    const { subject, customerId, tokenId, orderId } = record.value;
    requireKey(record, subject.type === 'RiskOfCustomer' ? customerId : tokenId);
    const verdict = assess(context, record.value);
    if (verdict) context.forward('riskVerdicts', leadProductOf(orderId) ?? '', verdict);
  },

  prefetch: ({ value: { subject, customerId, tokenId } }) => ({
    recentPayments: [subject.type === 'RiskOfCustomer' ? customerKey(customerId) : tokenKey(tokenId)],
  }),
};

/** A check whose subject this task owns. Gives the verdict, unless the card is known elsewhere: then the check goes there. */
export function assess(context: RiskContext, check: RiskCheck): RiskVerdict | undefined {
  const { customerId, tokenId } = check;
  switch (check.subject.type) {
    case 'RiskOfCustomer': {
      const isShared = tokenId === '';
      const recent = isShared ? [] : remember(context, customerKey(customerId), check);
      const assessed = withFindings(check, customerRules, recent);
      if (isShared) return verdictOf(context, assessed);
      const ofToken: RiskCheck = { ...assessed, subject: { type: 'RiskOfToken' } };
      if (context.owns(tokenId)) return assess(context, ofToken);
      context.forward('riskChecks', tokenId, ofToken);
      return undefined;
    }
    case 'RiskOfToken':
      return verdictOf(context, withFindings(check, tokenRules, remember(context, tokenKey(tokenId), check)));
    default:
      return unreachable(check.subject);
  }
}

function verdictOf({ now }: RiskContext, { orderId, score, findings }: RiskCheck): RiskVerdict {
  return { orderId, at: now, score, findings };
}

/** What a check that begins here reads here: nothing for a card that is everybody's, or of a customer who is another task's. */
export function recentKeys(
  { customerId, tokenId }: Pick<RiskCheck, 'customerId' | 'tokenId'>,
  owns: (key: string) => boolean,
): string[] {
  if (tokenId === '' || !owns(customerId)) return [];
  return owns(tokenId) ? [customerKey(customerId), tokenKey(tokenId)] : [customerKey(customerId)];
}

function customerKey(customerId: string): string {
  return `customer/${customerId}`;
}

function tokenKey(tokenId: string): string {
  return `token/${tokenId}`;
}

/** The other orders of late; this one is among them from now on. */
function remember(context: RiskContext, key: string, check: RiskCheck): readonly RecentPayment[] {
  const { orderId, customerId, at, amount, currency } = check;
  const others = (context.stores.recentPayments.get(key)?.orders ?? []).filter((order) => order.orderId !== orderId);
  const orders = [...others, { orderId, customerId, at, amount, currency }].slice(-mostRemembered);
  context.stores.recentPayments.put(key, { orders });
  return others;
}

function withFindings(check: RiskCheck, rules: typeof customerRules, recent: readonly RecentPayment[]): RiskCheck {
  const found = findingsOf(rules, { check, recent });
  const score = found.reduce((sum, { weight }) => sum + weight, check.score);
  return { ...check, score, findings: [...check.findings, ...found.map(({ name }) => name)] };
}
