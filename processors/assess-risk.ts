// Whether an order looks like fraud: asked first where its customer is known, then where its card is, for each task
// remembers the recent orders of the keys that it owns. The verdict goes back to the order. A provider's test cards are
// everybody's, so how often they are used says nothing: such an order is looked at for itself alone.
import { unreachable } from '../base/assert.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type { RecentPayment, RecentPayments, RiskCheck, RiskVerdict } from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { requireKey } from './require-key.ts';
import { customerRules, findingsOf, tokenRules } from './risk-rules.ts';

interface RiskWiring {
  readonly stores: { readonly recentPayments: RecentPayments };
  readonly outputs: { readonly riskChecks: RiskCheck; readonly riskVerdicts: RiskVerdict };
  readonly timers: never;
}

/** So many orders are remembered a customer or token: more than any rule counts. */
const mostRemembered = 50;

export const assessRisk: Processor<RiskCheck, RiskWiring> = {
  name: 'assess-risk',

  process(record, context) {
    const check = record.value;
    switch (check.subject.type) {
      case 'RiskOfCustomer': {
        requireKey(record, check.customerId);
        const isShared = check.tokenId === '';
        const recent = isShared ? [] : remember(context, `customer/${check.customerId}`, check);
        const assessed = withFindings(check, customerRules, recent);
        if (isShared) return tellVerdict(context, assessed);
        context.forward('riskChecks', check.tokenId, { ...assessed, subject: { type: 'RiskOfToken' } });
        return;
      }
      case 'RiskOfToken': {
        requireKey(record, check.tokenId);
        const recent = remember(context, `token/${check.tokenId}`, check);
        return tellVerdict(context, withFindings(check, tokenRules, recent));
      }
      default:
        return unreachable(check.subject);
    }
  },

  prefetch: ({ value: { subject, customerId, tokenId } }) => ({
    recentPayments: [subject.type === 'RiskOfCustomer' ? `customer/${customerId}` : `token/${tokenId}`],
  }),
};

function tellVerdict(context: Context<RiskWiring>, { orderId, score, findings }: RiskCheck): void {
  context.forward('riskVerdicts', leadProductOf(orderId) ?? '', { orderId, at: context.now, score, findings });
}

/** The other orders of late; this one is among them from now on. */
function remember(context: Context<RiskWiring>, key: string, check: RiskCheck): readonly RecentPayment[] {
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
